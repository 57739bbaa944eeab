"""The law in plain English, from the objects that are run."""
