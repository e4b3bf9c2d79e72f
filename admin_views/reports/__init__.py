"""Yearly reports and change filings (Art. 14, 15)."""
