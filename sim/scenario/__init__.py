"""What is asked: dates and lengths, the language of pardons, sources and grades, loading."""
