"""What people are told about referrals out: no name and no sentence of the case."""

WORDS = {
    "referral_out.sent": "A referral to your service came in",
    "programme.moved": "Something has changed about a programme to which the alleged perpetrator was referred",
    "referral_out.answered": "A referral that was made from this case was answered",
}
PLACES = {"referral_out.sent": "incoming_of_case", "referral_out.answered": "referrals_out", "programme.moved": "programmes_of_case"}
NEEDS = {"incoming_of_case": "receive_referrals"}
