"""Charts of an office's own: what is stored of them, and the counting of a list by a field."""
