"""Acts on many records at once, as one thing that can be looked at and undone."""
