"""The collections of records: kept, changed, deleted, restored."""
