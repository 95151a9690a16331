"""Repeat and serial alleged perpetrators: who learns nothing, what those learn whose work it is, and that no change of a record leaves a danger hidden."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agencies.models import Policy
from audit.models import Event
from cases import access, alike, repeats
from cases.actions.order_breaches import log_breach
from cases.actions.people import add_person, change_person
from cases.models import Alike, Case, Person, RiskEvent
from tests.personas import People

pytestmark = pytest.mark.django_db
LIST = "/repeats/"
WHO_MAY = ("marac_coordinator", "police_lead")


def page_of(client, case):
    text = client.get(reverse("case", args=[case.reference])).content.decode()
    # What differs between any two answers: tokens of this session and this page.
    return re.sub(r'(nonce|value|data-[a-z-]+)="[^"]{16,}"', "", text)


def marked(people, case, persona="police_lead"):
    found = repeats.markers(people.actor(persona), case, timezone.now())
    return {words for tags in found.values() for words, _ in tags}


def person(case, role="perpetrator"):
    return case.parties.get(role=role).person


# --- from the outside


@pytest.mark.parametrize("persona", [one for one in People.names(None) if one not in WHO_MAY])
def test_nobody_else_has_the_list_or_the_marker(people, client_for, a_case, persona):
    case = a_case()
    a_case(given_name="Ottilie")
    actor = people.actor(persona)
    assert client_for(persona).get(LIST).status_code == 403
    assert repeats.markers(actor, case, timezone.now()) == {}
    with pytest.raises(PermissionDenied):
        access.parts_to_count(actor)


@pytest.mark.parametrize("persona", ["housing_officer", "housing_manager", "idva", "health_visitor", "marac_representative"])
def test_their_case_page_is_the_same_to_the_byte(client_for, a_case, share, persona, a_wednesday_afternoon):
    case = a_case()
    for slug in ("harbour_idva", "valley_health", "vale_probation"):
        share(case, slug)
    client = client_for(persona)
    before = page_of(client, case)
    a_case("outsider", given_name="Ottilie")
    a_case("outsider")
    assert page_of(client, case) == before
    assert "Repeat" not in before


def test_it_tells_the_case_itself_nothing(people, a_case):
    case = a_case("outsider", clock=None)
    counts = case.entries.count(), Case.objects.get(pk=case.pk).revision
    a_case("outsider", given_name="Ottilie")
    assert (case.entries.count(), Case.objects.get(pk=case.pk).revision) == counts
    assert not Event.objects.filter(case_reference=case.reference).exclude(verb="test.arrange").exclude(verb__in=["case.open", "grant.give"]).exists()


# --- those whose work it is


@pytest.mark.parametrize(("persona", "level"), [("marac_coordinator", "summary"), ("police_lead", "summary"), ("police_lead", "partner")])
def test_they_read_the_marker_and_no_other_case(client_for, a_case, share, persona, level):
    case, other = a_case(), a_case("outsider", given_name="Ottilie", family_name="Fernsby")
    share(case, "vale_police", level)
    text = page_of(client_for(persona), case)
    assert "Serial" in text
    assert "Repeat</strong>" not in text
    for hidden in (other.reference, "Ottilie", "Fernsby", "Eastmoor"):
        assert hidden not in text


def test_the_marker_is_one_query_however_many_cases_there_are(people, a_case, django_assert_num_queries):
    case, actor = a_case(), people.actor("police_lead")
    repeats.markers(actor, case, timezone.now())
    for _ in range(2):
        a_case("outsider", given_name="Ottilie")
        with django_assert_num_queries(1):
            repeats.markers(actor, case, timezone.now())


def test_repeat_is_the_same_two_people_again(people, a_case):
    with time_machine.travel(datetime(2025, 3, 20, 12, tzinfo=UTC)):
        case = a_case(clock=None)
    with time_machine.travel(datetime(2026, 3, 18, 12, tzinfo=UTC)):
        assert marked(people, case) == set()
        a_case("outsider", clock=None)
        assert marked(people, case) == {"Repeat"}
    with time_machine.travel(datetime(2026, 3, 25, 12, tzinfo=UTC)):
        assert marked(people, case) == set()  # the first is more than twelve months ago now


def test_a_breach_of_an_order_that_protects_them_is_an_incident(people, a_case, an_order):
    case = a_case()
    child = an_order(case, protected=[case.parties.get(role="child").pk])
    facts = {"happened_at": timezone.now(), "what": "Stood at the gate.", "is_reported": True, "police_reference": "", "done_about_it": "Rang the police.", "audience": "agency"}
    log_breach(people.actor("housing_officer"), case, order_id=child.pk, **facts)
    assert marked(people, case) == set()
    log_breach(people.actor("housing_officer"), case, order_id=an_order(case).pk, **facts)
    assert marked(people, case) == {"Repeat"}


def test_another_incident_that_was_recorded_counts_and_the_same_day_twice_is_one(people, a_case):
    case = a_case()
    case.risk_level = "high"
    case.save()
    today = timezone.localdate()

    def happened(day, origin=""):
        RiskEvent.objects.create(
            case=case, agency=case.lead_agency, kind="incident", happened_on=day, origin=origin, recorded_at=timezone.now(), recorded_by=people.housing_officer
        )

    happened(today)
    assert marked(people, case) == set()
    happened(today - timedelta(days=20), "disclosure:1")
    assert marked(people, case) == {"Repeat"}
    assert len(repeats.list_of(people.actor("police_lead"), timezone.now())) == 1


def test_what_the_partnership_has_agreed_counts_from_its_day(people, a_case):
    with time_machine.travel(datetime(2022, 3, 18, 12, tzinfo=UTC)):
        a_case(clock=None)
    case = a_case("outsider", given_name="Ottilie", clock=None)
    assert marked(people, case) == {"Serial"}
    Policy.objects.create(key="repeats.serial_years", value="3", effective_from=timezone.now(), set_at=timezone.now(), set_by=people.partnership_administrator)
    assert marked(people, case) == set()


# --- people who come and change


def test_a_name_put_right_shows_at_once_and_a_wrong_date_takes_it_away(people, a_case):
    case, other, actor = a_case(), a_case(given_name="Ottilie"), people.actor("housing_officer")
    party = other.parties.get(role="perpetrator")
    change_person(actor, other, party_id=party.pk, family_name="Blackwell")
    assert marked(people, case) == set()
    change_person(actor, other, party_id=party.pk, family_name="BLACK-WATER")
    assert marked(people, case) == {"Serial"}
    change_person(actor, other, party_id=party.pk, date_of_birth=date(1980, 2, 3))
    assert marked(people, case) == {"Serial"}  # the other record has no date
    change_person(actor, case, party_id=case.parties.get(role="perpetrator").pk, date_of_birth=date(1981, 2, 3))
    assert marked(people, case) == set()


def test_somebody_added_later_counts_and_a_child_of_that_name_does_not(people, a_case):
    case, other, actor = a_case(), a_case(given_name="Ottilie"), people.actor("housing_officer")
    change_person(actor, other, party_id=other.parties.get(role="perpetrator").pk, given_name="Silas", family_name="Ash")
    add_person(actor, other, role="child", given_name="Rufus", family_name="Blackwater")
    assert marked(people, case) == set()
    add_person(actor, other, role="perpetrator", given_name="Rufus", family_name="Blackwater")
    assert marked(people, case) == {"Serial"}


def test_the_command_finds_again_what_the_acts_wrote(a_case):
    a_case(), a_case(given_name="Ottilie"), a_case()
    written = set(Alike.objects.values_list("person", "other"))
    assert written
    Alike.objects.all().delete()
    call_command("compare_people", verbosity=0)
    assert set(Alike.objects.values_list("person", "other")) == written


def test_people_are_compared_inside_a_gate_only(a_case):
    for look in (lambda: alike.remember(person(a_case())), alike.remember_all, access.everybody_compared, lambda: access.people_like(Person())):
        with pytest.raises(AssertionError):
            look()


@pytest.mark.django_db(transaction=True)
def test_two_who_come_at_the_same_moment_see_one_another(people, a_case):
    first, second = (a_case(given_name=name) for name in ("Ottilie", "Sidony"))
    barrier = Barrier(2)

    def add(case):
        try:
            barrier.wait(timeout=10)
            return add_person(people.actor("housing_officer"), case, role="perpetrator", given_name="Silas", family_name="Ash").person_id
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(add, (first, second))
    assert Alike.objects.filter(person=one, other=other).exists()


# --- a bar


@pytest.mark.parametrize("whom", ["person", "agency"])
def test_a_case_from_which_somebody_is_barred_counts_for_nothing_they_see(people, client_for, a_case, whom):
    case, other = a_case(), a_case("outsider", given_name="Ottilie")
    assert marked(people, case) == {"Serial"}
    bar = {"user": people.police_lead} if whom == "person" else {"agency": people.agency("vale_police")}
    other.exclusions.create(reason="He is her brother.", made_at=timezone.now(), made_by=people.housing_manager, **bar)
    assert marked(people, case) == set()
    assert "Rufus" not in client_for("police_lead").get(LIST).content.decode()
    assert marked(people, case, "marac_coordinator") == ({"Serial"} if whom == "person" else set())


# --- the list


def test_the_list_counts_all_and_names_only_what_the_reader_may_open(people, client_for, a_case, share):
    case, other = a_case(), a_case("outsider", given_name="Ottilie", family_name="Fernsby")
    Case.objects.filter(pk=other.pk).update(risk_level="high")
    share(case, "vale_police", "summary")
    text = client_for("police_lead").get(LIST).content.decode()
    assert "1 person" in text
    for shown in ("Rufus Blackwater", "Serial", "High", case.reference):
        assert shown in text
    for hidden in (other.reference, "Ottilie", "Fernsby", "Marigold", "Eastmoor", "Northvale"):
        assert hidden not in text
    seen = Event.objects.filter(verb="case.list", subject="repeats").latest("id")
    assert (seen.actor, seen.after) == (f"user:{people.police_lead.pk}", {"count": 1})


def test_one_human_being_stands_once_and_one_case_alone_is_no_pattern(people, a_case):
    a_case()
    at, actor = timezone.now(), people.actor("police_lead")
    assert repeats.list_of(actor, at) == []
    for name in ("Ottilie", "Sidony"):
        a_case(given_name=name)
    (row,) = repeats.shown(actor, repeats.list_of(actor, at), at)
    assert (row.name, row.victims, row.cases, row.incidents, row.references) == ("Rufus Blackwater", 3, 3, 3, ())


def test_the_list_costs_the_same_however_long_it_is(people, client_for, a_case, django_assert_num_queries):
    a_case(), a_case(given_name="Ottilie")
    client = client_for("police_lead")
    client.get(LIST)
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(3):
        for name in ("Ottilie", "Sidony"):
            case = a_case(given_name=name, clock=None, with_phone=False, with_child=False)
            change_person(people.actor("housing_officer"), case, party_id=case.parties.get(role="perpetrator").pk, given_name=f"Silas{number}")
    with django_assert_num_queries(len(few)):
        text = client.get(LIST).content.decode()
    assert "4 people" in text


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "²", "99999999"])
def test_a_page_that_does_not_exist_is_the_nearest(client_for, a_case, page):
    a_case(), a_case(given_name="Ottilie")
    response = client_for("police_lead").get(LIST, {"page": page})
    assert response.status_code == 200
    assert "Rufus Blackwater" in response.content.decode()


def test_twenty_five_a_page(people, client_for, monkeypatch, a_case):
    monkeypatch.setattr("cases.views.repeats.ON_A_PAGE", 1)
    a_case(), a_case(given_name="Ottilie")
    for name in ("Ottilie", "Sidony"):
        case = a_case(given_name=name)
        change_person(people.actor("housing_officer"), case, party_id=case.parties.get(role="perpetrator").pk, given_name="Silas")
    client = client_for("police_lead")
    first, second = (client.get(LIST, {"page": page}).content.decode() for page in (1, 2))
    assert ("Rufus" in first) is not ("Rufus" in second)
    assert "?page=2" in first
    assert "?page=1" in second
