"""What people are told about referrals out: no name and no sentence of the case."""

WORDS = {
    "referral_out.sent": "A referral to your service came in",
    "referral_out.answered": "A referral that was made from this case was answered",
}
PLACES = {"referral_out.sent": "incoming_of_case", "referral_out.answered": "referrals_out"}
NEEDS = {"incoming_of_case": "receive_referrals"}
