"""The questions about a referral and a meeting, one file for each side of the desk."""
