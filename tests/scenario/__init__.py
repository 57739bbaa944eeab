"""The language of scenarios: lengths, files, conditions, mistakes, variants."""
