"""The queries behind the case page: what is read of a case, for whoever may read its summary and for whoever may read what partners share."""

from django.db.models import Case as Choose
from django.db.models import Exists, F, OuterRef, Q, When

from cases import attachments, children, closings, flags, merging, orders, perpetrator_access, plans, repeat_victims, safe_contact, schemes, talking
from cases.access import agencies_seeing, chronology
from cases.compiled import Statement
from cases.dash.reading import may_read
from cases.models import Address, Assessment, Clock, Consent, Entry, Party, Task
from cases.models.people import Role, Visibility

ENTRIES_SHOWN = 20

# A protected address does not leave the database: it has a page of its own, where each look is kept.
def _if_shown(name):
    return Choose(When(visibility=Visibility.NORMAL, then=F(name)))


_ENTRY = ("id", "happened_at", "title", "text", "kind", "audience", "agency_id", "supersedes_id", "shared_at", "author__full_name", "agency__short_name")


def _channels(actor, case, at):
    return safe_contact.current(case).values(
        "id", "channel", "is_safe", "times", "voicemail", "how", "code_word", "duress_word", "may_take", "must_not", "style", "recorded_at", "verified_at",
        "verified_by__full_name", has_value=~Q(value=""),
    )


def _windows(actor, case, at):
    return safe_contact.safe_windows(case).values("contact_id", "weekday", "starts", "ends")


def _access(actor, case, at):
    return perpetrator_access.of_case(actor, case, at).values("at")


def parties(actor, case, at):
    """The people of a case."""
    return Party.objects.filter(case=case).values(
        "id", "role", "relationship", "is_unborn", "expected_on", "person__given_name", "person__family_name", "person__also_known_as",
        "person__date_of_birth", "person__approximate_age", "person__recorded_at",
    )


def _victim(actor, case, at):
    return parties(actor, case, at).filter(role=Role.VICTIM)


def _talking(actor, case, at):
    return Party.objects.filter(case=case, role=Role.VICTIM).values(*talking.FACTS)


def _grants(actor, case, at):
    return agencies_seeing(case, at).values("agency_id", "agency__name", "level", "ends_at", "worker__full_name")


def _addresses(actor, case, at):
    return Address.objects.filter(case=case, until_at=None).values("party_id", "visibility", shown_lines=_if_shown("lines"), shown_postcode=_if_shown("postcode"))


def _clocks(actor, case, at):
    return Clock.objects.filter(case=case).values(
        "id", "kind", "agency_id", "agency__short_name", "owner__full_name", "started_at", "due_at", "basis", "stopped_at", "outcome", "breach_reason", "about",
    )


def _consent(actor, case, at):
    return Consent.objects.filter(case=case).values("state", "scope", "reason", "recorded_at", "recorded_by__full_name")[:1]


def newest_entries(actor, case, at=None):
    """The chronology that this actor may read, newest first; a corrected wording stands behind its correction."""
    return chronology(actor, case).filter(~Exists(Entry.objects.filter(supersedes=OuterRef("pk")))).values(*_ENTRY)


def _entries(actor, case, at):
    return newest_entries(actor, case)[: ENTRIES_SHOWN + 1]


def _assessments(actor, case, at):
    """The signed ones, and the drafts of one's own agency."""
    return (
        Assessment.objects.filter(case=case)
        .filter(may_read(actor))
        .order_by(F("signed_at").desc(nulls_first=True), "-id")
        .values(
            "id", "tool", "agency_id", "agency__short_name", "started_at", "signed_at", "signed_by_id", "signed_by__full_name", "final_level", "level_basis",
            "proposed_level", "decided_at",
        )
    )


def _tasks(actor, case, at):
    return Task.objects.filter(case=case, agency=actor.agency_id, done_at=None, raised_at__lte=at).values("id", "kind", "title", "why", "due_at", "owner__full_name")


SUMMARY = Statement(
    channels=_channels, windows=_windows, access=_access, talking=_talking, people=_victim, grants=_grants, flags=flags.kinds_only, earlier=repeat_victims.readable,
)
WHOLE = Statement(
    channels=_channels, windows=_windows, access=_access, talking=_talking, people=parties, grants=_grants, addresses=_addresses, clocks=_clocks,
    consent=_consent, entries=_entries, assessments=_assessments, tasks=_tasks, flags=flags.in_full, plan=plans.newest_row, plan_draft=plans.draft_row, orders=orders.of_case,
    requests=schemes.requests_of_case, markers=schemes.markers_of_case, closings=closings.rows_of_case, earlier=repeat_victims.readable,
    child_decisions=children.decisions_of_case, children_asked=children.asked_of_case,
    files=attachments.ids_of_case, merges=merging.waiting_here, undoings=merging.undoings_waiting_here,
)
