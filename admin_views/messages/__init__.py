"""The pages of the channels by which messages leave the office."""
