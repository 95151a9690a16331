"""Safeguarding: referrals of children and adults at risk to those who must act, and the notice to a school (domain section 12, SEED group H)."""
