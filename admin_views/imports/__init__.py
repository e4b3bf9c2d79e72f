"""Workbooks that come in and go out."""
