"""How a worker prepares a return: claim it, count, draw, hand over. Nothing is written here but through the actions.

It may be killed at any point. What it had not handed over is not there; its claim lapses after the lease, and whoever takes the run
next begins again from the start.
"""

import logging
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agencies import policies
from agencies.actors import actor_for
from agencies.gate import Refused
from agencies.models import Agency
from reporting import actions, allowances, quarterly
from reporting.indicators import edition
from reporting.models import PublishedQuarter, ReturnRun, RunState
from reporting.publication import column, publish, words
from ui.pdf import render_pdf

log = logging.getLogger(__name__)


def prepare(run_id):
    """Prepare one return, if it still waits for somebody. Tells whether it is ready now."""
    run = ReturnRun.objects.select_related("asked_by", "agency").defer("pdf").filter(pk=run_id).first()
    if run is None:
        return False
    actor = actor_for(run.asked_by, "worker")
    try:
        claim = actions.claim_return(actor, run=run.pk)
    except (Refused, PermissionDenied):
        return False  # somebody else has it, or who asked may not any more; the log says which
    run.published = None  # what a worker before this one may have left
    try:
        _prepare(actor, run, claim)
    except (Refused, PermissionDenied):
        return False  # the claim lapsed, or who asked may not any more: not this worker's return to speak of
    return ReturnRun.objects.filter(pk=run.pk, claim=claim, state=RunState.READY).exists()


def _prepare(actor, run, claim):
    try:
        count(actor, run, claim)
        pdf = draw(run)
    except (Refused, PermissionDenied):
        raise
    except Exception:
        # Whatever it was, the person who waits is told, and may try again; the log of the worker has the details.
        log.exception("a return could not be prepared")
        actions.give_up(actor, run=run.pk, claim=claim, error="drawing" if run.published else "counting")
    else:
        actions.keep_document(actor, run=run.pk, claim=claim, pdf=pdf)


def count(actor, run, claim):
    """Take the numbers of the run's quarter and the two beside it, leave out what must stay hidden, and keep the rest.

    A quarter that was published before is not counted again: it keeps the numbers of that time.
    """
    at = timezone.now()
    below = policies.in_force("returns.suppress_below", None, at)
    wanted, counted_as = quarterly.periods(run.period), edition(run.edition).counted_as
    before = PublishedQuarter.objects.filter(edition=counted_as, quarter__in=[one.code for one in wanted])
    columns = {one.quarter: column(one.quarter, one.counts, one.taken_at, one.below, one.basis) for one in before}
    missing = [one for one in wanted if one.code not in columns]
    if missing:
        found = quarterly.numbers(actor, run.period, at, only=missing)
        columns |= {one["quarter"]: one for one in publish(found, run.edition, below.whole, below.basis, at)}
    run.published = actions.keep_numbers(
        actor, run=run.pk, claim=claim, counted_as=counted_as, columns=[columns[one.code] for one in wanted],
        about={"partnership": _partnership(), "prepared_for": run.agency.name, "allowed": allowances.agreed(_with_data(wanted, columns))},
    )
    run.taken_at = datetime.fromisoformat(run.published["quarters"][0]["taken_at"])


def _with_data(quarters, columns):
    """The quarters that say anything, and the return's own even where it does not."""
    return [one for number, one in enumerate(quarters) if number == 0 or columns[one.code]["counts"] is not None]


def _partnership():
    """The partnership whose numbers these are, by the name of its own office; where it has none, by how many agencies it is."""
    active = Agency.objects.filter(is_active=True)
    office = active.filter(type="partnership").order_by("pk").first()
    return office.name if office else f"A partnership of {active.count()} agencies"


def draw(run):
    """The document of a counted run: the same bytes each time."""
    return render_pdf("reporting/return_pdf.html", words(run) | {"made_at": run.taken_at})
