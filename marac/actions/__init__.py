"""What may be done to a referral, a listing and a meeting. Importing the package enters every verb into the table."""

from marac.actions import listing, meeting, referral, triage  # noqa: F401
