"""The words of the law: conditions, clauses and decrees, as a file declares them."""
