"""What an office shapes itself: its configuration as one file."""
