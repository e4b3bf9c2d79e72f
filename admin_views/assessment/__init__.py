"""Bases held against a rule set: indicators, functions, Art. 6, ledger quality, what if."""
