"""What clerks say to one another about a record."""
