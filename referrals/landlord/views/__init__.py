"""The pages of a landlord's work on a case."""
