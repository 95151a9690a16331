"""Writing a safety plan: who may, version by version, nothing lost when two write, and its words nowhere but on its own pages."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases import plans
from cases.access import capabilities_on
from cases.actions.plan import discard_draft, finish_plan, save_plan, start_plan
from cases.models import Case, Entry, SafetyPlan
from cases.rules import plan as rules
from tests.cases.planning import KEPT, begun, finished, planned, write


def test_from_outside_and_without_the_capability_nothing_of_it_can_be_done(people, a_case, share):
    case = a_case()
    begun(people, case, danger="Ring 999")
    share(case, "lantern_outreach", "summary")
    share(case, "vale_probation")
    calls = [
        (start_plan, {}), (save_plan, {"texts": {"danger": "x"}, "opened_with": ""}), (discard_draft, {}),
        (finish_plan, {"draft_revision": 1, "newest_seen": 0, "is_agreed": False, "has_copy": False, "review_on": timezone.localdate()}),
    ]
    for action, facts in calls:
        for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
            with pytest.raises(Http404):
                action(people.actor(persona), case, **facts)
        for persona in ("outreach_worker", "marac_representative"):
            with pytest.raises(PermissionDenied):
                action(people.actor(persona), case, **facts)
    assert SafetyPlan.objects.get().danger == "Ring 999"


def test_nothing_is_written_on_a_closed_case(people, a_case):
    case = a_case(clock=None)
    draft = begun(people, case, danger="Ring 999")
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    for attempt in (lambda: start_plan(people.actor("housing_manager"), case), lambda: write(people, case, danger="Ring nobody"), lambda: finished(people, case)):
        with pytest.raises(Refused, match="closed"):
            attempt()
    draft.refresh_from_db()
    assert draft.danger == "Ring 999" and draft.finished_at is None


def test_versions_follow_each_other_and_none_is_ever_changed(people, a_case, share):
    case = a_case()
    share(case, "harbour_idva")
    first = planned(people, case, danger="Ring 999", pets="The cat goes to Bryony", finish={"has_copy": True, "copy_kept": KEPT})
    draft = begun(people, case, "idva", danger="Ring 999, then 55", pets="")
    assert (draft.based_on, draft.number) == (first, None)
    second = finished(people, case, "idva", is_agreed=False, not_agreed_reason="She was too tired to go through it")
    assert (first.number, second.number, second.agreed_on, second.agreed_with, second.copy_kept) == (1, 2, None, "", "")
    assert plans.newest(case) == second
    assert [words for _, words in plans.history(case)] == [
        ["If they are in danger: changed", "Pets: taken out"], ["If they are in danger: added", "Pets: added"],
    ]
    for change in ({"danger": "x"}, {"number": 9}, {"finished_at": None}, {"is_agreed": False}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SafetyPlan.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        SafetyPlan.objects.filter(pk=first.pk).delete()


def test_the_table_refuses_half_a_version(people, a_case):
    draft = begun(people, a_case(), danger="Ring 999")
    now = timezone.now()
    for half in (
        {"finished_at": now}, {"finished_by": people.idva}, {"number": 1}, {"review_on": now.date()}, {"is_agreed": True}, {"is_agreed": False},
        {"has_copy": True}, {"finished_at": now, "finished_by": people.idva, "number": 1, "review_on": now.date()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SafetyPlan.objects.filter(pk=draft.pk).update(**half)


def test_a_draft_is_for_its_agency_alone_and_one_at_a_time(people, a_case, share):
    case = a_case()
    share(case, "harbour_idva")
    ours = begun(people, case, danger="Ours")
    theirs = begun(people, case, "idva", danger="Theirs")
    assert plans.draft_of(people.actor("other_housing_officer"), case) == ours and plans.draft_of(people.actor("other_idva"), case) == theirs
    with pytest.raises(Refused, match="begun a version already"):
        start_plan(people.actor("housing_manager"), case)
    discard_draft(people.actor("idva"), case)
    assert plans.draft_of(people.actor("idva"), case) is None
    with pytest.raises(Refused, match="meanwhile"):
        discard_draft(people.actor("idva"), case)


def test_the_later_of_two_writers_is_told_and_overwrites_nothing_unseen(people, a_case):
    case = a_case()
    begun(people, case, danger="First")
    opened = plans.mark_of({"danger": "First", "phone": ""})
    save_plan(people.actor("other_housing_officer"), case, texts={"danger": "Second", "phone": ""}, opened_with=opened)
    with pytest.raises(Refused, match="Somebody else changed this") as refusal:
        save_plan(people.actor("housing_officer"), case, texts={"danger": "Third", "phone": ""}, opened_with=opened)
    assert refusal.value.code == "stale" and SafetyPlan.objects.get().danger == "Second"
    # Another page of the same draft is nobody's concern, and saving what stands already changes nothing.
    write(people, case, pets="The cat")
    save_plan(people.actor("housing_officer"), case, texts={"danger": "Second", "phone": ""}, opened_with=opened)


def test_finishing_over_an_unseen_change_or_an_unseen_version_is_refused(people, a_case, share):
    case = a_case()
    share(case, "harbour_idva")
    draft = begun(people, case, danger="Ours")
    begun(people, case, "idva", danger="Theirs")
    write(people, case, pets="The cat")
    with pytest.raises(Refused, match="Somebody else changed this"):
        finished(people, case, draft_revision=draft.revision)
    finished(people, case, "idva")
    with pytest.raises(Refused, match="finished a version after this draft was begun"):
        finished(people, case, newest_seen=0)
    assert finished(people, case).number == 2


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"agreed_with": ""}, "who went through it"), ({"agreed_on": None}, "when they agreed"), ({"agreed_on": timezone.localdate() + timedelta(days=2)}, "in the future"),
        ({"is_agreed": False}, "why it is not agreed"), ({"has_copy": True}, "where the copy is kept"), ({"review_on": timezone.localdate()}, "after today"),
        ({"review_on": timezone.localdate() + timedelta(days=400)}, "within a year"),
    ],
)
def test_what_is_unclear_is_not_finished(people, a_case, facts, words):
    case = a_case()
    begun(people, case, danger="Ring 999")
    with pytest.raises(Refused, match=words):
        finished(people, case, **facts)
    assert plans.newest(case) is None


def test_an_empty_plan_is_not_finished(people, a_case):
    case = a_case()
    begun(people, case, pets="  \n ")
    with pytest.raises(Refused, match="at least one thing"):
        finished(people, case)


def test_who_may_not_see_an_address_neither_reads_nor_writes_where_they_go(people, a_case, share):
    case = a_case()
    share(case, "valley_health", worker="health_visitor")
    planned(people, case, safe_place="With her aunt in Buxton", pets="The cat")
    visitor = people.actor("health_visitor")
    read = {line.code: line for line in plans.lines(plans.newest(case), capabilities_on(visitor, case))}
    assert read["safe_place"].is_hidden and "Buxton" not in read["safe_place"].text and read["pets"].text == "The cat"
    start_plan(visitor, case)
    with pytest.raises(PermissionDenied):
        save_plan(visitor, case, texts={"safe_place": "x"}, opened_with="")
    with pytest.raises(PermissionDenied):
        save_plan(visitor, case, texts={"number": "9"}, opened_with="")
    write(people, case, "health_visitor", pets="Two cats")
    after = finished(people, case, "health_visitor")
    assert (after.safe_place, after.pets) == ("With her aunt in Buxton", "Two cats")


def test_the_log_and_the_chronology_hold_no_word_of_it(people, a_case):
    case = a_case()
    planned(people, case, **{code: f"canary-{code}" for code in rules.SECTIONS}, finish={"has_copy": True, "copy_kept": "canary-copy at work"})
    events = Event.objects.filter(verb__startswith="plan.")
    assert set(events.values_list("verb", flat=True)) == {"plan.start", "plan.save", "plan.finish"}
    assert "canary" not in "".join(f"{event.before}{event.after}{event.reason}{event.subject}" for event in events)
    entry = Entry.objects.get(case=case, kind="risk")
    assert (entry.title, entry.text) == ("Safety plan: version 1 finished", "Agreed with the victim/survivor.")
