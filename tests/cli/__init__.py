"""Tests of the command line, and the small prisons that tests of results use too."""
