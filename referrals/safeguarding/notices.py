"""What people are told about safeguarding referrals inside Waymark: no name and no sentence of the case."""

WORDS = {
    "onward.sent": "A safeguarding referral was sent",
    "onward.answered": "A safeguarding referral was answered",
    "onward.overridden": "A safeguarding referral that the rule proposes was decided against. Read why",
}
