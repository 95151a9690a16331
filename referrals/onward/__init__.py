"""Referrals out: to whom, on what basis, what they were told, what they answered and what became of it (issue 4; SEED-040, SEED-041, domain 6)."""
