"""Files that people hand in, read for the words in them."""
