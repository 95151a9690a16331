"""What anyone may ever be allowed to do: one table of capabilities, in the words of the people who hold them.

`scope` says what a capability needs besides a role: "case" needs a grant on the case that carries it (cases/access.py),
"agency" and "partnership" need the role alone.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Capability:
    """One thing that a person may be allowed to do."""

    label: str
    scope: str  # case | agency | partnership


CAPABILITIES = {
    # --- a case
    "see_summary": Capability("See that a case exists, who, how to contact them safely, the risk and the lead worker", "case"),
    "see_case": Capability("Read what partners share on a case", "case"),
    "see_listing": Capability("See the MARAC listing of a case, and nothing behind it", "case"),
    "see_protected_address": Capability("See an address marked restricted or confidential", "case"),
    "see_contact_number": Capability("Uncover a telephone number or e-mail address after its safety has been shown", "case"),
    "record_contact": Capability("Record an attempt to reach the victim/survivor", "case"),
    "edit_people": Capability("Change people and safe-contact details", "case"),
    "add_entry": Capability("Add to the chronology", "case"),
    "assess_risk": Capability("Complete and sign a DASH", "case"),
    "countersign": Capability("Approve another person's decision that needs a second person", "case"),
    "allocate": Capability("Say which worker of one's own agency holds the case", "case"),
    "explain_breach": Capability("Record why a promise of one's own agency was missed", "case"),
    "share_case": Capability("Decide what another agency receives, and end it", "case"),
    "receive_referrals": Capability("Answer a referral to a service of one’s own agency", "case"),
    "exclude": Capability("Bar a person or a whole agency from a case", "case"),
    "refer_to_marac": Capability("Refer a case to MARAC", "case"),
    "close_case": Capability("Close a case", "case"),
    # --- one's own agency
    "log_disclosure": Capability("Log a disclosure", "agency"),
    "take_calls": Capability("Take calls on one's agency's line and see its calls", "agency"),
    "search_cases": Capability("Search among the cases that one may see", "agency"),
    "see_team": Capability("See the work of one's team and move it", "agency"),
    "set_policies": Capability("Set the numbers that one's agency has agreed", "agency"),
    "keep_directory": Capability("Keep what the directory says of the services of one’s agency", "agency"),
    "run_programme": Capability("Work with those who come to a programme of one’s agency; sees no case", "agency"),
    # --- the partnership
    "run_marac": Capability("Accept or return MARAC referrals, list them, run the meeting", "partnership"),
    "see_repeats": Capability("Learn which alleged perpetrators are repeat or serial across all cases: a marker and numbers, no other case", "partnership"),
    "prepare_return": Capability("Prepare and download the quarterly return: numbers, never people", "partnership"),
    "read_returns": Capability("Read the finished returns of every agency: numbers, never people", "partnership"),
    "set_partnership_policies": Capability("Set the numbers that the whole partnership has agreed", "partnership"),
    "read_audit": Capability("Read the audit log", "partnership"),
}
