"""Which calls a person may see, what waits to be returned, and the figures of a day and of six months."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth
from django.http import Http404

from cases.access import record_look
from referrals.calls import codes, rules
from referrals.models import Call
from ui.charts import BarChart, Series
from ui.times import LONDON, start_of_day

SHOWN = 100
_RETURN = Q(returns__isnull=False)  # our own call back is nobody's call to the line


def calls_of(actor):
    """The calls of one's own agency, for whoever takes its calls. Nobody else's, whatever cases they see."""
    if actor is None or actor.agency_id is None or not actor.may("take_calls"):
        return Call.objects.none()
    return Call.objects.filter(agency=actor.agency_id)


def open_call(actor, number, part=""):
    """The call, if this person may see it; each opening is kept in the log. Anything else is Http404."""
    found = calls_of(actor).filter(pk=number).select_related("taken_by", "disclosure__case", "returns", "callback_ended_by").first()
    if found is None:
        raise Http404
    record_look(actor, f"call:{found.pk}:{part}" if part else f"call:{found.pk}")
    return found

# How a message that was left stands: in words, and in the colour of its tag.
WORDS = {
    "waiting": "To be returned", "overdue": "Overdue", "kept": "Returned in time", "late": "Returned late", "not_needed": "No call back needed",
    "unreached": "Could not be reached",
}
COLOURS = {"waiting": "yellow", "overdue": "red", "kept": "green", "late": "orange", "not_needed": "grey", "unreached": "red"}


@dataclass(frozen=True)
class Row:
    """One call as the board shows it: nothing in it names or reaches anybody."""

    call: Call
    state: str

    @property
    def words(self):
        return WORDS.get(self.state, "")

    @property
    def colour(self):
        return COLOURS.get(self.state, "grey")


def row_of(call, at):
    """A call with where it stands."""
    return Row(call, rules.callback_state(call.callback_due_at, call.callback_ended_at, call.callback_end, at))


def waiting(actor, at):
    """Every message that waits, the most urgent first, on whatever day it was left."""
    found = calls_of(actor).filter(callback_due_at__isnull=False, callback_ended_at=None).annotate(tried=Count("attempts"))
    return [row_of(call, at) for call in found.select_related("taken_by").order_by("callback_due_at", "pk")[:SHOWN]]


def on_day(actor, day: date, at: datetime):
    """The calls of one day in London, the latest first."""
    begins, ends = start_of_day(day), start_of_day(day + timedelta(days=1))
    found = calls_of(actor).filter(received_at__gte=begins, received_at__lt=ends).select_related("taken_by").order_by("-received_at", "-pk")
    return [row_of(call, at) for call in found[:SHOWN]]


def _counts():
    came_in = ~_RETURN
    state = Q(callback_due_at__isnull=False)
    return {
        "all": Count("pk", filter=came_in),
        "in_hours": Count("pk", filter=came_in & Q(is_in_hours=True)),
        "answered": Count("pk", filter=came_in & Q(result="answered")),
        "messages": Count("pk", filter=came_in & Q(result="message")),
        "abandoned": Count("pk", filter=came_in & Q(result="abandoned")),
        "known": Count("pk", filter=came_in & ~Q(caller="")),
        "professionals": Count("pk", filter=came_in & Q(caller="professional")),
        "mail": Count("pk", filter=came_in & Q(caller="professional", could_be_mail=True)),
        "kept": Count("pk", filter=state & Q(callback_end=codes.RETURNED, callback_ended_at__lte=F("callback_due_at"))),
        "promised": Count("pk", filter=state & ~Q(callback_end=codes.NOT_NEEDED)),
        **{f"caller_{code}": Count("pk", filter=came_in & Q(caller=code)) for code in codes.CALLERS},
    }


def figures(actor, begins: datetime, ends: datetime):
    """The numbers of a span in one query, with what follows from them."""
    found = calls_of(actor).filter(received_at__gte=begins, received_at__lt=ends).aggregate(**_counts())
    return _worked_out(found)


def _worked_out(found):
    return found | {
        "out_of_hours": found["all"] - found["in_hours"],
        "share": rules.share(found["professionals"], found["known"]),
        "kept_share": rules.share(found["kept"], found["promised"]),
    }


def of_day(actor, day: date):
    """The numbers of one day."""
    return figures(actor, start_of_day(day), start_of_day(day + timedelta(days=1)))


def who_rang(found, title):
    """Who rang, drawn."""
    rows = [(words, found[f"caller_{code}"]) for code, (words, _) in codes.CALLERS.items()] + [("Not known", found["all"] - found["known"])]
    return BarChart(
        "callers", title, f"{found['professionals']} of {found['known']} callers whose kind is known were professionals.", "Who rang",
        tuple(words for words, _ in rows), (Series("Calls", tuple(number for _, number in rows)),),
    )


def by_month(actor, today: date):
    """The last six months, one query: the numbers of each and of all."""
    months = rules.six_months(today)
    begins, ends = start_of_day(months[0]), start_of_day(today + timedelta(days=1))
    span = calls_of(actor).filter(received_at__gte=begins, received_at__lt=ends)
    found = {row["month"].date(): row for row in span.annotate(month=TruncMonth("received_at", tzinfo=LONDON)).order_by().values("month").annotate(**_counts())}
    nothing = dict.fromkeys(_counts(), 0)
    rows = [(month, _worked_out(nothing | {key: value for key, value in found.get(month, {}).items() if key != "month"})) for month in months]
    total = _worked_out({key: sum(row[key] for _, row in rows) for key in nothing})
    return rows, total


def calls_by_month(rows):
    """Six months of calls, drawn: all, and those of professionals (SEED-175, SEED-177)."""
    return BarChart(
        "months", "Calls in six months", "All calls to the line and those of professionals, month by month.", "Month", tuple(f"{month:%B %Y}" for month, _ in rows),
        (Series("All calls", tuple(row["all"] for _, row in rows)), Series("From professionals", tuple(row["professionals"] for _, row in rows))),
    )
