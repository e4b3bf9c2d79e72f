"""How a workbook's table is recognised, and what a clerk chose of it."""
