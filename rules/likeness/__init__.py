"""Whether two companies on record are likely one and the same: a verdict proposes, a person decides."""
