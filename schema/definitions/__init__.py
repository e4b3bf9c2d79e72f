"""What an office adds to the declarations."""
