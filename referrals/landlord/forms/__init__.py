"""The forms of a landlord's work on a case."""
