"""The invented office to look at and to learn with."""
