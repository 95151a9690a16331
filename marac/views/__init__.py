"""The pages, one file for each side: the referrer's on the case, the coordinator's desk, the meetings."""
