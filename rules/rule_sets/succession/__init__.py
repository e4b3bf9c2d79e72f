"""What a new text of the Measures says beside the old one: its articles, title lines, figures and provisions."""
