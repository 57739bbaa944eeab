"""Decrees at work: whom the law names, review, selection, grant."""
