"""Where messages leave the office: mail servers and robots."""
