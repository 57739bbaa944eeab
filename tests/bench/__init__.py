"""Yardsticks and measurements of speed."""
