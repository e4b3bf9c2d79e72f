"""Recommendation to the province or the nation (Art. 17)."""
