"""Questions in plain words, 明年到期的基地, read into what narrows a list: pure functions on declarations."""
