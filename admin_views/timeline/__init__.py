"""A base's past: its timeline, its dossier, and how it stood on a day."""
