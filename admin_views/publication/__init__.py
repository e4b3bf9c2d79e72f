"""Public notice, objections, announcement and correction (Art. 12)."""
