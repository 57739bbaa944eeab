"""What the reader sees: tables, data files and the manifest."""
