"""What can be due on a case: promises, actions, reviews, checks, orders that end, decisions that wait. One table; each kind asks for its own rows.

Who it is due by: a promise or an action by whoever it was given to (or, given to nobody, by whoever holds the case); a review, a check
or an order by the worker on the case of the agency that wrote it, and of the agency that leads the case.
"""

from datetime import timedelta

from django.db.models import BigIntegerField, Case, DateTimeField, Exists, ExpressionWrapper, F, Func, IntegerField, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from agencies import policies
from cases import attachments, clocks, extensions, notices, second_person
from cases.access import merges_seen
from cases.actions.ask_to_assess import ASKED
from cases.extensions import DueKind
from cases.models import AccessChange, Clock, FlagRemoval, Marker, MergeUndo, Notification, OrderWording, SafeContact, SafetyFlag, SafetyPlan, Task
from cases.models.contact import Channel, Safe
from cases.models.orders import OrderState
from cases.models.people import Role
from cases.models.schemes import MappaCategory
from cases.models.task import COUNTERSIGN
from cases.reassessing import REASSESS
from cases.rules.clocks import AHEAD_DAYS
from cases.rules.flags import KINDS as FLAGS
from cases.rules.order_types import TYPES

# What stands first: a promise that was missed or falls due within a day; whatever has a day or waits for somebody; what one was told.
PRESSING, DATED, TOLD = 0, 1, 2


class EndOfDay(Func):
    """The instant with which a day is over in London."""

    template = "((%(expressions)s + 1)::timestamp AT TIME ZONE 'Europe/London')"
    output_field = DateTimeField()


class ShownFrom(Func):
    """The instant from which a day that is due is shown."""

    template = f"((%(expressions)s - {AHEAD_DAYS})::timestamp AT TIME ZONE 'Europe/London')"
    output_field = DateTimeField()


class DaysAfter(Func):
    """An instant so many days after another, 24 hours each."""

    template = "(%(expressions)s * interval '1 day')"
    arg_joiner = " + "
    output_field = DateTimeField()


def columns(rows, due_at, *, rank=DATED, owner=None, place="pk", code="", note=""):
    """The columns that every kind gives alike, the earliest first. `code` and `note` are expressions, or the words themselves.

    Within a kind the rank never falls with time, so the time alone orders it: an index of due times can be walked instead of sorted.
    """
    return (
        rows.annotate(
            due_rank=Value(rank, IntegerField()) if isinstance(rank, int) else rank,
            due=due_at,
            due_row=F("pk"),
            due_case=F("case_id"),
            due_owner=Cast(F(owner) if owner else Value(None), BigIntegerField()),
            due_place=F(place),
            due_code=Cast(Value(code) if isinstance(code, str) else code, TextField()),
            due_note=Cast(Value(note) if isinstance(note, str) else note, TextField()),
        )
        .order_by("due", "due_row")
        .values_list("due_rank", "due", "due_row", "due_case", "due_owner", "due_place", "due_code", "due_note")
    )


def duty(reach, case="case"):
    """Due by the agency that wrote it, and by the one that leads the case."""
    return Q(agency=reach.actor.agency_id) | Q(**{f"{case}__lead_agency": reach.actor.agency_id})


# --- the questions


def _owned(model, reach, needs):
    """Rows of one's own agency given to these people; and those given to nobody, on the cases that they hold."""
    ours = model.filter(agency=reach.actor.agency_id)
    return [ours.filter(reach.who("owner"), owner__isnull=False, case__in=reach.seen(needs)), ours.filter(owner=None, case__in=reach.held(needs))]


def rank_of(reach):
    """Of rows with a `due_at`: what was due already or falls due within a day stands first."""
    within_a_day = ExpressionWrapper(Value(reach.at) + Value(timedelta(days=1)), DateTimeField())
    return Case(When(due_at__lt=within_a_day, then=Value(PRESSING)), default=Value(DATED), output_field=IntegerField())


def _promises(reach):
    rank = rank_of(reach)
    code = Concat("kind", Value("|"), "about", output_field=TextField())
    return [columns(rows, F("due_at"), rank=rank, owner="owner_id", code=code) for rows in _owned(Clock.objects.filter(stopped_at=None), reach, "see_case")]


def _tasks(reach):
    """What asks for a second person is for those who may be that person, whoever holds the case."""
    waiting = Task.objects.filter(done_at=None, raised_at__lte=reach.at)  # one that was raised for later rests until then
    found = _owned(waiting.exclude(kind=COUNTERSIGN), reach, "add_entry")
    found += second_person.for_approving(reach)
    code = Concat("kind", Value("|"), "origin", output_field=TextField())
    return [columns(rows, F("due_at"), owner="owner_id", code=code, note=F("title")) for rows in found]


def _plans(reach):
    newer = SafetyPlan.objects.filter(case=OuterRef("case"), number__gt=OuterRef("number"))
    rows = SafetyPlan.objects.filter(duty(reach), ~Exists(newer), case__in=reach.held("record_contact"), finished_at__isnull=False)
    return [columns(_soon(rows, "review_on", reach), EndOfDay("review_on"), code=Cast("number", TextField()))]


def _flags(reach):
    rows = SafetyFlag.objects.filter(duty(reach), case__in=reach.held("add_entry"), removed_at=None)
    return [columns(_soon(rows, "review_on", reach), EndOfDay("review_on"), code=F("kind"))]


def _checks(reach):
    """A safe mark lapses when what the alleged perpetrator can reach changes and, at high risk, where nobody has checked it for so many days (domain 8.1)."""
    days = Cast(policies.subquery("safe_contact.expiry_days_high", "case__lead_agency", reach.at), IntegerField())
    marked = SafeContact.objects.filter(
        case__in=reach.held("record_contact"), case__lead_agency=reach.actor.agency_id, ended_at=None, is_safe=Safe.YES, verified_at__isnull=False,
        party__role=Role.VICTIM,
    )
    since = AccessChange.objects.filter(case=OuterRef("case"), at__lte=reach.at, at__gt=OuterRef("verified_at")).order_by("at")
    overtaken = marked.filter(Exists(since)).annotate(changed=Subquery(since.values("at")[:1]))
    high = marked.filter(~Exists(since), case__risk_level="high").annotate(lapses=DaysAfter("verified_at", days))
    lapsing = high.annotate(shown=ExpressionWrapper(F("lapses") - timedelta(days=7), DateTimeField())).filter(shown__lte=reach.at)
    return [columns(overtaken, F("changed"), code=F("channel")), columns(lapsing, F("lapses"), code=F("channel"))]


def _orders(reach):
    rows = OrderWording.objects.filter(
        Q(order__agency=reach.actor.agency_id) | Q(case__lead_agency=reach.actor.agency_id), case__in=reach.held("add_entry"), replaced_by=None,
        order__state=OrderState.MADE, ends_on__isnull=False,
    )
    return [columns(_soon(rows, "ends_on", reach), EndOfDay("ends_on"), place="order_id", code=F("order__kind"))]


def _markers(reach):
    newer = Marker.objects.filter(party=OuterRef("party")).filter(
        Q(recorded_at__gt=OuterRef("recorded_at")) | Q(recorded_at=OuterRef("recorded_at"), pk__gt=OuterRef("pk"))
    )
    is_managed = ~Q(mappa_category=MappaCategory.NONE) | Q(is_iom=True)
    rows = Marker.objects.filter(duty(reach), is_managed, ~Exists(newer), case__in=reach.held("add_entry"), review_on__isnull=False)
    return [columns(_soon(rows, "review_on", reach), EndOfDay("review_on"), place="party_id")]


def _removals(reach):
    return [columns(rows, F("proposed_at"), code=F("flag__kind")) for rows in second_person.for_deciding(reach, FlagRemoval.objects.all())]


def _merges(reach):
    return [columns(rows, F("proposed_at")) for rows in second_person.for_deciding(reach, merges_seen(reach.actor, reach.at))]


def _undoings(reach):
    seen = MergeUndo.objects.filter(merge__in=merges_seen(reach.actor, reach.at).values("pk"))
    return [columns(rows, F("proposed_at")) for rows in second_person.for_deciding(reach, seen)]


def _files(reach):
    """For anybody of its agency who may decide, whoever holds the case and whoever added it."""
    return [columns(attachments.waiting(reach.actor).filter(case__in=reach.seen(attachments.DECIDES)), F("added_at"))]


def _told(reach):
    """One's own unread notices, but those of a promise or an order: what they speak of stands in the list itself."""
    if reach.is_team:
        return []
    rows = Notification.objects.filter(user=reach.actor.user_id, read_at=None, clock=None, order_alert=None, case__in=reach.seen("see_summary"))
    return [columns(rows, F("at"), rank=TOLD, code=F("kind"))]


def _soon(rows, day, reach):
    return rows.annotate(shown=ShownFrom(F(day), output_field=DateTimeField())).filter(shown__lte=reach.at)


# --- in words, and where it is done


def _to(name, *, with_place=True):
    def place(item):
        return reverse(name, args=[item.reference, item.place] if with_place else [item.reference])

    return place


def _promise_words(item):
    return clocks.KINDS[item.code.split("|")[0]].promise


def _promise_place(item):
    """A contact is recorded, a court decision is written down, a request takes its next step."""
    kind, about = item.code.split("|")
    if about.startswith("order:"):
        return reverse("order_decide", args=[item.reference, about.removeprefix("order:")])
    if about.startswith("dvds:"):
        return reverse("dvds", args=[item.reference, about.removeprefix("dvds:")])
    of, _, number = about.partition(":")
    if of in extensions.KEPT_ON:
        return reverse(extensions.KEPT_ON[of], args=[item.reference, number])
    return reverse("case_contact" if kind in clocks.CONTACT else "case", args=[item.reference])


def _task_place(item):
    """Who was asked to assess goes to the assessment, who is to be the second person to the decision; anything else is said to be done."""
    kind, origin = item.code.split("|", 1)
    if kind == COUNTERSIGN:
        return reverse("assessment_decide", args=[item.reference, origin.removeprefix("assessment:")])
    if kind.startswith("children."):
        return reverse("children", args=[item.reference])
    if kind in (ASKED, REASSESS) and "assess_risk" in item.may:
        return reverse("assessment_start", args=[item.reference])
    return reverse("task_finish", args=[item.reference, item.place])


def _told_place(item):
    return reverse("notice", args=[item.place])  # on the way there it is read


KINDS = [
    DueKind("promise", "Promises and hearings", "see_case", _promises, _promise_words, _promise_place),
    DueKind("action", "Actions", "add_entry", _tasks, lambda item: item.note, _task_place),
    DueKind("plan", "Safety plan reviews", "record_contact", _plans, lambda item: f"Review the safety plan, version {item.code}", _to("plan", with_place=False)),
    DueKind("flag", "Flag reviews", "add_entry", _flags, lambda item: f"Review the flag: {FLAGS[item.code].label.lower()}", _to("flag_review")),
    DueKind(
        "check", "Contact details to check", "record_contact", _checks, lambda item: f"Check with them: {Channel(item.code).label.lower()}", _to("safe_contact_verify"),
    ),
    DueKind("order", "Orders that end", "add_entry", _orders, lambda item: f"{TYPES[item.code].label} ends: check whether it is extended", _to("order")),
    DueKind("marker", "MAPPA reviews", "add_entry", _markers, lambda item: "Review how the alleged perpetrator is managed (MAPPA, IOM)", _to("marker_set")),
    DueKind(
        "removal", "Flags to decide", second_person.ADDS, _removals, lambda item: f"Decide on removing the flag: {FLAGS[item.code].label.lower()}", _to("flag_decide"),
        is_waiting=True, either=second_person.EITHER,
    ),
    DueKind(
        "merge", "Records to decide", second_person.ADDS, _merges, lambda item: "Decide whether two records are of one person", _to("merge_decide"), is_waiting=True,
        either=second_person.EITHER,
    ),
    DueKind(
        "undoing", "Records to part again", second_person.ADDS, _undoings, lambda item: "Decide whether one record is of two people after all",
        _to("merge_undo_decide"), is_waiting=True, either=second_person.EITHER,
    ),
    DueKind(
        "file", "Files to decide", attachments.DECIDES, _files, lambda item: "Decide who may open a file that names a protected place", _to("file_share"), is_waiting=True,
    ),
    DueKind(
        "told", "Notices not read", "see_summary", _told, lambda item: notices.WORDS.get(item.code, "Something on this case needs you"), _told_place, is_waiting=True,
    ),
]
