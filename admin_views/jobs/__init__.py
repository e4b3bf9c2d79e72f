"""Work that takes longer than a request: what is under way, how far it is, and how it ended."""
