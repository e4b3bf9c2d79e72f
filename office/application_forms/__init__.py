"""The forms of Art. 10 and 16 as files: written pre-filled for the operator, and read when they come back."""
