"""What is typed of what an office adds to the declarations."""
