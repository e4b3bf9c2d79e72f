"""What a collection is: its fields and hooks, declared once."""
