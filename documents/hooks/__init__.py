"""Web hooks as they are stored, and what became of each delivery."""
