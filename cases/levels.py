"""The levels of a grant, in practitioners' words, and what each of them opens. The ceiling of the role still applies."""

_SUMMARY = {"see_summary", "see_contact_number", "receive_referrals"}
_PARTNER = _SUMMARY | {"see_case", "record_contact", "add_entry", "assess_risk", "countersign", "allocate", "explain_breach", "refer_to_marac", "see_protected_address"}
_LEAD = _PARTNER | {"edit_people", "share_case", "exclude", "close_case"}

# code: (label, capabilities)
LEVELS = {
    "summary": ("Summary: that the case exists, who, how to contact safely, risk level, lead worker", frozenset(_SUMMARY)),
    "meeting": ("Meeting: the MARAC listing of the case and nothing behind it", frozenset({"see_listing"})),
    "partner": ("Partner: what partners share, and adding to it", frozenset(_PARTNER)),
    "lead": ("Lead: the agency that runs the case: allocates, shares, closes", frozenset(_LEAD)),
}


def levels_granting(capability):
    """The levels that carry a capability; none for one that no case grant can give."""
    return [level for level, (_, capabilities) in LEVELS.items() if capability in capabilities]
