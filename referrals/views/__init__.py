"""The pages of disclosures, a file for each part of their life."""
