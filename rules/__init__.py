"""What the Measures and the standards say: pure functions and tables; no Flask, no database, no clock."""
