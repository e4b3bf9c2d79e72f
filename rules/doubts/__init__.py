"""What is doubtful about a stored record: no reason to refuse it, but somebody should look."""
