"""What comes from and goes to Excel and Word; knows no database."""
