"""What is done to many records of a list at once, beyond one press of a button."""
