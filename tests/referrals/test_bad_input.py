"""What people really type, press and leave open: refused in plain words or kept, never lost and never an error page."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Entry, Person
from referrals.models import Disclosure
from tests.personas import PASSWORD
from tests.referrals import walk

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert('x')</script>&\"<b>"


@pytest.fixture
def client(client_for):
    return client_for("housing_officer")


@pytest.fixture
def draft(client):
    return walk.start(client)


def day(moment, prefix):
    return {f"{prefix}_day": moment.day, f"{prefix}_month": moment.month, f"{prefix}_year": moment.year}


def answers(reference):
    return Disclosure.objects.get(reference=reference).answers


# --- times and dates

@pytest.mark.parametrize(("typed", "words"), [
    ({"received_at_day": "31", "received_at_month": "2", "received_at_year": "2026", "received_at_time": "10:00"}, "must be a real date"),
    ({"received_at_day": "1", "received_at_month": "2", "received_at_year": "2126", "received_at_time": "10:00"}, "today or in the past"),
    ({"received_at_day": "1", "received_at_month": "2", "received_at_year": "26", "received_at_time": "10:00"}, "Year must include 4 numbers"),
    ({"received_at_day": "1", "received_at_month": "2", "received_at_year": "2026", "received_at_time": "25:99"}, "time like 14:30"),
    ({"received_at_day": "29", "received_at_month": "3", "received_at_year": "2026", "received_at_time": "01:30"}, "the clocks went forward"),
    ({"received_at_day": "", "received_at_month": "", "received_at_year": "", "received_at_time": ""}, "When did your agency first hear of this?"),
])
def test_an_impossible_time_is_refused_and_stays_in_the_boxes(client, draft, typed, words):
    response = walk.send(client, draft, "received", typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "<title>Error: Visit notes" in page
    assert all(f'value="{value}"' in page for value in typed.values() if value)
    assert "received" not in answers(draft)


def test_a_minute_ahead_is_already_the_future(client, draft):
    with time_machine.travel(datetime(2026, 3, 20, 10, 20, tzinfo=UTC), tick=False):
        client.force_login(Disclosure.objects.get(reference=draft).author)
        typed = day(timezone.localdate(), "received_at") | {"received_at_time": "10:21"}
        assert walk.send(client, draft, "received", typed).status_code == 422
        assert walk.send(client, draft, "received", typed | {"received_at_time": "10:20"}).status_code == 302


def test_more_than_a_year_ago_is_asked_about_once(client, draft):
    long_ago = day(timezone.localdate() - timedelta(days=400), "received_at") | {"received_at_time": "09:00"}
    asked = walk.send(client, draft, "received", long_ago)
    assert asked.status_code == 422
    assert "more than a year ago" in asked.content.decode()
    again = client.post(walk.page_url(draft, "received"), walk.hidden(asked) | long_ago | {"confirm": "on"})
    assert again.status_code == 302
    assert answers(draft)["received"]["confirmed"] == ["received_long_ago"]


def test_ticking_the_box_for_one_thing_does_not_confirm_another(client, draft):
    forged = day(timezone.localdate() - timedelta(days=400), "received_at") | {"received_at_time": "09:00", "confirm": "on", "confirming": "same_name"}
    assert walk.send(client, draft, "received", forged).status_code == 422


def test_a_birth_after_today_is_refused(client, draft):
    tomorrow = day(timezone.localdate() + timedelta(days=1), "date_of_birth")
    response = walk.send(client, draft, "victim", {"given_name": "Mari"} | tomorrow)
    assert response.status_code == 422
    assert "Date of birth must be today or in the past" in response.content.decode()


def test_a_child_older_than_the_victim_and_one_name_twice_are_asked_about(client, draft):
    walk.send(client, draft, "victim", {"given_name": "Mari", "family_name": "Thistlewood", "approximate_age": "19"})
    same = walk.send(client, draft, "perpetrator", {"known": "yes", "given_name": "mari", "family_name": "THISTLEWOOD"})
    assert "same name as the victim/survivor" in same.content.decode()
    walk.send(client, draft, "children", {"any": "yes"})
    older = walk.send(client, draft, "each_child", {"rows": "1", "row-0-stage": "born", "row-0-approximate_age": "20"})
    assert older.status_code == 422
    assert "as old as the victim/survivor, or older" in older.content.decode()


def test_a_later_change_on_another_page_is_asked_about_on_the_check_page(client):
    reference = walk.fill(client, {"each_child": {"rows": "1", "row-0-stage": "born", "row-0-approximate_age": "17"}})
    assert "Check this" not in client.get(reverse("disclosure_check", args=[reference])).content.decode()
    walk.send(client, reference, "victim", {"given_name": "Mari", "approximate_age": "16"})
    assert "as old as the victim/survivor" in client.get(reverse("disclosure_check", args=[reference])).content.decode()


# --- words

@pytest.mark.parametrize("postcode", ["NOT ONE", "S43", "12345", "DE1 2QYY"])
def test_no_postcode_is_refused(client, draft, postcode):
    response = walk.send(client, draft, "home", {"postcode": postcode, "visibility": "normal"})
    assert response.status_code == 422
    assert "Enter a full UK postcode" in response.content.decode()
    assert postcode in response.content.decode()


@pytest.mark.parametrize(("postcode", "kept"), [("zz993vz", "ZZ99 3VZ"), ("bfpo 57", "BFPO 57"), ("s43 1aa", "S43 1AA")])
def test_odd_postcodes_are_fine(client, draft, postcode, kept):
    assert walk.send(client, draft, "home", {"postcode": postcode, "visibility": "normal"}).status_code == 302
    assert answers(draft)["home"]["postcode"] == kept


@pytest.mark.parametrize("name", ["O’Dálaigh", "D'Souza-Ng", "Ойсін", "王小明", "علياء", "Nguyễn Thị Minh Khai", "Þórdís"])
def test_names_in_any_script_reach_the_case(client, name):
    disclosure = walk.log(client, {"victim": {"given_name": name}, "children": {"any": "no"}})
    assert Person.objects.get(parts__case=disclosure.case, parts__role="victim").given_name == name


def test_ten_thousand_characters_are_kept_and_one_more_is_not(client):
    text = "é" * 9_999 + "\n"
    account = {"account": text[:-1] + "!", "audience": "agency"}
    disclosure = walk.log(client, {"account": account, "children": {"any": "no"}})
    assert Entry.objects.get(case=disclosure.case, title="What was said or seen").text == account["account"]
    other = walk.start(client)
    late = walk.send(client, other, "account", {"account": "a" * 10_001, "audience": "agency"})
    assert late.status_code == 422
    assert "10,000 characters or fewer" in late.content.decode()


def test_html_is_text_on_every_page(client):
    everywhere = {
        "route": {"route": "direct", "reporter": "self", "reported_by": SCRIPT},
        "account": {"account": SCRIPT, "audience": "agency"},
        "victim": {"given_name": SCRIPT, "family_name": SCRIPT, "description": SCRIPT},
        "home": {"address": SCRIPT, "visibility": "normal"},
        "channels": {"rows": "1", "row-0-channel": "visit", "row-0-is_safe": "no", "row-0-value": SCRIPT, "row-0-how": SCRIPT, "row-0-code_word": SCRIPT},
        "perpetrator": {"known": "yes", "given_name": "Rufus " + SCRIPT},
        "each_child": {"rows": "1", "row-0-given_name": SCRIPT, "row-0-stage": "born"},
        "consent": {"state": "given", "scope": SCRIPT},
    }
    reference = walk.fill(client, everywhere)
    shown = [client.get(walk.page_url(reference, code)) for code in everywhere]
    shown += [client.get(reverse("disclosures")), client.get(reverse("disclosure_discard", args=[reference]))]
    shown += [client.get(reverse("disclosure_check", args=[reference]))]
    client.post(reverse("disclosure_check", args=[reference]), walk.hidden(shown[-1]))
    disclosure = Disclosure.objects.get(reference=reference)
    shown += [client.get(reverse("disclosure_logged", args=[reference])), client.get(reverse("disclosure_record", args=[disclosure.case.reference]))]
    for response in shown:
        assert response.status_code == 200
        assert SCRIPT not in response.content.decode()
        assert "<script>alert" not in response.content.decode()
    assert disclosure.answers["account"]["account"] == SCRIPT


def test_unprintable_characters_are_refused(client, draft):
    response = walk.send(client, draft, "victim", {"given_name": "Ma\x00ri"})
    assert response.status_code == 422
    assert "cannot be printed" in response.content.decode()


def test_a_file_where_text_belongs_is_refused(client, draft):
    file = SimpleUploadedFile("notes.txt", b"what was said")
    for code, name in [("account", "account"), ("victim", "given_name"), ("channels", "row-0-how")]:
        if code == "channels":
            walk.send(client, draft, "contact", {"any": "yes"})
        response = walk.send(client, draft, code, {name: file, "rows": "1"} if code == "channels" else {name: file})
        assert response.status_code == 422, code
        assert "A file cannot be read as an answer" in response.content.decode()


@pytest.mark.parametrize("data", [
    {"danger": "perhaps"}, {"danger": ["yes", "no", "<b>"]}, {}, {"once": "not-a-uuid", "danger": "maybe"}, {"revision": "9" * 40},
])
def test_answers_that_are_not_offered_are_refused(client, draft, data):
    assert walk.send(client, draft, "danger", {"danger": ""} | data).status_code == 422


@pytest.mark.parametrize("rows", ["-1", "", "abc", "99999999", "1e3", "٣"])
def test_a_tampered_number_of_rows_is_no_error(client, draft, rows):
    walk.send(client, draft, "children", {"any": "yes"})
    response = walk.send(client, draft, "each_child", {"rows": rows})
    assert response.status_code == 422


SAFE_VISIT = {"row-0-channel": "visit", "row-0-is_safe": "yes", "row-0-said_by_them": "yes", "row-0-times": "windows"}


@pytest.mark.parametrize("channel", [
    {"row-0-channel": "phone", "row-0-value": "", "row-0-is_safe": "yes"},
    {"row-0-channel": "text", "row-0-value": "12", "row-0-is_safe": "yes"},
    {"row-0-channel": "email", "row-0-value": "nobody", "row-0-is_safe": "yes"},
    {"row-0-channel": "third_person", "row-0-value": "", "row-0-is_safe": "yes"},
    {"row-0-channel": "visit"},
    SAFE_VISIT | {"row-0-from_1": "13:00", "row-0-to_1": "12:00", "row-0-days_1": ["1"]},
    SAFE_VISIT | {"row-0-days_2": ["1"]},
    SAFE_VISIT | {"row-0-days_1": ["9"], "row-0-from_1": "12:00", "row-0-to_1": "13:00"},
])
def test_a_way_to_reach_them_that_cannot_be_is_refused(client, draft, channel):
    walk.send(client, draft, "contact", {"any": "yes"})
    response = walk.send(client, draft, "channels", {"rows": "1"} | channel)
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize(("facts", "beside", "words"), [
    ({"row-0-times": ""}, "times", "Answer “When is it safe?”"),
    ({"row-0-said_by_them": ""}, "said_by_them", "Answer “Did they tell you this themselves?”"),
    ({}, "times", "Give at least one safe time, or choose another answer"),
    ({"row-0-times": "always"}, "times", "Choose one of the answers listed"),
])
def test_when_it_is_safe_and_who_said_so_is_asked_beside_the_question(client, draft, facts, beside, words):
    walk.send(client, draft, "contact", {"any": "yes"})
    response = walk.send(client, draft, "channels", {"rows": "1", "row-0-how": "kept as typed"} | SAFE_VISIT | facts)
    text = response.content.decode()
    assert response.status_code == 422 and words in text and f'href="#id_row-0-{beside}"' in text and "kept as typed" in text


# --- sent twice, sent late, sent by two

def test_the_same_form_sent_twice_leads_to_the_same_draft_and_the_same_case(client):
    url = client.get(reverse("disclosure_new")).url
    form = walk.hidden(client.get(url)) | {"danger": "no"}
    first, second = (client.post(url, form) for _ in range(2))
    assert first.url == second.url
    assert Disclosure.objects.count() == 1
    reference = walk.fill(client, {"children": {"any": "no"}})
    url = reverse("disclosure_check", args=[reference])
    form = walk.hidden(client.get(url))
    first, second = (client.post(url, form) for _ in range(2))
    assert first.url == second.url == reverse("disclosure_logged", args=[reference])
    assert Case.objects.count() == 1


def test_two_open_check_pages_lead_to_one_case(client):
    reference = walk.fill(client, {"children": {"any": "no"}})
    url = reverse("disclosure_check", args=[reference])
    one, other = walk.hidden(client.get(url)), walk.hidden(client.get(url))
    assert one["once"] != other["once"]
    assert client.post(url, one).url == client.post(url, other).url
    assert Case.objects.count() == 1


def test_the_back_button_after_logging_leads_to_the_case_and_changes_nothing(client):
    disclosure = walk.log(client, {"children": {"any": "no"}})
    logged = reverse("disclosure_logged", args=[disclosure.reference])
    for url in (walk.page_url(disclosure.reference, "victim"), reverse("disclosure_check", args=[disclosure.reference])):
        assert client.get(url).url == logged
        assert client.post(url, {"given_name": "Somebody else", "revision": "99"}).url == logged
    assert client.get(reverse("disclosure_discard", args=[disclosure.reference])).url == logged
    assert Person.objects.get(parts__case=disclosure.case, parts__role="victim").given_name == "Saoirse"


def test_the_later_of_two_editors_is_told_and_sees_both(client, client_for):
    reference = walk.start(client)
    manager = client_for("housing_manager")
    url = walk.page_url(reference, "victim")
    mine, theirs = walk.hidden(client.get(url)), walk.hidden(manager.get(url))
    assert manager.post(url, theirs | {"given_name": "Marigold"}).status_code == 302
    late = client.post(url, mine | {"given_name": "Mari", "family_name": "Thistlewood"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Dorian Whitlock saved this page while you were typing" in page
    assert "Marigold" in page
    assert 'value="Thistlewood"' in page
    assert answers(reference)["victim"]["given_name"] == "Marigold"
    assert client.post(url, walk.hidden(late) | {"given_name": "Mari", "family_name": "Thistlewood"}).status_code == 302
    assert answers(reference)["victim"] == {"given_name": "Mari", "family_name": "Thistlewood"}


def test_two_editors_of_different_pages_do_not_disturb_each_other(client, client_for):
    reference = walk.start(client)
    manager = client_for("housing_manager")
    form = walk.hidden(client.get(walk.page_url(reference, "victim")))
    assert walk.send(manager, reference, "stalking").status_code == 302
    assert client.post(walk.page_url(reference, "victim"), form | {"given_name": "Mari"}).status_code == 302
    assert set(answers(reference)) == {"danger", "stalking", "victim"}


def test_a_change_after_the_check_page_was_opened_is_shown_before_it_is_logged(client, client_for):
    reference = walk.fill(client, {"children": {"any": "no"}})
    url = reverse("disclosure_check", args=[reference])
    form = walk.hidden(client.get(url))
    walk.send(client_for("housing_manager"), reference, "victim", {"given_name": "Marigold"})
    late = client.post(url, form)
    assert late.status_code == 409
    assert "Somebody else changed this draft" in late.content.decode()
    assert "Marigold" in late.content.decode()
    assert not Case.objects.exists()
    assert client.post(url, walk.hidden(late)).status_code == 302


def test_save_and_come_back_later_keeps_even_what_is_not_right_yet(client, draft):
    response = walk.send(client, draft, "home", {"address": "4 Plover Court", "postcode": "DE1", "visibility": "normal", "come_back_later": "yes"})
    assert response.url == reverse("disclosures")
    page = client.get(walk.page_url(draft, "home")).content.decode()
    assert "4 Plover Court" in page
    assert 'value="DE1"' in page
    assert "There is a problem" not in page
    assert "home" not in answers(draft)
    assert walk.send(client, draft, "home").status_code == 302
    assert Disclosure.objects.get(reference=draft).unfinished == {}


def test_save_and_come_back_later_keeps_no_nul_and_no_flood(client, draft):
    assert walk.send(client, draft, "victim", {"given_name": "Ma\x00ri", "come_back_later": "yes"}).status_code == 302
    assert 'value="Mari"' in client.get(walk.page_url(draft, "victim")).content.decode()
    assert walk.send(client, draft, "victim", {"given_name": "a" * 200_000, "come_back_later": "yes"}).status_code == 302


def test_rows_are_added_and_removed_without_losing_the_others(client, draft):
    walk.send(client, draft, "children", {"any": "yes"})
    typed = {"rows": "2", "row-0-given_name": "Juniper", "row-1-given_name": "Rowan", "row-1-date_of_birth_year": "wrong"}
    more = walk.send(client, draft, "each_child", typed | {"add": "yes"}).content.decode()
    assert "Child 3" in more
    assert "There is a problem" not in more
    assert "Yes, this is right" not in more
    fewer = walk.send(client, draft, "each_child", typed | {"remove": "0"}).content.decode()
    assert "Juniper" not in fewer
    assert 'name="row-0-given_name" value="Rowan"' in fewer
    assert 'value="wrong"' in fewer


def test_nothing_is_lost_when_the_session_ends_in_the_middle_of_a_form(client, draft):
    url = walk.page_url(draft, "victim")
    shown = client.get(url)
    form = walk.hidden(shown) | {"given_name": "Mari", "family_name": "Thistlewood"}
    assert "form_owner" in form
    client.logout()
    sent = client.post(url, form)
    assert sent.status_code == 302
    assert "given_name" not in str(answers(draft).get("victim", ""))
    client.post(sent.url, {"login": "housing_officer@example.org", "password": PASSWORD})
    page = client.get(url).content.decode()
    assert "You were signed out" in page
    assert 'value="Thistlewood"' in page


def test_somebody_else_who_signs_in_gets_nothing_of_it(client, client_for, draft):
    url = walk.page_url(draft, "victim")
    form = walk.hidden(client.get(url)) | {"family_name": "Thistlewood"}
    client.logout()
    client.post(url, form)
    assert "Thistlewood" not in client_for("housing_manager").get(url).content.decode()
    assert client_for("other_housing_officer").get(url).status_code == 404


def test_a_page_is_not_logged_before_all_is_answered(client, draft):
    url = reverse("disclosure_check", args=[draft])
    response = client.post(url, {"revision": "0", "once": ""})
    assert response.status_code == 409
    assert "Answer “When you heard of it” first" in response.content.decode()
    assert not Case.objects.exists()


def test_unknown_pages_and_pages_that_do_not_apply(client, draft):
    assert client.get(reverse("disclosure_page", args=[draft, "nothing"])).status_code == 404
    assert client.get(walk.page_url(draft, "emergency")).url == reverse("disclosure_check", args=[draft])
    assert client.get(f"/notes/{draft}%00/who/").status_code == 404
    assert client.get(reverse("disclosures") + "?after=%00").status_code == 200
