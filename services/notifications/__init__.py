"""What users are told: derived from the trail, read, marked, and what they follow."""
