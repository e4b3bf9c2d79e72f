"""城市概览: the city, a county and a base in pictures, compared, as tables, and on one sheet of A4."""
