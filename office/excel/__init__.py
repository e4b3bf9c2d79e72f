"""Workbooks: read with care, written as a stream."""
