"""What anyone may see: notices and the certified list. No sign-in, no cookie, nothing is written."""
