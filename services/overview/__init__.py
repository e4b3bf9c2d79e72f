"""The pictures of the city, of a county and of a base: what they count, read from kept figures."""
