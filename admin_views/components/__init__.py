"""Every component of the pages on one page: as it is, with long words, with nothing, with what is wrong."""
