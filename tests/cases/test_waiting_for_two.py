"""What waits for a second person: told to whoever may decide on it and to nobody else, alike on the case page and among everything that is due."""

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Membership
from audit.models import Event
from cases import due
from cases.actions.closing import reasons_cannot_close
from cases.actions.merging import decide_undo, propose_undo
from cases.models import Case, Clock, MergeUndo, Notification, PersonMerge
from tests.cases.dash.acts import lowered
from tests.cases.ends import close
from tests.cases.flagging import flagged
from tests.cases.flagging import proposed as removal_proposed
from tests.cases.test_merging import WHY, decided, made, proposed

OUTSIDE = ["outsider", "superuser", "commissioner", "auditor", "administrator", "information_governance", "outreach_worker"]
# Who may decide on what the housing officer proposed, on a case that the IDVAs, health and probation share as partners.
PERSONAS = {
    "housing_officer": False, "other_housing_officer": True, "specialist_da_officer": True, "housing_manager": True, "agency_lead": True, "idva": False,
    "idva_manager": True, "health_visitor": False, "marac_representative": False, **dict.fromkeys(OUTSIDE, False),
}
# A lower level is for those alone who approve.
APPROVES = PERSONAS | {"other_housing_officer": False}
WORDS = {
    "removal": "Decide on removing a flag", "merge": "Decide whether two records are of one person", "undoing": "Decide whether one record is of two people after all",
    "action": "Decide on a lower risk level",
}


@pytest.fixture
def two(a_case, share):
    """Two cases of one officer, both shared with the same partners, with likely the same person in them; one of the agencies holds a summary."""
    both = a_case(clock=None), a_case(given_name="Mari", clock=None)
    for case in both:
        for slug in ("harbour_idva", "valley_health", "vale_probation"):
            share(case, slug)
        share(case, "lantern_outreach", "summary")
    return both


def arranged(people, two, kind):
    case = two[0]
    if kind == "removal":
        removal_proposed(people, flagged(people, case))
    if kind == "merge":
        proposed(people, *two)
    if kind == "undoing":
        merge = made(people, *two)
        propose_undo(people.actor("housing_officer"), case, merge_id=merge.pk, reason=WHY)
    if kind == "action":
        lowered(people, case)
    return case


def is_due(people, persona, kind, whose="mine"):
    return [item for item in due.everything_due(people.actor(persona), timezone.now(), whose=whose).items if item.kind.code == kind and (kind != "action" or "lower" in item.words)]


def is_proposed(client, case, kind):
    answer = client.get(reverse("case", args=[case.reference]))
    return answer.status_code == 200 and WORDS[kind] in answer.content.decode()


@pytest.mark.parametrize("kind", WORDS)
def test_both_pages_tell_the_same_people(people, two, client_for, kind):
    case = arranged(people, two, kind)
    expected = PERSONAS if kind != "action" else APPROVES | {"specialist_da_officer": False}
    for persona, may in expected.items():
        found = is_due(people, persona, kind)
        assert bool(found) is may, persona
        assert is_proposed(client_for(persona), case, kind) is may, persona
        for item in found:
            assert item.reference == case.reference
            assert client_for(persona).get(item.url).status_code == 200, persona
    assert is_due(people, "housing_manager", kind, "team")


@pytest.mark.parametrize("kind", ["merge", "undoing"])
def test_somebody_who_may_not_read_the_other_case_hears_of_nothing(people, two, client_for, kind):
    case = arranged(people, two, kind)
    two[1].exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.housing_manager)
    assert is_due(people, "housing_manager", kind) == [] and not is_proposed(client_for("housing_manager"), case, kind)
    assert is_due(people, "agency_lead", kind)


@pytest.mark.parametrize("kind", ["merge", "undoing"])
def test_what_was_decided_and_what_a_closed_case_holds_waits_for_nobody(people, two, kind):
    case = arranged(people, two, kind)
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    assert is_due(people, "housing_manager", kind) == []
    Case.objects.filter(pk=case.pk).update(status="open", closed_at=None, closed_by=None)
    assert is_due(people, "housing_manager", kind)
    if kind == "merge":
        decided(people, case, PersonMerge.objects.get(), "declined")
        assert is_due(people, "housing_manager", kind) == []


def test_a_role_that_may_not_decide_is_not_offered_the_kind(people):
    for persona in ("marac_representative", "police_lead"):
        assert not {"removal", "merge", "undoing"} & {kind.code for kind in due.kinds_of(people.actor(persona))}
    assert {"removal", "merge", "undoing"} <= {kind.code for kind in due.kinds_of(people.actor("idva_manager"))}


# --- a case that would close over it


@pytest.mark.parametrize("kind", ["merge", "undoing"])
def test_a_case_does_not_close_over_an_open_proposal(people, two, client_for, kind):
    case = arranged(people, two, kind)
    Clock.objects.all().delete()
    page = client_for("housing_officer").get(reverse("case_close", args=[case.reference])).content.decode()
    assert "A proposal about two records of one person waits" in page
    assert f'href="{reverse("people_same", args=[case.reference])}">See the proposal</a>' in page
    with pytest.raises(Refused, match="waits for a second person"):
        close(people, case)
    assert reasons_cannot_close(two[1], people.actor("housing_officer"), timezone.now()) == []


@pytest.mark.parametrize("kind", ["merge", "undoing"])
def test_who_closes_without_knowing_of_it_learns_nothing_and_the_proposer_is_told(people, two, client_for, kind):
    other = two[1]
    case = closed_unawares(people, two, kind, client_for)
    notice = Notification.objects.get(kind="merge.left")
    assert (notice.user_id, notice.case_id) == (people.housing_officer.pk, case.pk)
    client = client_for("housing_officer")
    assert "was closed while what you proposed" in client.get(reverse("notices")).content.decode()
    # It is not lost either: the same can be proposed on the case that is open.
    other.exclusions.all().update(lifted_at=timezone.now(), lifted_by=people.agency_lead)
    if kind == "merge":
        decided(people, other, proposed(people, other, case))
        assert PersonMerge.objects.filter(decision="approved").count() == 1
    else:
        undo = propose_undo(people.actor("housing_officer"), other, merge_id=PersonMerge.objects.get().pk, reason=WHY)
        decide_undo(people.actor("housing_manager"), other, undo_id=undo.pk, decision="approved", reason=WHY)
        assert PersonMerge.objects.get().undone_at
    # What the closed case still held is settled with it: opened again, it waits for nobody and closes.
    Case.objects.filter(pk=case.pk).update(status="open", closed_at=None, closed_by=None)
    assert is_due(people, "agency_lead", kind) == []
    assert reasons_cannot_close(case, people.actor("housing_officer"), timezone.now()) == []
    assert "Settled on another case" in client.get(reverse("people_same", args=[case.reference])).content.decode()
    # Each case has a line of its own in the log.
    assert Event.objects.filter(case_reference=case.reference, after__has_key="settled", outcome="done").count() == 1


def test_whoever_proposed_what_has_been_decided_is_not_told(people, two):
    case, other = two
    decided(people, case, proposed(people, case, other, "perpetrator", persona="agency_lead"), "declined")
    proposed(people, case, other)
    other.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.other_housing_officer)
    close(people, case, "other_housing_officer")
    assert [notice.user for notice in Notification.objects.filter(kind="merge.left")] == [people.housing_officer]


def closed_unawares(people, two, kind, client_for):
    """A case that was closed over a proposal by somebody who may not see the other case, and reads nothing of it."""
    case, other = arranged(people, two, kind), two[1]
    Clock.objects.all().delete()
    other.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.other_housing_officer)
    assert "records" not in client_for("other_housing_officer").get(reverse("case_close", args=[case.reference])).content.decode().lower()
    close(people, case, "other_housing_officer")
    return case


def test_nobody_is_told_of_a_case_that_they_may_not_see_any_more(people, two):
    case, other = two
    proposed(people, case, other)
    other.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.other_housing_officer)
    Membership.objects.filter(user=people.housing_officer).update(ended_at=timezone.now())
    close(people, case, "other_housing_officer")
    assert not Notification.objects.filter(kind="merge.left").exists()
    assert MergeUndo.objects.count() == 0
