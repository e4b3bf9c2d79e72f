"""Titles that are revoked, cancelled or restored (Art. 16, 18)."""
