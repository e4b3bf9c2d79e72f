"""Messages that leave the office: the channels, what is told, how it is sent."""
