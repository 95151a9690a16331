"""A proposal about two records that its author takes back; where one waits on another case; and what the chronology says to a colleague who is barred later."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases import due
from cases.access import merges_seen
from cases.actions.closing import reasons_cannot_close
from cases.actions.merging import propose_undo, withdraw_merge, withdraw_undo
from cases.models import Case, Clock, Entry, MergeUndo, Notification, PersonMerge
from tests.cases.test_merging import WHY, decided, made, proposed, undone

pytestmark = pytest.mark.django_db
BACK = "I picked the wrong one."
KINDS = ["merge", "undoing"]


@pytest.fixture
def two(a_case, share):
    both = a_case(clock=None), a_case(given_name="Mari", clock=None)
    for case in both:
        share(case, "harbour_idva")
        share(case, "lantern_outreach", "summary")
    return both


def arranged(people, two, kind):
    if kind == "merge":
        return proposed(people, *two)
    return propose_undo(people.actor("housing_officer"), two[0], merge_id=made(people, *two).pk, reason=WHY)


def taken_back(people, case, one, persona="housing_officer"):
    if isinstance(one, PersonMerge):
        return withdraw_merge(people.actor(persona), case, merge_id=one.pk, reason=BACK)
    return withdraw_undo(people.actor(persona), case, undo_id=one.pk, reason=BACK)


def way(case, one):
    return reverse("merge_withdraw" if isinstance(one, PersonMerge) else "merge_undo_withdraw", args=[case.reference, one.pk])


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_but_whoever_proposed_it_takes_it_back(people, two, client_for, kind):
    one = arranged(people, two, kind)
    refused = {
        "outsider": (Http404, 404), "superuser": (Http404, 404), "commissioner": (Http404, 404), "auditor": (Http404, 404),
        "outreach_worker": (PermissionDenied, 403), "idva": (Refused, 403), "housing_manager": (Refused, 403), "other_housing_officer": (Refused, 403),
    }
    for persona, (problem, status) in refused.items():
        with pytest.raises(problem):
            taken_back(people, two[0], one, persona)
        assert client_for(persona).get(way(two[0], one)).status_code == status, persona
        assert client_for(persona).post(way(two[0], one), {"reason": BACK}).status_code == status, persona
    with pytest.raises(Http404):
        taken_back(people, two[1], one)  # it stands on the case on which it was proposed
    one.refresh_from_db()
    assert one.decided_at is None


@pytest.mark.parametrize("kind", KINDS)
def test_who_proposed_it_takes_it_back_and_the_case_closes(people, two, client_for, kind):
    case, one = two[0], arranged(people, two, kind)
    Clock.objects.all().delete()
    officer = client_for("housing_officer")
    assert way(case, one) in officer.get(reverse("people_same", args=[case.reference])).content.decode()
    assert way(case, one) not in client_for("housing_manager").get(reverse("people_same", args=[case.reference])).content.decode()
    response = officer.post(way(case, one), {"reason": ""})
    assert response.status_code == 422
    assert officer.post(way(case, one), {"reason": BACK}).status_code == 302
    one.refresh_from_db()
    assert (one.decision, one.decided_by, one.decision_reason) == ("withdrawn", people.housing_officer, BACK)
    assert reasons_cannot_close(case, people.actor("housing_officer"), timezone.now()) == []
    assert [item for item in due.everything_due(people.actor("housing_manager"), timezone.now()).items if item.kind.code == kind] == []
    text = officer.get(reverse("people_same", args=[case.reference])).content.decode()
    assert "Taken back" in text and BACK in text
    assert officer.get(way(case, one)).status_code == 302  # it is over: the list says how
    verb = "merge.withdraw" if kind == "merge" else "merge.withdraw_undo"
    assert Event.objects.filter(verb=verb, case_reference=case.reference, outcome="done").count() == 1
    assert BACK not in str(Event.objects.filter(verb=verb).values_list())
    with pytest.raises(Refused, match="already"):
        taken_back(people, case, one)
    if kind == "merge":
        assert PersonMerge.objects.get().moved == [] and proposed(people, *two)  # nothing was put together, and it can be proposed again
    else:
        assert PersonMerge.objects.get().undone_at is None and propose_undo(people.actor("housing_officer"), case, merge_id=one.merge_id, reason=WHY)


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_closed_case_and_from_a_bar_nothing_is_taken_back(people, two, client_for, kind):
    case, one = two[0], arranged(people, two, kind)
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    with pytest.raises(Refused, match="closed"):
        taken_back(people, case, one)
    Case.objects.filter(pk=case.pk).update(status="open", closed_at=None, closed_by=None)
    two[1].exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.housing_officer)
    with pytest.raises(Http404):
        taken_back(people, case, one)
    assert client_for("housing_officer").get(way(case, one)).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_the_database_lets_nobody_else_take_it_back_and_makes_nothing_of_it(people, two, kind):
    one = arranged(people, two, kind)
    for facts in ({"decided_by": people.housing_manager, "decision": "withdrawn"}, {"decided_by": people.housing_officer, "decision": "approved"}):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            type(one).objects.filter(pk=one.pk).update(decided_at=timezone.now(), **facts)
    taken_back(people, two[0], one)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        type(one).objects.filter(pk=one.pk).update(decision="approved", decided_by=people.housing_manager)


# --- where it waits


@pytest.mark.parametrize("kind", KINDS)
def test_the_other_case_says_where_it_waits(people, two, client_for, kind):
    case, other = two
    arranged(people, two, kind)
    here, there = (reverse("people_same", args=[one.reference]) for one in two)
    words = f'href="{here}">A second person decides on case {case.reference}</a>'
    for persona in ("housing_officer", "housing_manager", "idva_manager"):
        text = client_for(persona).get(there).content.decode()
        assert words in text and ("Waits for a second person" if kind == "merge" else "To be undone") in text, persona
        assert words not in client_for(persona).get(here).content.decode()
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    assert f"Case {case.reference}, on which it was proposed, is closed. Propose it here." in client_for("housing_officer").get(there).content.decode()
    other.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.housing_manager)
    assert client_for("housing_manager").get(there).status_code == 404


def test_two_people_is_not_proposed_twice_while_it_waits(people, two, client_for):
    case, other = two
    merge = made(people, case, other)
    client, parting = client_for("agency_lead"), {one: reverse("merge_undo", args=[one.reference, merge.pk]) for one in two}
    offered = [parting[one] in client.get(reverse("people_same", args=[one.reference])).content.decode() for one in two]
    undo = propose_undo(people.actor("housing_officer"), case, merge_id=merge.pk, reason=WHY)
    assert offered == [True, True]
    for one in two:
        assert parting[one] not in client.get(reverse("people_same", args=[one.reference])).content.decode()
    answer = client.post(parting[case], {"reason": WHY})
    assert answer.status_code == 422 and "Somebody has proposed this already. A second person decides." in answer.content.decode() and WHY in answer.content.decode()
    assert MergeUndo.objects.count() == 1
    # Nobody can decide on a closed case, and once it is taken back it can be proposed anew.
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    assert parting[other] in client.get(reverse("people_same", args=[other.reference])).content.decode()
    Case.objects.filter(pk=case.pk).update(status="open", closed_at=None, closed_by=None)
    taken_back(people, case, undo)
    assert parting[case] in client.get(reverse("people_same", args=[case.reference])).content.decode()


@pytest.mark.parametrize("decision", ["approved", "declined"])
def test_a_decision_settles_what_waits_of_the_same_pair_elsewhere(people, two, decision):
    """As it may stand from before: proposed on a case that was closed, proposed on the other, and the first is open again."""
    case, other = two
    second = proposed(people, other, case)
    PersonMerge.objects.create(
        case=case, kept=second.absorbed, absorbed=second.kept, agency=people.agency("northvale_housing"), reason=WHY, proposed_at=timezone.now(), proposed_by=people.agency_lead,
    )
    decided(people, other, second, decision)
    assert not PersonMerge.objects.filter(decided_at=None).exists()
    assert PersonMerge.objects.get(case=case).decision == "overtaken"
    assert Event.objects.filter(verb="merge.decide", case_reference=case.reference, after__has_key="settled").count() == 1


def test_an_approval_settles_what_waits_of_the_absorbed_record_with_anybody_else(people, two, a_case, share, client_for):
    case, other = two
    third = a_case(given_name="Goldie", clock=None)
    for slug, level in (("harbour_idva", "partner"), ("lantern_outreach", "summary")):
        share(third, slug, level)
    chosen = proposed(people, case, other)
    waiting = PersonMerge.objects.create(  # by somebody who is neither of the two
        case=third, kept=third.parties.get(role="victim").person, absorbed=chosen.absorbed, agency=people.agency("northvale_housing"), reason="As told on the phone.",
        proposed_at=timezone.now(), proposed_by=people.agency_lead,
    )
    untouched = proposed(people, other, third, "perpetrator")
    share(third, "valley_health")  # who reads the third case, and neither of the others
    health = people.actor("health_visitor")
    seen = merges_seen(health).filter(pk=waiting.pk)
    assert not seen.exists()
    decided(people, case, chosen)
    waiting.refresh_from_db()
    untouched.refresh_from_db()
    assert (waiting.decision, waiting.decided_by, waiting.moved, untouched.decision) == ("overtaken", people.housing_manager, [], "")
    assert not seen.exists()  # the record stands nowhere by itself any more: nobody learns of it by that
    event = Event.objects.get(verb="merge.decide", case_reference=third.reference, outcome="done")
    assert event.after == {"settled": waiting.pk}
    assert [item for item in due.everything_due(people.actor("other_housing_officer"), timezone.now()).items if item.kind.code == "merge"] != []  # of the alleged perpetrator
    notice = Notification.objects.get(kind="merge.settled")
    assert (notice.user, notice.case) == (people.agency_lead, third)
    text = client_for("agency_lead").get(reverse("notices")).content.decode()
    assert "What you proposed about two records of one person waits no longer" in text and case.reference not in text and other.reference not in text
    text = client_for("agency_lead").get(reverse("people_same", args=[third.reference])).content.decode()
    assert "One of the two records has become part of another record." in text and "Settled on another case" not in text
    with pytest.raises(Refused, match="already"):
        decided(people, third, waiting, "declined")


def test_a_decision_that_they_stay_two_leaves_the_rest_and_a_barred_proposer_is_told_nothing(people, two, a_case, share):
    case, other = two
    third = a_case(given_name="Goldie", clock=None)
    chosen = proposed(people, case, other)
    waiting = PersonMerge.objects.create(
        case=third, kept=third.parties.get(role="victim").person, absorbed=chosen.absorbed, agency=people.agency("northvale_housing"), reason=WHY,
        proposed_at=timezone.now(), proposed_by=people.agency_lead,
    )
    decided(people, case, chosen, "declined")
    waiting.refresh_from_db()
    assert waiting.decided_at is None
    third.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.housing_manager, user=people.agency_lead)
    decided(people, case, proposed(people, case, other))
    waiting.refresh_from_db()
    assert waiting.decision == "overtaken" and not Notification.objects.filter(kind="merge.settled").exists()


# --- what the chronology says


@pytest.mark.parametrize("barred", ["colleague", "manager"])
def test_a_colleague_who_is_barred_from_the_other_case_later_reads_nothing_of_it(people, two, client_for, barred):
    case, other = two
    merge = made(people, case, other)
    undone(people, case, merge)
    decided(people, case, proposed(people, case, other), "declined")
    persona = {"colleague": "other_housing_officer", "manager": "housing_manager"}[barred]
    assert WHY in client_for(persona).get(reverse("people_same", args=[case.reference])).content.decode()
    other.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=getattr(people, persona))
    for name in ("case", "case_chronology", "people_same"):
        text = client_for(persona).get(reverse(name, args=[case.reference])).content.decode()
        assert WHY not in text and "are one now" not in text and "stay two" not in text.replace("always stay", "") and other.reference not in text, name
    titles = set(Entry.objects.filter(case=case, kind="people").values_list("title", "text"))
    assert titles == {("Details changed: Victim/survivor", "")}
    assert MergeUndo.objects.get().reason == WHY  # kept with the merge, for whoever reads both cases
