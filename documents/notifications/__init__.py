"""What users are told, and how far the trail has been followed for it."""
