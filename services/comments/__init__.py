"""Comments: written, changed and deleted by their writer, read by whoever may read the record."""
