"""The declaration stands in schema now."""

from schema.applications import APPLICATIONS

__all__ = ["APPLICATIONS"]
