"""The ceiling: what each role may ever do, before any case is shared. One table, readable by a governance officer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A job that people hold in an agency, and the most that it can ever be allowed."""

    label: str
    description: str
    capabilities: frozenset[str]


_READ = {"see_summary", "see_case", "search_cases"}
_WORK = _READ | {"see_contact_number", "record_contact", "add_entry", "explain_breach"}
_OWN = _WORK | {"edit_people", "allocate", "share_case", "refer_to_marac", "close_case", "see_protected_address"}
_MANAGE = _OWN | {"countersign", "exclude", "see_team", "log_disclosure", "receive_referrals"}


def _role(label, description, *capabilities):
    return Role(label, description, frozenset(capabilities))


ROLES = {
    "housing_officer": _role(
        "Housing officer", "Logs disclosures, makes the first contact and holds tenants' and applicants' cases.",
        *_OWN, "log_disclosure",
    ),
    "specialist_da_officer": _role(
        "Specialist domestic abuse officer", "Trained; completes the DASH and makes MARAC referrals (SEED-069, SEED-070).",
        *_OWN, "log_disclosure", "assess_risk", "countersign",
    ),
    "housing_manager": _role(
        "Housing manager", "Leads a team of officers; hears of every breach in it.",
        *_MANAGE, "assess_risk",
    ),
    "idva": _role(
        "IDVA", "Works with high-risk victims/survivors, speaks for them at MARAC.",
        *_OWN, "log_disclosure", "assess_risk", "see_listing", "receive_referrals",
    ),
    "outreach_worker": _role(
        "Outreach worker", "Works with medium and standard risk.",
        *_OWN, "log_disclosure", "assess_risk", "receive_referrals",
    ),
    "team_manager": _role(
        "Specialist service manager", "Leads IDVAs or outreach workers; approves what needs a second person.",
        *_MANAGE, "assess_risk", "see_listing", "take_calls",
    ),
    "refuge_worker": _role(
        "Refuge worker", "Offers spaces and supports those who stay.",
        *_OWN, "log_disclosure", "assess_risk", "receive_referrals",
    ),
    "call_handler": _role(
        "Helpline call handler", "Takes calls and opens the right pathway.",
        *_WORK, "edit_people", "log_disclosure", "assess_risk", "share_case", "refer_to_marac", "take_calls",
    ),
    "practitioner": _role(
        "Practitioner", "A partner's worker: health visitor, social worker, probation officer, school lead.",
        *_WORK, "log_disclosure", "assess_risk", "refer_to_marac", "share_case", "edit_people", "allocate", "receive_referrals",
    ),
    "marac_coordinator": _role(
        "MARAC coordinator", "Screens referrals, lists cases, circulates and minutes.",
        "run_marac", "see_listing", "search_cases", "see_summary", "see_repeats",
    ),
    "marac_representative": _role(
        "MARAC representative", "Brings what the agency knows to the meeting and takes actions away.",
        "see_listing", "see_summary", "see_case", "add_entry", "search_cases",
    ),
    "police_lead": _role(
        "Police domestic abuse lead", "Leads the police’s work on repeat and serial perpetrators, and shares their list (SEED-127, SEED-140).",
        *_READ, "add_entry", "see_repeats",
    ),
    "programme_worker": _role(
        "Programme worker", "Works with those who have been abusive, in a behaviour change programme. Sees no case and nothing of a partner (SEED-142 to SEED-145).",
        "run_programme",
    ),
    "agency_lead": _role(
        "Agency lead", "Answers for the agency's promises; hears of a breach a day after it.",
        *_MANAGE, "set_policies", "take_calls", "keep_directory",
    ),
    "administrator": _role(
        "Administrator", "Sets the numbers that the agency has agreed. Sees no case.",
        "set_policies",
    ),
    "partnership_administrator": _role(
        "Partnership administrator", "Sets the numbers that the whole partnership has agreed. Sees no case.",
        "set_policies", "set_partnership_policies", "keep_directory",
    ),
    "commissioner": _role(
        "Commissioner", "Downloads returns. Never sees a person.", "prepare_return",
    ),
    "auditor": _role(
        "Auditor", "Reads the audit log and the returns. Sees no case.", "read_audit", "prepare_return", "read_returns",
    ),
    "information_governance": _role(
        "Information governance lead", "Answers for who saw what. Sees no case.", "read_audit",
    ),
}


def roles_holding(*capabilities):
    """The codes of the roles that may, at most, do all of this."""
    return [code for code, role in ROLES.items() if role.capabilities.issuperset(capabilities)]
