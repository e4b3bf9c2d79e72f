"""The forms of tokens and web hooks."""
