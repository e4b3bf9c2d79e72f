"""Conditions that narrow a list: comparisons of its fields, nested in groups of which all or any must hold.

`operators` says how a field may be compared, `tree` what was asked, `address` reads and writes it as an argument of
the list's address. `documents.narrowing` asks the database for it.
"""
