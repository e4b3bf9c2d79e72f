"""Parts of a list beside its table: its conditions, its saved views, what stands at its foot."""
