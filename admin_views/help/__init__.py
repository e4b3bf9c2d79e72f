"""The manual within the program: chapters, keys, words."""
