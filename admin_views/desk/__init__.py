"""A clerk's own desk: today, search, settings, users, the trail, the calendar."""
