"""What the demonstration shows of the case file in depth: of each thing at least one, so that whoever looks for it finds it and nobody loses it."""

from datetime import timedelta

import pytest
from django.db.models import Count, F
from django.utils import timezone

from cases import matching, models, repeats
from cases.dash import FOLLOW_ON, GRID, HONOUR10, POLICE27, STALKING11
from config.demo_partnership import Partnership
from referrals import joining
from referrals.models import Disclosure, SafeguardingReferral, SchoolNotice, StepRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """The demonstration without the months round it, which happen to show some of the same."""
    told = []
    one = Partnership(lambda *at: told.append(at), past=0, recent=0)
    one.build()
    parts = len(one.SHOWN) + len(one.LATELY)
    assert told == [(number + 1, parts) for number in range(parts)], "loading says how far it is"
    return one


def marked(world):
    """Who is marked as what, as the police lead's list says it."""
    actor, now = world.actor("police_lead"), timezone.now()
    return {label for row in repeats.shown(actor, repeats.list_of(actor, now), now) for label, _ in row.tags}


def levels(world):
    """The levels of one case over time."""
    return list(signed(case=world.full).exclude(tool__in=FOLLOW_ON).order_by("signed_at").values_list("final_level", flat=True))


def signed(**facts):
    return models.Assessment.objects.filter(signed_at__isnull=False, **facts)


def onward(**facts):
    return SafeguardingReferral.objects.filter(**facts)


def running(**facts):
    return models.Clock.objects.filter(stopped_at=None, **facts)


def soon():
    return timezone.localdate() + timedelta(days=7)


SHOWS = {
    "a disclosure that joined an open case": lambda world: Disclosure.objects.filter(joined_to__status="open"),
    "and somebody who has to compare it": lambda world: models.Task.objects.filter(kind=joining.COMPARE, done_at=None),
    "a match elsewhere that told another agency": lambda world: models.Task.objects.filter(kind=matching.ELSEWHERE, done_at=None),
    "a merge that waits for a second person": lambda world: models.PersonMerge.objects.filter(decided_at=None),
    "two records that became one": lambda world: models.PersonMerge.objects.filter(decision="approved", undone_at=None),
    "a repeat alleged perpetrator": lambda world: "Repeat" in marked(world),
    "a serial alleged perpetrator": lambda world: "Serial" in marked(world),
    "a repeat victim, whose case was closed within 12 months": lambda world: models.EarlierCase.objects.filter(case__status="open", earlier__status="closed"),
    "equality answers": lambda world: models.Equality.objects.all(),
    "a case closed with outcomes and an exit DASH": lambda world: models.Closing.objects.filter(exit_assessment__isnull=False).exclude(outcomes={}),
    "at least four points of risk in one case": lambda world: len(levels(world)) >= 4,
    "risk that fell": lambda world: ("high", "medium") in zip(levels(world), levels(world)[1:], strict=False),
    "risk that rose": lambda world: ("medium", "high") in zip(levels(world), levels(world)[1:], strict=False),
    "a lower level that waits for a second person": lambda world: signed(decided_at=None).exclude(proposed_level=""),
    "an S-DASH": lambda world: signed(tool=STALKING11),
    "an H-DASH": lambda world: signed(tool=HONOUR10),
    "a DASH of the police": lambda world: signed(tool=POLICE27),
    "two severity grids on one case": lambda world: signed(tool=GRID).values("case").annotate(grids=Count("pk")).filter(grids__gt=1),
    "a child not yet born, decided about": lambda world: models.ChildDecision.objects.filter(party__is_unborn=True),
    "a child who lives elsewhere, decided about": lambda world: models.ChildDecision.objects.filter(party__is_unborn=False, party__lives_with_victim=False),
    "a child with a safe way of contact of their own": lambda world: models.SafeContact.objects.filter(party__role="child", is_safe="yes"),
    "a safe time that ends on the day on which bail does": lambda world: models.AccessChange.objects.filter(at__gt=timezone.now(), case__status="open"),
    "a way of contact to check again, since what can be reached changed": lambda world: models.SafeContact.objects.filter(
        ended_at=None, is_safe="yes", case__status="open", case__access_changes__at__range=(F("verified_at"), timezone.now())
    ),
    "a school that is hidden": lambda world: [one for one in models.ChildDetails.objects.filter(is_protected=True) if one.school],
    "a safeguarding referral whose clock runs": lambda world: running(kind__in=["social_care", "adult_safeguarding"], due_at__gt=timezone.now()),
    "one that is overdue": lambda world: running(kind="social_care", due_at__lt=timezone.now()),
    "one that was answered": lambda world: onward(state="answered").exclude(route="school"),
    "one that was decided against": lambda world: onward(state="overridden"),
    "a school to be told (Operation Encompass)": lambda world: SchoolNotice.objects.filter(referral__state="proposed", is_attended=True),
    "a request under Clare’s Law within its 28 days": lambda world: running(kind="dvds", due_at__gt=timezone.now()).filter(case__in=models.DvdsRequest.objects.values("case")),
    "a MAPPA marker": lambda world: models.Marker.objects.exclude(mappa_category="none"),
    "an order that ends within seven days": lambda world: models.OrderWording.objects.filter(replaced_by=None, order__state="made", ends_on__range=(timezone.localdate(), soon())),
    "an order that was breached": lambda world: models.OrderBreach.objects.filter(order__in=models.Order.objects.filter(state="made")),
    "a safety plan of two versions": lambda world: models.SafetyPlan.objects.filter(number=2),
    "a file that partners read": lambda world: models.Attachment.objects.filter(audience="partners", is_protected=False),
    "a file of which nobody has decided yet who may open it": lambda world: models.Attachment.objects.filter(waits=True),
    "a correction in the chronology": lambda world: models.Entry.objects.filter(supersedes__isnull=False).exclude(why=""),
    "an address that is restricted, and one that is confidential": lambda world: set(models.Address.objects.values_list("visibility", flat=True)) >= {"restricted", "confidential"},
    "a flag of which the removal was proposed": lambda world: models.FlagRemoval.objects.filter(decided_at=None),
    "a missed promise with its reason": lambda world: models.Clock.objects.filter(stopped_at__gt=F("due_at")).exclude(breach_reason=""),
    "a step of a pathway that is not needed, with the reason": lambda world: StepRecord.objects.filter(state="not_needed"),
    "a person who is barred from a case": lambda world: models.Exclusion.objects.filter(lifted_at=None, user__isnull=False),
}


def test_the_demonstration_shows_the_case_file_in_depth(world):
    assert [what for what, holds in SHOWS.items() if not holds(world)] == []
    # Whoever works on cases has one to begin with.
    workers = ("housing_officer", "other_housing_officer", "specialist_da_officer", "idva", "outreach_worker", "refuge_worker", "call_handler")
    assert [persona for persona in workers if not models.Grant.objects.filter(worker=world.users[persona]).exists()] == []
