"""Two records of one person: who learns nothing of it, that it takes two people, what they may never put together, and that everything can go back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.gate import Change, Refused, run
from audit.models import Event
from cases import merging, repeats
from cases.access import parties_to_match
from cases.actions.merging import decide_merge, decide_undo, propose_merge, propose_undo
from cases.actions.people import change_person
from cases.models import Alike, Case, Entry, MergeUndo, Party, Person, PersonMerge, SafeContact
from cases.opening import add_party
from cases.search import find

pytestmark = pytest.mark.django_db
WHY = "She said so herself today."


@pytest.fixture
def two(a_case):
    """Two cases of one officer with, likely, the same two people; and a third person's agency on neither."""
    return a_case(clock=None), a_case(given_name="Mari", clock=None)


def part(case, role="victim"):
    return Party.objects.select_related("person").get(case=case, role=role)


def pair_of(case, other, role="victim"):
    return merging.pair_of(part(case, role).person, part(other, role).person)


def proposed(people, case, other, role="victim", persona="housing_officer", **facts):
    pair = pair_of(case, other, role)
    holds = dict.fromkeys(merging.rules.to_ask(*pair.facts()), "kept")
    facts = {"party_id": part(case, role).pk, "other_id": part(other, role).pk, "holds": holds, "reason": WHY, "opened_with": pair.mark()} | facts
    return propose_merge(people.actor(persona), case, **facts)


def decided(people, case, merge, decision="approved", persona="housing_manager", **facts):
    merge.kept.refresh_from_db()
    facts = {"opened_with": merging.Pair(merge.kept, merge.absorbed).mark(), "reason": WHY} | facts
    return decide_merge(people.actor(persona), case, merge_id=merge.pk, decision=decision, **facts)


def made(people, case, other, role="victim", **facts):
    return decided(people, case, proposed(people, case, other, role, **facts))


def undone(people, case, merge):
    undo = propose_undo(people.actor("housing_officer"), case, merge_id=merge.pk, reason=WHY)
    return decide_undo(people.actor("housing_manager"), case, undo_id=undo.pk, decision="approved", reason=WHY)


def everything():
    """All that a merge may touch, as it stands."""
    return (
        list(Person.objects.order_by("pk").values_list("pk", *merging.rules.FACTS, "tokens", "birth_year")), list(Party.objects.order_by("pk").values_list()),
        sorted(Alike.objects.values_list("person", "other")),
    )


# --- from the outside


def test_from_outside_nothing_of_it_can_be_done(people, two, share, client_for):
    case, other = two
    merge = proposed(people, case, other)
    share(case, "lantern_outreach")
    share(case, "harbour_idva")
    for persona in ("outsider", "superuser", "commissioner", "auditor"):
        with pytest.raises(Http404):
            proposed(people, case, other, "perpetrator", persona)
        with pytest.raises(Http404):
            decided(people, case, merge, persona=persona)
        assert client_for(persona).get(reverse("people_same", args=[case.reference])).status_code in (403, 404)
    with pytest.raises(PermissionDenied):
        proposed(people, case, other, "perpetrator", "outreach_worker")
    # A manager of a partner who reads one of the cases alone: for them there is no such proposal, and no such page.
    with pytest.raises(Http404):
        decided(people, case, merge, persona="idva_manager")
    client = client_for("idva_manager")
    assert client.get(reverse("merge_decide", args=[case.reference, merge.pk])).status_code == 404
    page = client.get(reverse("people_same", args=[case.reference])).content.decode()
    assert other.reference not in page
    assert "Mari " not in page and "Waits for" not in page
    merge.refresh_from_db()
    assert merge.decided_at is None


def test_nobody_decides_alone_and_an_officer_is_not_asked_for_more_than_a_proposal(people, two):
    merge = proposed(people, *two)
    with pytest.raises(Refused, match="Another person must decide"):
        decided(people, two[0], merge, persona="housing_officer")
    with pytest.raises(Http404):
        decided(people, two[1], merge)  # it is decided where it was proposed
    decided(people, two[0], merge)
    with pytest.raises(Refused, match="decided this already"):
        decided(people, two[0], merge, persona="agency_lead")


@pytest.mark.parametrize("whom", ["proposer", "decider", "agency"])
@pytest.mark.parametrize("when", ["before", "between"])
def test_a_case_from_which_one_of_them_is_barred_stops_it_in_words_that_say_nothing(people, two, a_case, whom, when, inside_gate):
    """The other record stands in a third case as well, and that is the one which is barred."""
    case, other = two
    third = a_case(given_name="Sidony", clock=None)
    with inside_gate() as act:
        add_party(act, third, "adult", person=part(other).person)
    bar = {"proposer": {"user": people.housing_officer}, "decider": {"user": people.housing_manager}, "agency": {"agency": people.agency("northvale_housing")}}[whom]

    def shut():
        third.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, **bar)

    if when == "before":
        shut()
        # Whoever is barred: one record would carry words from a case to somebody who may not see it.
        with pytest.raises(Refused) as refusal:
            proposed(people, case, other)
        assert third.reference not in str(refusal.value)
        assert str(refusal.value) == merging.rules.NOT_HERE
        return
    merge = proposed(people, case, other)
    shut()
    before = everything()
    problem = Refused if whom == "proposer" else Http404
    with pytest.raises(problem) as refusal:
        decided(people, case, merge)
    assert third.reference not in str(refusal.value)
    assert everything() == before


def test_an_excluded_case_typed_as_a_reference_is_one_that_does_not_exist(people, two, client_for):
    case, other = two
    other.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.housing_officer)
    client, url = client_for("housing_officer"), reverse("people_same", args=[case.reference])
    answers = []
    for reference in (other.reference, "2222-2222", case.reference, "'; --"):
        response = client.post(url, {"person": part(case).pk, "reference": reference})
        assert response.status_code == 422
        answers.append("can be compared. Check the reference." in response.content.decode())
    assert answers == [True] * 4
    assert client.get(reverse("merge_propose", args=[case.reference, part(case).pk, part(other).pk])).status_code == 404
    with pytest.raises(Http404):
        proposed(people, case, other)


# --- what may never become one


def test_never_across_victim_and_alleged_perpetrator(people, two):
    case, other = two
    pair = merging.Pair(part(case).person, part(other, "perpetrator").person)
    with pytest.raises(Refused, match="stay apart"):
        propose_merge(
            people.actor("housing_officer"), case, party_id=part(case).pk, other_id=part(other, "perpetrator").pk, holds={}, reason=WHY, opened_with=pair.mark()
        )


def test_not_twice_in_one_case_nor_with_itself(people, two):
    case, _ = two
    for other, words in ((part(case, "child"), "same case"), (part(case), "one record already")):
        pair = merging.Pair(part(case).person, other.person)
        with pytest.raises(Refused, match=words):
            propose_merge(people.actor("housing_officer"), case, party_id=part(case).pk, other_id=other.pk, holds={}, reason=WHY, opened_with=pair.mark())


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"reason": "same"}, "how you know"), ({"holds": {}}, "whose is right"), ({"opened_with": "x"}, "changed"),
     ({"holds": {"given_name": "kept", "sex": "kept"}}, "whose is right")],
)
def test_what_is_said_too_little_is_refused(people, two, facts, words):
    with pytest.raises(Refused, match=words):
        proposed(people, *two, **facts)


def test_a_second_proposal_a_change_since_and_a_closed_case(people, two):
    case, other = two
    merge = proposed(people, case, other)
    with pytest.raises(Refused, match="already"):
        proposed(people, other, case)
    mark = merging.Pair(merge.kept, merge.absorbed).mark()
    change_person(people.actor("housing_officer"), other, party_id=part(other).pk, family_name="Fernsby")
    with pytest.raises(Refused, match="changed"):
        decided(people, case, merge, opened_with=mark)
    merge.absorbed.refresh_from_db()
    with pytest.raises(Refused, match="propose it anew"):
        decided(people, case, merge)  # there is one fact more in which they differ
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_manager)
    with pytest.raises(Refused, match="closed"):
        decided(people, case, merge, "declined")
    with pytest.raises(Refused, match="closed"):
        proposed(people, case, other, "perpetrator")


def test_the_database_keeps_it_two_people_whatever_the_code_does(people, two):
    case, other = two
    moves = Party.objects.filter(pk=part(other).pk)
    with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
        moves.update(person=part(case).person)
    merge = proposed(people, case, other)
    for wrong in ({"decided_by": people.housing_officer}, {"reason": "Another"}):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            PersonMerge.objects.filter(pk=merge.pk).update(**({"decided_at": timezone.now(), "decision": "approved"} | wrong))
    with pytest.raises(DatabaseError), transaction.atomic():
        PersonMerge.objects.filter(pk=merge.pk).delete()
    merge = decided(people, case, merge)
    for wrong in ({"decision": "declined"}, {"undone_at": timezone.now()}, {"moved": []}):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            PersonMerge.objects.filter(pk=merge.pk).update(**wrong)
    with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
        moves.update(person=merge.absorbed)


# --- what it does


def test_one_record_for_both_cases_found_by_either_name(people, two):
    case, other = two
    contact = [list(SafeContact.objects.filter(case=one).values_list("pk", "party", "value")) for one in two]
    merge = made(people, case, other)
    person = part(case).person
    assert part(other).person == person == merge.kept
    assert (person.given_name, person.also_known_as) == ("Marigold", "Mari Thistlewood")
    assert {hit.reference for hit in find(people.actor("housing_officer"), "Mari Thistlewood")} >= {case.reference, other.reference}
    assert contact == [list(SafeContact.objects.filter(case=one).values_list("pk", "party", "value")) for one in two]
    assert [row[1] for rows in contact for row in rows] == [part(case).pk, part(other).pk]


def test_each_case_and_its_log_say_it_and_no_partner_learns_of_the_other(people, two, share):
    case, other = two
    merge = made(people, case, other)
    share(other, "harbour_idva")
    for one in two:
        entries = Entry.objects.filter(case=one, kind="people")
        assert entries.filter(audience="partners", title="Details changed: Victim/survivor").count() == 1
        assert not entries.filter(audience="partners").exclude(title__startswith="Details changed").exists()
        assert Event.objects.filter(verb="merge.decide", subject=f"merge:{merge.pk}", case_reference=one.reference, outcome="done").count() == 1
    # The words stay with the merge: whoever is barred from the other case later reads this chronology still.
    assert not Entry.objects.filter(kind="people", audience="agency").exists() and not Entry.objects.filter(kind="people").exclude(text="").exists()
    event = Event.objects.get(verb="merge.decide", case_reference=other.reference)
    assert "Mari" not in str(event.after)
    assert Case.objects.get(pk=other.pk).revision == 1


def test_two_cases_that_are_not_held_by_the_same_agencies_keep_their_own_records(people, two, share):
    share(two[1], "harbour_idva")
    with pytest.raises(Refused) as refusal:
        proposed(people, *two)
    assert str(refusal.value) == merging.rules.NOT_HERE
    share(two[0], "harbour_idva", "summary")
    assert proposed(people, *two)


def test_what_is_not_approved_changes_nothing(people, two):
    before = everything()
    merge = decided(people, two[0], proposed(people, *two), "declined")
    assert everything() == before
    assert merge.before == {}
    assert proposed(people, *two).pk != merge.pk  # and can be proposed again


def test_who_was_matched_by_the_other_name_is_matched_still(people, two, a_case):
    """Repeat, serial and the pair of a referral follow either record, and the id of a record that came to another is still that person."""
    case, other = two
    third = a_case("outsider", given_name="Mari", clock=None)
    merge = made(people, case, other)
    assert Alike.objects.filter(person=merge.kept, other=part(third).person).exists()

    def body(act):
        mine, theirs = [part(case)], [part(third)]
        assert parties_to_match(mine, [merge.absorbed_id, part(third).person_id]) == {merge.kept_id, merge.absorbed_id, part(third).person_id}
        assert parties_to_match(theirs, [merge.kept_id]) == {merge.kept_id, merge.absorbed_id, part(third).person_id}
        return Change(subject="test")

    run("test.arrange", people.actor("idva"), body)
    tags = {words for found in repeats.markers(people.actor("police_lead"), case, timezone.now()).values() for words, _ in found}
    assert tags == {"Repeat"}  # three cases, one victim/survivor


def test_the_record_to_which_others_came_stays_and_two_such_are_left_alone(people, two, a_case):
    case, other = two
    third, fourth = a_case(given_name="Golda", clock=None), a_case(given_name="Goldie", clock=None)
    first = made(people, case, other)
    second = made(people, third, other)
    assert second.kept == first.kept
    undo = propose_undo(people.actor("housing_officer"), case, merge_id=second.pk, reason=WHY)
    with pytest.raises(Refused, match="later"):
        propose_undo(people.actor("housing_officer"), case, merge_id=first.pk, reason=WHY)
    decide_undo(people.actor("housing_manager"), case, undo_id=undo.pk, decision="declined", reason=WHY)
    made(people, fourth, a_case(given_name="Gold", clock=None))
    with pytest.raises(Refused, match="cannot be put together here"):
        proposed(people, fourth, case)


# --- and back


choices = st.fixed_dictionaries({"given_name": st.sampled_from(["kept", "absorbed"])})


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(holds=choices, role=st.sampled_from(["victim", "perpetrator"]), names=st.tuples(st.sampled_from(["Mari", "", "Golda"]), st.sampled_from(["Thistlewood", "", "Ash"])))
def test_merged_and_undone_everything_is_as_it_was(people, two, holds, role, names):
    case, other = two
    with transaction.atomic():
        change_person(people.actor("housing_officer"), other, party_id=part(other, role).pk, given_name=names[0], family_name=names[1])
        before = everything()
        asked = merging.rules.to_ask(*pair_of(case, other, role).facts())
        merge = made(people, case, other, role, holds={name: holds.get(name, "absorbed") for name in asked})
        assert part(other, role).person_id == merge.kept_id
        undone(people, case, merge)
        assert everything() == before
        undone_at = PersonMerge.objects.get(pk=merge.pk).undone_at
        assert undone_at is not None
        made(people, case, other, role, holds=dict.fromkeys(asked, "kept"))  # and can be done again
        transaction.set_rollback(True)


def test_what_was_changed_since_stays(people, two):
    case, other = two
    merge = made(people, case, other)
    change_person(people.actor("housing_officer"), other, party_id=part(other).pk, family_name="Fernsby")
    undone(people, other, merge)
    assert (part(case).person.given_name, part(case).person.family_name, part(case).person.also_known_as) == ("Marigold", "Fernsby", "")
    assert (part(other).person.given_name, part(other).person.family_name) == ("Mari", "Thistlewood")


def test_undoing_takes_two_who_read_every_case(people, two, share):
    case, other = two
    merge = made(people, case, other)
    share(case, "harbour_idva")
    undo = propose_undo(people.actor("housing_officer"), case, merge_id=merge.pk, reason=WHY)
    with pytest.raises(Refused, match="already"):
        propose_undo(people.actor("agency_lead"), case, merge_id=merge.pk, reason=WHY)
    facts = {"undo_id": undo.pk, "decision": "approved", "reason": WHY}
    for persona, problem in (("housing_officer", Refused), ("idva_manager", Http404), ("idva", PermissionDenied), ("outsider", Http404)):
        with pytest.raises(problem):
            decide_undo(people.actor(persona), case, **facts)
    other.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.housing_officer)
    with pytest.raises(Refused, match="cannot be put together here"):
        decide_undo(people.actor("housing_manager"), case, **facts)
    with pytest.raises(Http404):
        propose_undo(people.actor("housing_officer"), case, merge_id=merge.pk, reason=WHY)
    assert MergeUndo.objects.get().decided_at is None


# --- pages


def test_the_pages_lead_through(people, two, client_for, django_assert_max_num_queries):
    case, other = two
    officer, manager, url = client_for("housing_officer"), client_for("housing_manager"), reverse("people_same", args=[case.reference])
    assert url in officer.get(reverse("case", args=[case.reference])).content.decode()
    with django_assert_max_num_queries(20):
        text = officer.get(url).content.decode()
    assert f"Rufus Blackwater, alleged perpetrator on {other.reference}" in text
    text = officer.post(url, {"person": part(case).pk, "reference": other.reference.lower()}).content.decode()
    compare = reverse("merge_propose", args=[case.reference, part(case).pk, part(other).pk])
    assert compare in text
    mark = pair_of(case, other).mark()
    response = officer.post(compare, {"reason": WHY, "opened_with": mark})
    assert response.status_code == 422
    assert "Select which first name is right" in response.content.decode() and WHY in response.content.decode()
    assert officer.post(compare, {"reason": WHY, "opened_with": mark, "given_name": "absorbed"}).status_code == 302
    merge = PersonMerge.objects.get()
    decide = reverse("merge_decide", args=[case.reference, merge.pk])
    assert "Another person must decide" in officer.get(decide).content.decode()
    assert decide in manager.get(url).content.decode()
    assert "Mari" in manager.get(decide).content.decode()
    assert manager.post(decide, {"decision": "approved", "reason": WHY, "opened_with": mark}).status_code == 302
    assert part(case).person.given_name == "Mari"
    assert manager.get(decide).status_code == 302
    undo = reverse("merge_undo", args=[case.reference, merge.pk])
    assert undo in officer.get(url).content.decode()
    assert officer.post(undo, {"reason": WHY}).status_code == 302
    decide = reverse("merge_undo_decide", args=[case.reference, MergeUndo.objects.get().pk])
    assert decide in manager.get(url).content.decode()
    assert manager.get(decide).status_code == 200
    assert manager.post(decide, {"decision": "approved", "reason": WHY}).status_code == 302
    assert part(case).person.given_name == "Marigold"
    assert manager.get(decide).status_code == 302
    assert officer.get(undo).status_code == 404


def test_what_cannot_be_is_said_before_anything_is_asked(people, two, client_for):
    case, other = two
    url = reverse("merge_propose", args=[case.reference, part(case).pk, part(other, "perpetrator").pk])
    text = client_for("housing_officer").get(url).content.decode()
    assert "stay apart" in text
    assert "How do you know" not in text
