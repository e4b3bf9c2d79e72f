"""What the office has added to the declarations: stored, and in force in this process."""
