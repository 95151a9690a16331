"""Locks and keys: encrypting what identifies a person, and finding it again without storing it in clear. Knows nothing of the domain."""
