"""Rounds, applications, county and expert review, letters of recommendation (Art. 9 to 12)."""
