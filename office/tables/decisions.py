"""The declaration stands in schema now."""

from schema.decisions import DECISIONS

__all__ = ["DECISIONS"]
