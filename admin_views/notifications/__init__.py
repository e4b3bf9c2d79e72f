"""The bell: what happened to what a user cares for, what they follow, and what they want to be told."""
