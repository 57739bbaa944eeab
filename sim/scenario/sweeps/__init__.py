"""Scenarios that differ along axes."""
