"""Figures of a study, drawn from its folder alone."""
