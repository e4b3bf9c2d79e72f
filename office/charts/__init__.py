"""Charts as geometry: what is drawn where, in pixels, from a grid of numbers; no colour, no address is made here."""
