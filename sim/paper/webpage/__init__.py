"""The report of a study as one page for any browser, which asks for nothing from elsewhere."""
