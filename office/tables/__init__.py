"""Workbooks of figures and lists that are no collection."""
