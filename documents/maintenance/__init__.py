"""The state of the data as a whole: its schema, and whether it may be written to now."""
