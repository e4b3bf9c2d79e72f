"""Comments: added, changed, deleted, and who may be mentioned."""
