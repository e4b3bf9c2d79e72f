"""The pages of the web hooks."""
