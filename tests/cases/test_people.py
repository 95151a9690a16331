"""Changing people, channels, addresses and consent: what stood before is kept, and the later of two writers is told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agencies.gate import Refused
from audit.models import Event
from cases.actions import people as actions
from cases.actions import safe_contact as channels
from cases.actions.case_file import set_stalking_element
from cases.models import Address, Case, Consent, Entry, Party, SafeContact, SafeWindow
from cases.rules import people as rules

CONTACT = {"value": "07700 900456", "is_safe": "yes", "times": "any", "voicemail": "no", "how": "", "code_word": "", "is_checked": "yes"}
PERSON = {"given_name": "Rowan", "family_name": "Ó’Súilleabháin", "sex": "unknown", "relationship": "unknown", "lives_with_victim": "unknown", "is_unborn": "no"}


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def officer(client_for):
    return client_for("housing_officer")


def send(client, case, name, *ids, **facts):
    case.refresh_from_db()
    return client.post(reverse(name, args=[case.reference, *ids]), {"once": str(uuid4()), "revision": case.revision} | facts)


def phone_of(case):
    return SafeContact.objects.get(case=case, ended_at=None, channel="phone")


# --- from the outside

PAGES = [
    "safe_contact_add", "safe_contact_change", "safe_contact_end", "person_add", "person_change", "address_change", "address", "case_consent", "case_stalking",
]


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_closed_from_outside_and_to_partners_who_may_not_edit(client_for, case, share, name):
    share(case, "lantern_outreach", "summary")
    share(case, "vale_probation", "partner")
    phone, victim = phone_of(case).pk, case.parties.get(role="victim").pk
    ids = {"safe_contact_change": [phone], "safe_contact_end": [phone], "person_change": [victim], "address_change": [victim], "address": [victim]}.get(name, [])
    url = reverse(name, args=[case.reference, *ids])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
    assert client_for("outreach_worker").get(url).status_code == 403
    assert client_for("marac_representative").get(url).status_code in (403, 404)
    assert client_for("housing_officer").get(url).status_code == 200


def test_the_actions_refuse_whoever_may_not(people, case, share):
    share(case, "harbour_idva", "partner")
    calls = [
        (channels.add_safe_contact, {"channel": "phone", "value": "1", "is_safe": "yes", "voicemail": "no"}),
        (channels.change_safe_contact, {"contact_id": phone_of(case).pk, "channel": "phone", "value": "1", "is_safe": "yes", "voicemail": "no"}),
        (channels.end_safe_contact, {"contact_id": phone_of(case).pk, "reason": "x"}),
        (actions.add_person, {"role": "child", "given_name": "x"}),
        (actions.change_person, {"party_id": case.parties.first().pk}),
        (actions.change_address, {"party_id": case.parties.first().pk, "lines": "x", "postcode": "", "visibility": "normal", "from_at": timezone.now()}),
        (actions.record_consent, {"state": "given"}),
        (set_stalking_element, {"has_stalking_element": True}),
    ]
    for action, facts in calls:
        with pytest.raises(Http404):
            action(people.actor("outsider"), case, **facts)
        with pytest.raises(PermissionDenied):
            action(people.actor("idva"), case, **facts)
    assert not Consent.objects.exists() and not Address.objects.exists() and SafeContact.objects.count() == 1


def test_people_and_channels_of_another_case_do_not_exist_here(officer, case, a_case):
    other = a_case()
    for name in ("safe_contact_change", "safe_contact_end", "safe_contact_verify", "contact_number"):
        assert officer.get(reverse(name, args=[case.reference, phone_of(other).pk])).status_code == 404, name
    for name in ("person_change", "address_change", "address"):
        assert officer.get(reverse(name, args=[case.reference, other.parties.first().pk])).status_code == 404, name


# --- channels


def test_a_channel_is_added_with_its_times(officer, case, people):
    facts = CONTACT | {"times": "windows", "channel": "text"}
    response = send(officer, case, "safe_contact_add", **facts, days_1=["0", "4"], from_1="9:30", to_1="11am", days_2=["5"], from_2="midday", to_2="13:00")
    assert response.status_code == 302, response.content.decode()
    added = SafeContact.objects.get(case=case, channel="text")
    assert (added.value, added.is_safe, added.times, added.verified_by) == ("+447700900456", "yes", "windows", people.housing_officer)
    assert added.recorded_at == added.verified_at
    assert [(row.weekday, f"{row.starts:%H:%M}", f"{row.ends:%H:%M}") for row in added.windows.all()] == [(0, "09:30", "11:00"), (4, "09:30", "11:00"), (5, "12:00", "13:00")]


def test_changing_a_channel_keeps_what_stood_before(officer, case):
    old = phone_of(case)
    SafeWindow.objects.create(case=case, contact=old, weekday=2, starts="12:00", ends="13:00")
    response = send(officer, case, "safe_contact_change", old.pk, **{**CONTACT, "is_safe": "no", "is_checked": "no"})
    assert response.status_code == 302, response.content.decode()
    old.refresh_from_db()
    new = phone_of(case)
    assert old.ended_at and (old.value, old.is_safe, old.windows.count()) == ("07700 900123", "yes", 1)
    assert (new.replaces, new.recorded_at, new.times) == (old, old.ended_at, "unknown")
    assert new.pk != old.pk and (new.value, new.is_safe, new.verified_at, new.windows.count()) == ("+447700900456", "no", None, 0)
    event = Event.objects.get(verb="safe_contact.change")
    assert "900" not in str(event.before) + str(event.after) and event.before["id"] == old.pk


def test_the_form_shows_the_times_that_are_agreed_however_many(officer, case):
    contact = phone_of(case)
    for number in range(5):
        SafeWindow.objects.create(case=case, contact=contact, weekday=number, starts=f"0{number}:00", ends=f"1{number}:00")
    text = officer.get(reverse("safe_contact_change", args=[case.reference, contact.pk])).content.decode()
    for number in range(5):
        assert f'value="0{number}:00"' in text and f'value="1{number}:00"' in text


def test_the_number_is_not_on_the_form_that_changes_it_and_empty_keeps_it(officer, case):
    contact = phone_of(case)
    SafeContact.objects.filter(pk=contact.pk).update(is_safe="no")
    text = officer.get(reverse("safe_contact_change", args=[case.reference, contact.pk])).content.decode()
    assert "900123" not in text.replace(" ", "") and "Leave empty to keep it" in text
    assert text.index("This channel is marked not safe.") < text.index("Number, e-mail address or place")
    assert send(officer, case, "safe_contact_change", contact.pk, **{**CONTACT, "value": ""}).status_code == 302
    assert phone_of(case).pk != contact.pk and phone_of(case).value == "07700 900123"
    # A new way of contact still needs one.
    assert "There is a problem" in send(officer, case, "safe_contact_add", **{**CONTACT, "value": ""}, channel="text").content.decode()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"value": "not a number"}, "Enter a telephone number"),
        ({"channel": "email"}, "Enter an e-mail address"),
        ({"value": ""}, "Enter number, e-mail address or place"),
        ({"is_safe": ""}, "Is it safe to use?"),
        ({"times": "windows", "days_1": ["1"]}, "Enter the time from which it is safe"),
        ({"times": "windows", "from_1": "10:00", "to_1": "11:00"}, "Select the days on which these times are safe"),
        ({"times": "windows", "days_1": ["1"], "from_1": "11:00", "to_1": "10:00"}, "must be later than the time before it"),
        ({"times": "windows", "days_1": ["1"], "from_1": "25:00", "to_1": "10:00"}, "Enter a time, like 14:30"),
        ({"times": "windows", "days_1": ["9"], "from_1": "09:00", "to_1": "10:00"}, "Choose one of the answers listed"),
        ({"times": ""}, "Answer “When is it safe?”"),
        ({"times": "windows"}, "Enter at least one safe time, or choose another answer"),
        ({"times": "always"}, "Choose one of the answers listed"),
        ({"how": "a\x07b"}, "cannot be printed"),
    ],
)
def test_wrong_channel_details_are_said_in_words_and_nothing_is_lost(officer, case, facts, words):
    response = send(officer, case, "safe_contact_add", **{**CONTACT, "channel": "text", "code_word": "kept-as-typed", **facts})
    text = response.content.decode()
    assert response.status_code == 422 and words in text and "kept-as-typed" in text
    assert not SafeContact.objects.filter(channel="text").exists()


def test_a_channel_can_be_ended_and_checked(officer, case, client_for, share, people):
    share(case, "harbour_idva", "partner")
    phone = phone_of(case)
    SafeContact.objects.filter(pk=phone.pk).update(verified_at=timezone.now() - timedelta(days=9))
    assert "Have you checked" in client_for("idva").get(reverse("safe_contact_verify", args=[case.reference, phone.pk])).content.decode()
    assert send(client_for("idva"), case, "safe_contact_verify", phone.pk).status_code == 302
    phone.refresh_from_db()
    assert phone.verified_by == people.idva and timezone.now() - phone.verified_at < timedelta(minutes=1)
    assert send(officer, case, "safe_contact_end", phone.pk, reason="She has a new number").status_code == 302
    phone.refresh_from_db()
    assert phone.ended_at
    assert officer.get(reverse("safe_contact_change", args=[case.reference, phone.pk])).status_code == 404


# --- two people at once


def test_the_later_of_two_is_told_sees_what_stands_and_loses_nothing(officer, client_for, case):
    phone = phone_of(case)
    other = client_for("other_housing_officer")
    case.refresh_from_db()
    opened_on = case.revision
    party = case.parties.get(role="perpetrator")
    assert send(other, case, "person_change", party.pk, **{**PERSON, "given_name": "Rufus-the-first"}).status_code == 302
    facts = {**PERSON, "given_name": "Rufus-the-second", "once": str(uuid4()), "revision": opened_on}
    response = officer.post(reverse("person_change", args=[case.reference, party.pk]), facts)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Somebody else changed this case after you opened the page" in text
    assert "As it stands now" in text and "Rufus-the-first" in text and 'value="Rufus-the-second"' in text
    assert Party.objects.get(pk=party.pk).person.given_name == "Rufus-the-first"
    case.refresh_from_db()
    assert f'name="revision" value="{case.revision}"' in text
    # Knowing that, they may save all the same.
    assert send(officer, case, "person_change", party.pk, **{**PERSON, "given_name": "Rufus-the-second"}).status_code == 302
    assert Party.objects.get(pk=party.pk).person.given_name == "Rufus-the-second"
    assert phone.pk == phone_of(case).pk


@pytest.mark.parametrize("revision", ["", "x", "-1", "999999", "1e3", "²"])
def test_a_form_without_a_true_revision_is_the_later_one(officer, case, revision):
    response = officer.post(reverse("case_consent", args=[case.reference]), {"state": "not_asked", "scope": "", "reason": "", "revision": revision})
    assert response.status_code == 422 and not Consent.objects.exists()


# --- people


def test_a_person_in_any_script_is_added_and_changed(officer, case):
    assert send(officer, case, "person_add", **PERSON, role="adult").status_code == 302
    party = Party.objects.get(case=case, role="adult")
    assert party.person.name == "Rowan Ó’Súilleabháin" and party.lives_with_victim is None
    facts = {**PERSON, "given_name": "玲子", "lives_with_victim": "yes", "approximate_age": "71", "relationship": "parent"}
    facts.pop("is_unborn")
    assert send(officer, case, "person_change", party.pk, **facts).status_code == 302
    party.refresh_from_db()
    assert party.person.given_name == "玲子" and party.person.approximate_age == 71 and party.lives_with_victim is True
    event = Event.objects.get(verb="person.change")
    assert set(event.after["changed"]) == {"given_name", "approximate_age", "relationship", "lives_with_victim"} and "玲子" not in str(event.after)


def test_an_unborn_child(officer, case):
    day = timezone.localdate() + timedelta(days=60)
    expected = {"expected_on_day": day.day, "expected_on_month": day.month, "expected_on_year": day.year}
    facts = {**PERSON, "role": "child", "given_name": "", "family_name": "", "is_unborn": "yes"} | expected
    assert send(officer, case, "person_add", **facts).status_code == 302
    assert Party.objects.get(case=case, is_unborn=True).expected_on == day


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"role": ""}, "Who are they?"),
        ({"role": "victim"}, "Choose one of the answers listed"),
        ({"given_name": "", "family_name": ""}, "Enter a name, or what they are known as"),
        ({"date_of_birth_day": "1", "date_of_birth_month": "1", "date_of_birth_year": "2999"}, "must be today or in the past"),
        ({"date_of_birth_day": "30", "date_of_birth_month": "2", "date_of_birth_year": "1990"}, "must be a real date"),
        ({"date_of_birth_day": "3", "date_of_birth_month": "2", "date_of_birth_year": "1990", "approximate_age": "30"}, "only if the date of birth is not known"),
        ({"approximate_age": "old"}, "Enter an age in whole years"),
        ({"approximate_age": "400"}, "less than or equal to 125"),
        ({"is_unborn": "yes"}, "Only a child can be not yet born"),
    ],
)
def test_wrong_facts_about_a_person_are_said_in_words(officer, case, facts, words):
    response = send(officer, case, "person_add", **{**PERSON, "role": "adult", "also_known_as": "", **facts})
    assert response.status_code == 422 and words in response.content.decode()
    assert not Party.objects.filter(role="adult").exists()


def test_a_case_has_one_victim_and_nobody_stands_in_it_twice(people, case):
    with pytest.raises(Refused):
        actions.add_person(people.actor("housing_officer"), case, role="victim", given_name="x")
    victim = case.parties.get(role="victim")
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(case=case, person=victim.person, role="perpetrator", added_at=timezone.now())


# --- addresses


def test_a_move_makes_a_protected_address_and_keeps_the_old_one(officer, case):
    victim = case.parties.get(role="victim")
    moved = timezone.localdate() - timedelta(days=2)
    old = Address.objects.create(case=case, party=victim, lines="1 Old Lane", from_at=timezone.now() - timedelta(days=400))
    url = reverse("address_change", args=[case.reference, victim.pk])
    assert 'value="confidential" checked' in officer.get(url).content.decode()
    facts = {"lines": "17 Nightjar Close", "postcode": "zz99 3vz", "visibility": "confidential", "from_on_day": moved.day, "from_on_month": moved.month, "from_on_year": moved.year}
    assert send(officer, case, "address_change", victim.pk, **facts).status_code == 302
    old.refresh_from_db()
    new = Address.objects.get(case=case, until_at=None)
    assert timezone.localdate(old.until_at) == moved and new.from_at == old.until_at
    assert (new.lines, new.postcode, new.visibility) == ("17 Nightjar Close", "ZZ99 3VZ", "confidential")
    assert not Entry.objects.filter(text__contains="Nightjar").exists() and not Entry.objects.filter(title__contains="Nightjar").exists()
    assert not [event for event in Event.objects.all() if "Nightjar" in str((event.before, event.after))]
    text = officer.get(reverse("address", args=[case.reference, victim.pk])).content.decode()
    assert "17 Nightjar Close" in text and "1 Old Lane" in text


def test_a_move_on_the_day_on_which_the_address_was_written_down(officer, case):
    victim = case.parties.get(role="victim")
    Address.objects.create(case=case, party=victim, lines="1 Old Lane", from_at=timezone.now())
    today = timezone.localdate()
    facts = {"lines": "2 New Lane", "postcode": "BFPO 801", "visibility": "normal", "from_on_day": today.day, "from_on_month": today.month, "from_on_year": today.year}
    assert send(officer, case, "address_change", victim.pk, **facts).status_code == 302
    (old,) = (one for one in Address.objects.filter(party=victim) if one.lines == "1 Old Lane")
    assert old.until_at == old.from_at


def test_an_address_that_cannot_be(officer, case):
    victim = case.parties.get(role="victim")
    facts = {"lines": "x", "postcode": "NOWHERE", "visibility": "normal", "from_on_day": "1", "from_on_month": "1", "from_on_year": "2999"}
    text = send(officer, case, "address_change", victim.pk, **facts).content.decode()
    assert "Enter a full UK postcode" in text and "must be today or in the past" in text and not Address.objects.exists()


# --- consent, stalking


def test_each_consent_is_kept_and_the_latest_holds(officer, case):
    assert send(officer, case, "case_consent", state="given", scope="Housing and the IDVA", reason="").status_code == 302
    assert send(officer, case, "case_consent", state="withdrawn", scope="", reason="She is afraid").status_code == 302
    assert list(Consent.objects.filter(case=case).values_list("state", flat=True)) == ["withdrawn", "given"]
    assert "Withdrawn" in officer.get(reverse("case", args=[case.reference])).content.decode()
    assert send(officer, case, "case_consent", state="given", scope="", reason="").status_code == 422
    assert send(officer, case, "case_consent", state="not_asked_unsafe", scope="", reason="").status_code == 422


@pytest.mark.parametrize(("answer", "kept"), [("yes", True), ("no", False), ("unknown", None)])
def test_the_stalking_element(officer, case, answer, kept):
    Case.objects.filter(pk=case.pk).update(has_stalking_element=not kept)
    assert send(officer, case, "case_stalking", has_stalking_element=answer).status_code == 302
    case.refresh_from_db()
    assert case.has_stalking_element is kept
    url = reverse("case_stalking", args=[case.reference])
    assert "stalk" not in url and "talking" not in officer.get(url).content.decode().split("</title>")[0].lower().split("<title>")[1]


def test_a_closed_case_takes_no_changes(officer, case, people):
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    assert "This case is closed" in send(officer, case, "person_add", **PERSON, role="adult").content.decode()
    assert "This case is closed" in send(officer, case, "safe_contact_add", **CONTACT, channel="text").content.decode()
    assert "This case is closed" in send(officer, case, "case_consent", state="given", scope="x", reason="").content.decode()
    assert not Consent.objects.exists()


# --- the rules


@given(st.dates(), st.dates())
def test_an_age_is_the_number_of_birthdays(born, day):
    age = rules.age_on(born, day)
    assert (age >= 0) == (born <= day) or born > day
    if born <= day:
        birthday_passed = (day.month, day.day) >= (born.month, born.day)
        assert age == day.year - born.year - (0 if birthday_passed else 1)


@given(st.dates(), st.integers(-400, 400))
def test_an_unborn_child_is_expected_within_months(today, days):
    try:
        expected = today + timedelta(days=days)
    except OverflowError:
        return
    try:
        today + rules.LONGEST_WAIT, today - timedelta(days=31)
    except OverflowError:
        return
    assert (rules.reasons_unborn_impossible(True, None, expected, today) == []) == (-31 <= days <= 310)
    assert rules.reasons_unborn_impossible(False, None, expected, today)


def test_births_that_cannot_be():
    today = timezone.localdate()
    assert rules.reasons_birth_impossible(today + timedelta(days=1), today) and not rules.reasons_birth_impossible(today, today)
    assert rules.reasons_birth_impossible(today.replace(year=today.year - 130, day=1), today)
    assert rules.reasons_unborn_impossible(True, today, None, today) and not rules.reasons_birth_impossible(None, today)
