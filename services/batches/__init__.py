"""Batches: what an import or an act on many records did, and how it is taken back."""
