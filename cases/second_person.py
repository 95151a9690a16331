"""Who may be the second person: one rule for the actions, for the pages of a case and for everything that is due.

Whoever proposed it never decides. A lower risk level is for those who approve (docs/adr/0011). That a flag goes, or that two records become
one or two again, is for whoever adds to the case and either approves or changes its people: the agency that runs it (docs/adr/0020, 0026).
"""

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from cases.models import Assessment, Task
from cases.models.task import COUNTERSIGN
from cases.rules.closing import InTheWay

APPROVES = "countersign"
ADDS, EITHER = "add_entry", frozenset({APPROVES, "edit_people"})


def may_decide(capabilities):
    """May somebody with these capabilities on a case decide on what another proposed there?"""
    return ADDS in capabilities and bool(EITHER & capabilities)


def may_approve(capabilities):
    """The same of a lower risk level."""
    return APPROVES in capabilities


def is_for(proposed_by, user_id):
    """Does this proposal (the id of whoever made it, None where there is none) wait for somebody like this person, and not for another?"""
    return proposed_by not in (None, user_id)


def for_deciding(reach, proposals):
    """Those of these proposals on which the reader may decide, as querysets for the page of everything that is due."""
    if not may_decide(reach.may):
        return []
    return [proposals.filter(decided_at=None, case__in=reach.seen(ADDS, EITHER)).exclude(proposed_by=reach.actor.user_id)]


def for_approving(reach):
    """The lower levels that wait for the reader, as the actions that they raised."""
    if not may_approve(reach.may):
        return []
    own = (
        Assessment.objects.filter(case=OuterRef("case"), signed_by=reach.actor.user_id, decided_at=None)
        .annotate(raised=Concat(Value("assessment:"), Cast(F("pk"), CharField()), output_field=CharField())).filter(raised=OuterRef("origin"))
    )
    waiting = Task.objects.filter(kind=COUNTERSIGN, done_at=None, raised_at__lte=reach.at, case__in=reach.seen(APPROVES))
    return [waiting.filter(~Exists(own))]


def reasons_cannot_close(case, at):
    """Why a case cannot close over a lower level. Whoever cannot decide does not find it among what is next, so it is named, with where it waits."""
    waiting = Task.objects.filter(case=case, kind=COUNTERSIGN, done_at=None, raised_at__lte=at).order_by("raised_at", "pk").values_list("origin", flat=True)
    words = "A lower risk level waits for a second person, who was not the one to propose it."
    return [InTheWay(words, reverse("assessment", args=[case.reference, origin.removeprefix("assessment:")]), "See the assessment") for origin in waiting[:1]]
