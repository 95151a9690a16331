"""Tags for the pages of a case."""
