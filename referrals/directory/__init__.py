"""The directory: which services there are, whom each takes, when it is open, since when that is so (issue 4; SEED groups C and G)."""
