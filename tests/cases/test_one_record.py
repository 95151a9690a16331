"""One record in two cases is changed in one of them: what the other is told, what it never reads, and that nobody saves over it unseen."""

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases.access import merges_seen
from cases.actions.merging import propose_undo
from cases.actions.people import add_person, change_person
from cases.actions.sharing import bar as make_bar
from cases.models import Address, Case, EarlierCase, Entry, Grant, Notification, Party, PersonMerge, Task
from cases.search import find
from referrals import knowing
from tests.cases.test_merging import WHY, made, part

pytestmark = pytest.mark.django_db
KIND = "person.changed"


@pytest.fixture
def two(people, a_case):
    """Two cases of one person: the officer holds the one, a colleague the other."""
    case, other = a_case(clock=None), a_case(given_name="Mari", clock=None, persona="other_housing_officer")
    made(people, case, other)
    return case, other


def change(people, case, persona="housing_officer", **facts):
    return change_person(people.actor(persona), case, party_id=part(case).pk, **({"date_of_birth": date(1993, 2, 1)} | facts))


def bar(people, case, **whom):
    case.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, **whom)


def led_by(people, case, slug):
    """The case has gone over to another agency, which knows nothing of the other case."""
    Grant.objects.filter(content_object=case).update(agency=people.agency(slug), group=people.agency(slug).group, worker=people.outsider)
    Case.objects.filter(pk=case.pk).update(lead_agency=people.agency(slug))


# --- from the outside


def shut_out(people, other, how):
    """Not everybody who leads one of the two cases reads both of them any more."""
    if how == "led by another agency":
        led_by(people, other, "eastmoor_housing")
    else:
        bar(people, other, **({"user": people.housing_officer} if how == "a person barred" else {"agency": people.agency("lantern_outreach")}))


HOW = ["led by another agency", "a person barred", "an agency barred"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("role", ["victim", "perpetrator"])
def test_a_change_stays_in_its_case_where_somebody_is_shut_out_of_the_other(people, a_case, client_for, how, role):
    case, other = a_case(clock=None), a_case(given_name="Mari", clock=None, persona="other_housing_officer")
    merge = made(people, case, other, role)
    shut_out(people, other, how)
    reader = client_for("outsider" if how == HOW[0] else "other_housing_officer")
    pages = [f"/cases/{other.reference}/", f"/cases/{other.reference}/chronology/", "/work/", "/work/due/", "/notices/", reverse("people_same", args=[other.reference])]
    before = [reader.get(path).status_code for path in pages]
    events = Event.objects.filter(case_reference=other.reference).exclude(outcome="read").count()
    change_person(people.actor("housing_officer"), case, party_id=part(case, role).pk, given_name="Zenobia", also_known_as="CANARY")
    mine, theirs = part(case, role), part(other, role)
    assert mine.person_id != theirs.person_id == merge.kept_id and mine.parted_from_id == merge.kept_id
    assert (mine.person.given_name, mine.person.also_known_as) == ("Zenobia", "CANARY") and theirs.person.given_name != "Zenobia"
    assert not Task.objects.filter(kind=KIND).exists() and not elsewhere(other).exists()
    assert Event.objects.filter(case_reference=other.reference).exclude(outcome="read").count() == events
    assert Event.objects.get(verb="person.change", outcome="done").after == {"changed": ["given_name", "also_known_as"], "parted": True}
    for path, status in zip(pages, before, strict=True):
        answer = reader.get(path)
        text = answer.content.decode()
        assert answer.status_code == status and not any(word in text for word in ("Zenobia", "CANARY", "Check the changed details")), path
        assert how != HOW[0] or case.reference not in text, path
    assert [hit.reference for hit in find(people.actor("outsider" if how == HOW[0] else "other_housing_officer"), "Zenobia")] in ([], [case.reference])
    # And what is written there, by whoever runs it, does not reach this one.
    writer = "outsider" if how == HOW[0] else "other_housing_officer"
    change_person(people.actor(writer), other, party_id=theirs.pk, given_name="Wrong", date_of_birth=date(1950, 1, 1))
    assert part(case, role).person.given_name == "Zenobia" and part(case, role).person.date_of_birth != date(1950, 1, 1)


def test_a_record_that_was_parted_says_nothing_of_the_merge_to_whoever_is_shut_out(people, two, client_for):
    case, other = two
    merge = PersonMerge.objects.get()
    led_by(people, other, "eastmoor_housing")
    change(people, case, given_name="Zenobia")
    for persona, one in (("outsider", other), ("housing_officer", case)):
        assert not merges_seen(people.actor(persona)).filter(pk=merge.pk).exists()
        text = client_for(persona).get(reverse("people_same", args=[one.reference])).content.decode()
        assert WHY not in text and (other if one == case else case).reference not in text
        with pytest.raises(Http404):
            propose_undo(people.actor(persona), one, merge_id=merge.pk, reason=WHY)


def test_the_database_parts_a_record_to_a_new_one_alone(people, two):
    case, _ = two
    merge = PersonMerge.objects.get()
    stranger = part(case, "perpetrator").person
    for person in (stranger, merge.absorbed):
        with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
            Party.objects.filter(pk=part(case).pk).update(person=person, parted_from=merge.kept)


def test_a_partner_of_the_other_case_reads_nothing_of_it(people, two, share, client_for):
    case, other = two
    share(other, "harbour_idva", "partner")
    change(people, case)
    text = client_for("idva").get(f"/cases/{other.reference}/chronology/").content.decode()
    assert "Changed: date of birth" not in text and case.reference not in text


# --- what the other case is told


def test_whoever_holds_it_is_asked_once_to_check_and_the_log_of_both_has_a_line(people, two):
    case, other = two
    revision = Case.objects.get(pk=other.pk).revision
    change(people, case)
    change(people, case, given_name="Magnolia")
    task = Task.objects.get(kind=KIND)
    assert (task.case, task.agency, task.owner, task.done_at) == (other, other.lead_agency, people.other_housing_officer, None)
    assert task.due_at - task.raised_at == timedelta(days=1)
    assert Notification.objects.filter(kind=KIND, user=people.other_housing_officer, case=other).count() == 2
    lines = Event.objects.filter(verb="person.change", case_reference=other.reference, outcome="done")
    assert [line.after for line in lines.order_by("pk")] == [{"changed": ["date_of_birth"]}, {"changed": ["given_name"]}]
    assert Case.objects.get(pk=other.pk).revision == revision + 2
    # Who may change people there as well has their name on it.
    assert {entry.author for entry in Entry.objects.filter(case=other, text__startswith="Changed:")} == {people.housing_officer}
    Task.objects.filter(pk=task.pk).update(done_at=timezone.now(), done_by=people.other_housing_officer)
    change(people, case, given_name="Marigold")
    assert Task.objects.filter(kind=KIND).count() == 2


def test_nobody_is_asked_to_check_what_they_changed_and_a_part_of_one_case_is_its_own(people, two):
    case, other = two
    change(people, other, "other_housing_officer")  # who holds the first case is asked
    assert set(Task.objects.filter(kind=KIND).values_list("case", "owner")) == {(case.pk, people.housing_officer.pk)}
    change(people, case, date_of_birth=date(1993, 2, 1), relationship="partner")
    change(people, case, "other_housing_officer")
    assert Task.objects.filter(kind=KIND).count() == 1  # the record says it already


def test_whoever_holds_both_is_not_asked(people, a_case):
    case, other = a_case(clock=None), a_case(given_name="Mari", clock=None)
    made(people, case, other)
    change(people, case)
    assert not Task.objects.filter(kind=KIND).exists() and Entry.objects.filter(case=other, text="Changed: date of birth.").count() == 1


def test_a_closed_case_keeps_the_line_and_nobody_has_anything_to_do(people, two):
    case, other = two
    Case.objects.filter(pk=other.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    change(people, case)
    assert Entry.objects.filter(case=other, text="Changed: date of birth.").exists() and not Task.objects.filter(kind=KIND).exists()


def test_a_form_that_was_open_in_the_other_case_is_told_before_it_saves_over(people, two):
    case, other = two
    revision = Case.objects.get(pk=other.pk).revision
    change(people, case)
    with pytest.raises(Refused, match="Somebody else changed this case"):
        change(people, other, "other_housing_officer", given_name="Mary", revision=revision)


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_the_same_moment_never_wait_for_one_another(people, two):
    case, other = two
    held, done = threading.Event(), threading.Event()

    def somebody_saves_there():
        with transaction.atomic():
            Case.objects.select_for_update(of=("self",), no_key=True).get(pk=other.pk)
            held.set()
            done.wait(20)
        connection.close()

    beside = threading.Thread(target=somebody_saves_there)
    beside.start()
    held.wait(20)
    try:
        with pytest.raises(Refused, match="save again"):
            change(people, case)
    finally:
        done.set()
        beside.join()
    change(people, case)
    assert part(other).person.date_of_birth == date(1993, 2, 1)


# --- whoever else may know this person


def elsewhere(case):
    return Task.objects.filter(case=case, kind="match.elsewhere")


def test_a_name_that_comes_later_tells_whoever_holds_another_case_of_that_person(people, a_case, client_for):
    known = a_case("outsider", clock=None)
    case = a_case(given_name="Perdita", family_name="Quorn", clock=None, with_phone=False)
    change(people, case, given_name="Marigold", family_name="Thistlewood", date_of_birth=date(1994, 5, 17))
    change(people, case, also_known_as="Mari")
    task = elsewhere(known).get()
    assert task.owner == people.outsider and "Northvale" in task.title and case.reference not in task.title + task.why
    page = client_for("housing_officer").get(f"/cases/{case.reference}/").content.decode()
    assert known.reference not in page and "Eastmoor" not in page
    assert not elsewhere(case).exists()


def named(people, case):
    """The name by which anybody would find her comes after the case was opened without it."""
    change(people, case, given_name="Marigold", family_name="Thistlewood", date_of_birth=date(1994, 5, 17))


@pytest.mark.parametrize("whom", ["agency", "holder", "colleague"])
def test_nobody_is_told_in_an_agency_from_which_somebody_is_barred(people, a_case, share, whom):
    """He works there: to ask them to compare would say that there is a case, and where."""
    known = a_case("outsider", clock=None)
    case = a_case(given_name="Perdita", family_name="Quorn", clock=None, with_phone=False)
    if whom == "colleague":  # of an agency that only reads the case
        share(known, "harbour_idva", persona="outsider")
    bar(people, case, **({"agency": people.agency("eastmoor_housing")} if whom == "agency" else {"user": people.outsider if whom == "holder" else people.idva}))
    named(people, case)
    assert not elsewhere(known).exists() and not Notification.objects.filter(kind="match.elsewhere").exists()


def test_whoever_is_barred_later_is_not_asked_any_more(people, a_case, client_for):
    known, other = a_case("outsider", clock=None), a_case("idva", clock=None, with_phone=False)
    case = a_case(given_name="Perdita", family_name="Quorn", clock=None, with_phone=False)
    named(people, case)
    assert elsewhere(known).exists() and elsewhere(other).exists()
    make_bar(people.actor("housing_manager"), case, user=people.outsider, reason="He works there", understood=True)
    assert not elsewhere(known).exists() and elsewhere(other).exists()
    page = client_for("outsider").get(f"/cases/{known.reference}/").content.decode()
    assert "Northvale" not in page and "Compare with" not in page


def test_a_protected_place_says_nothing_to_another_case(people, a_case):
    now = timezone.now()
    known = a_case("outsider", clock=None, with_phone=False)
    case = a_case(given_name="Perdita", family_name="Quorn", clock=None, with_phone=False)
    for one, visibility in ((known, "normal"), (case, "confidential")):
        Address.objects.create(case=one, party=part(one), lines="1 Street", postcode="ZZ99 3VZ", visibility=visibility, from_at=now)
    named(people, case)
    assert elsewhere(known).get().why.count("The same") == 2 and "postcode" not in elsewhere(known).get().why
    answers = {"victim": {"given_name": "Ann"}, "home": {"postcode": "ZZ99 3VZ", "visibility": "restricted"}}
    assert knowing.profile(answers).postcodes and not knowing.told(answers).postcodes
    answers["home"]["visibility"] = "normal"
    assert knowing.told(answers).postcodes


def test_a_relationship_or_a_child_tells_nobody(people, a_case):
    known = a_case("outsider", clock=None)
    case = a_case(clock=None)
    change_person(people.actor("housing_officer"), case, party_id=part(case).pk, date_of_birth=part(case).person.date_of_birth, relationship="partner")
    add_person(people.actor("housing_officer"), case, role="child", given_name="Marigold", family_name="Thistlewood")
    assert not elsewhere(known).exists()


def test_the_cases_of_one_record_are_told_of_the_change_and_not_asked_whether_it_is_the_same_person(people, two):
    case, other = two
    change(people, case)
    assert not elsewhere(other).exists() and not EarlierCase.objects.exists()
