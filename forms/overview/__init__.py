"""What is typed of charts."""
