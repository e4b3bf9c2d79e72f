"""What every page knows of the manual: its own chapter, and the words that are explained where they stand."""
