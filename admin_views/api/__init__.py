"""The programming interface: every declared collection under /api/v1/, made from the same declarations as its pages."""
