"""Sharing that ended by its date: what the agency still had to do passes to the lead agency, as it does when sharing is ended by hand."""

import functools
import operator

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from agencies.actors import system
from agencies.gate import Change, register_verb, run
from cases import extensions
from cases.actions.sharing import pass_to_lead
from cases.models import Case, Clock, Grant, Task

register_verb("share.lapse", "", "Sharing ended by its date; what was left to do passed to the lead agency.", "cases.lapses.pass_on_lapsed")


def pass_on_lapsed(at=None):
    """Pass on the open work of every grant that has lapsed. Returns how many grants had any. Safe to run by nobody, once or often."""
    at = at or timezone.now()
    passed = 0
    for reference, case_id, agency_id in list(_lapsed_with_work(at)):
        passed += run("share.lapse", system("sweep"), lambda act, case=case_id, agency=agency_id: _pass_on(act, case, agency), case_reference=reference)
    return passed


def _pass_on(act, case_id, agency_id):
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
    given = pass_to_lead(act, case, agency_id)
    return Change(subject=f"agency:{agency_id}", case=case, after=given, result=1 if given else 0)


def _lapsed_with_work(at):
    """(reference, case, agency) of grants that are over, of agencies that hold no other on the case, with work left."""
    live = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), content_object=OuterRef("content_object"), agency=OuterRef("agency")).exclude(level="meeting")
    clocks = Clock.objects.filter(case=OuterRef("content_object"), agency=OuterRef("agency"), stopped_at=None)
    tasks = Task.objects.filter(case=OuterRef("content_object"), agency=OuterRef("agency"), done_at=None)
    others = [Exists(work.left().filter(case=OuterRef("content_object"), agency=OuterRef("agency"))) for work in extensions.WORK]
    return (
        Grant.objects.filter(ends_at__lte=at)
        .exclude(level="meeting")
        .filter(~Exists(live), functools.reduce(operator.or_, others, Exists(clocks) | Exists(tasks)))
        .values_list("content_object__reference", "content_object_id", "agency_id")
        .distinct()
    )
