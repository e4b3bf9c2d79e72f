"""One request in, one answer out: its line in the access log, its form by its key, what was typed into it."""
