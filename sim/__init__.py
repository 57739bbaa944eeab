"""A discrete-event simulation of a prison population under amnesty policies."""
