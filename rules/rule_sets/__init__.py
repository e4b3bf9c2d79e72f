"""Rule sets: what an edition of the Measures says, by articles and figures, and how another one succeeds it."""
