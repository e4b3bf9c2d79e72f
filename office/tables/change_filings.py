"""The declaration stands in schema now."""

from schema.change_filings import CHANGE_FILINGS

__all__ = ["CHANGE_FILINGS"]
