"""Web hooks: what other programs are told of, and how it reaches them."""
