"""Conditions of a list as they are put together on the screen."""
