"""A base held against a rule set: what is counted, which indicator is met."""
