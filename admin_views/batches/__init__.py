"""Batches: what imports and acts on many records did, and how it is undone."""
