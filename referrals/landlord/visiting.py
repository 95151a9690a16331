"""May a fitter call at the home then? By the same record of safe contact as anybody's visit (domain 8.1)."""

from cases import flags, safe_contact
from cases.models.contact import Channel
from cases.rules.flags import reasons_barred

NOBODY_ASKED = "No visit to the home is recorded as safe."


def ways(case, at):
    """How visits to the victim/survivor stand at an instant, which may be ahead."""
    return [state for state in safe_contact.channels(case, at) if state.contact.channel == Channel.VISIT]


def reasons_not_safe(case, visit_at):
    """Why a visit is not known to be safe at that instant; empty where one is."""
    states = ways(case, visit_at)
    if any(state.is_safe_now for state in states):
        return []
    if states:
        return states[0].not_now
    shared = [safe_contact.SHARED_HOME] if safe_contact.is_home_shared(case) else []
    return [NOBODY_ASKED, *shared, *reasons_barred(flags.kinds_now(case), Channel.VISIT)]
