"""A trial that takes longer than a request."""
