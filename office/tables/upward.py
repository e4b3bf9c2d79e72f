"""The declaration stands in schema now."""

from schema.upward_recommendations import UPWARD_RECOMMENDATIONS as UPWARD

__all__ = ["UPWARD"]
