"""The numbers of the quarterly return: every count, for a quarter, the one before and the same one a year before.

Sets are counted where they lie: a fixed number of queries, whatever the number of cases, and no row leaves this file. Whether a
promise was kept follows from when it was due and when it stopped, never from whether a sweep has noticed. The counts that add up to
one another come from one query each, so that they add up however busy the moment is.
"""

from django.db.models import Count, F, Q

from cases import access
from cases.dash import FOLLOW_ON
from cases.models import Assessment, Clock
from cases.models.case import RiskLevel
from cases.models.clock import ClockOutcome
from marac.models import Listing, MeetingState, Referral
from referrals.models import Disclosure, DisclosureState
from referrals.routes import ROUTES

PROMISES = ("contact", "discussion")


def periods(quarter):
    """The quarters that stand side by side in a return, the one that it is about first."""
    return [quarter, quarter.previous, quarter.year_before]


def numbers(actor, quarter, at, only=None):
    """{quarter: {code: count}} for the three quarters of a return, or those of them in `only`, as things stand at `at`.

    None instead of counts for a quarter that was over before the first case was opened: nothing was kept then, which is not nought.
    Raises PermissionDenied unless the actor may prepare returns.
    """
    cases = access.cases_to_count(actor)
    began = access.first_opened_at(actor)
    wanted = periods(quarter) if only is None else only
    return {one: _counts(cases, one, at) if one == quarter or _was_kept(one, began) else None for one in wanted}


def _was_kept(quarter, began):
    return began is not None and began < quarter.ends_at


def _counts(cases, quarter, at):
    return {
        **_promises(cases, quarter, at),
        **_disclosures(cases, quarter),
        **_stalking(cases, quarter),
        **_assessments(cases, quarter),
        **_referrals(cases, quarter),
        **_listings(cases, quarter),
    }


def _within(span, field):
    return Q(**{f"{field}__gte": span.starts_at, f"{field}__lt": span.ends_at})


def _promises(cases, quarter, at):
    """Clocks that fell due in the quarter; one that still runs counts only once its time is up."""
    in_time = Q(stopped_at__lte=F("due_at"))
    kept = in_time & Q(outcome=ClockOutcome.MET)
    missed = Q(stopped_at__gt=F("due_at")) | Q(stopped_at=None)
    explained = Q(breach_explained_at__isnull=False)
    asked = {}
    for kind in PROMISES:
        ours = Q(kind=kind)
        asked[f"{kind}.kept"] = ours & kept
        asked[f"{kind}.missed"] = ours & missed
        asked[f"{kind}.ended"] = ours & in_time & ~Q(outcome=ClockOutcome.MET)
    for number, month in enumerate(quarter.months, start=1):
        asked[f"months.kept.{number}"] = kept & _within(month, "due_at")
        asked[f"months.missed.{number}"] = missed & _within(month, "due_at")
    asked["breaches.explained"] = missed & explained
    asked["breaches.unexplained"] = missed & ~explained
    settled = Q(stopped_at__isnull=False) | Q(due_at__lt=at)
    found = _ask(Clock.objects.filter(_within(quarter, "due_at"), settled, kind__in=PROMISES, case__in=cases), asked)
    for outcome in ("kept", "missed", "ended"):
        found[f"promises.{outcome}"] = sum(found[f"{kind}.{outcome}"] for kind in PROMISES)
    for which in (*PROMISES, "promises"):
        found[f"{which}.due"] = sum(found[f"{which}.{outcome}"] for outcome in ("kept", "missed", "ended"))
    return found


def _disclosures(cases, quarter):
    asked = {f"disclosures.{route}": Q(route=route) for route in ROUTES}
    asked["disclosures.other"] = ~Q(route__in=list(ROUTES))
    logged = Disclosure.objects.filter(_within(quarter, "logged_at"), state=DisclosureState.SUBMITTED, case__in=cases)
    return _with_total("disclosures.total", _ask(logged, asked))


def _stalking(cases, quarter):
    asked = {
        "stalking.yes": Q(has_stalking_element=True),
        "stalking.no": Q(has_stalking_element=False),
        "stalking.unknown": Q(has_stalking_element=None),
    }
    return _with_total("stalking.cases", _ask(cases.filter(_within(quarter, "opened_at")), asked))


def _assessments(cases, quarter):
    asked = {f"assessments.{level}": Q(final_level=level) for level in RiskLevel.values}
    return _with_total("assessments.total", _ask(Assessment.objects.filter(_within(quarter, "signed_at"), case__in=cases).exclude(tool__in=FOLLOW_ON), asked))


def _referrals(cases, quarter):
    asked = {"referrals.repeat": Q(is_repeat=True), "referrals.new": ~Q(is_repeat=True)}
    return _with_total("referrals.total", _ask(Referral.objects.filter(_within(quarter, "submitted_at"), case__in=cases), asked))


def _listings(cases, quarter):
    asked = {"listings.repeat": Q(referral__is_repeat=True), "listings.new": ~Q(referral__is_repeat=True)}
    listed = Listing.objects.filter(_within(quarter, "meeting__starts_at"), case__in=cases).exclude(meeting__state=MeetingState.CANCELLED)
    return _with_total("listings.total", _ask(listed, asked))


def _ask(rows, asked):
    """One query: how many rows fit each condition."""
    found = rows.order_by().aggregate(**{f"n{number}": Count("pk", filter=fits) for number, fits in enumerate(asked.values())})
    return {code: found[f"n{number}"] for number, code in enumerate(asked)}


def _with_total(total, parts):
    return {total: sum(parts.values()), **parts}

