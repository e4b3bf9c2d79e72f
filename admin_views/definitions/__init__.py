"""What an administrator adds to the declarations in the browser."""
