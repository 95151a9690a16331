"""Who said that a way is safe, and when it is: what the page keeps, and what the case file makes of it."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from cases import safe_contact
from cases.actions.safe_contact import verify_safe_contact
from cases.models import SafeContact
from referrals.actions import log_disclosure
from tests.referrals import walk
from tests.referrals.test_api import FULL

pytestmark = pytest.mark.django_db
PHONE = {"channel": "phone", "value": "+447700900123", "is_safe": "yes"}


def given(**facts):
    """The answers of the page with one telephone."""
    return {"rows": "1", "row-0-channel": "phone", "row-0-value": "07700 900123", "row-0-is_safe": "yes"} | {f"row-0-{name}": value for name, value in facts.items()}


def way_of(client_for, **facts):
    case = walk.log(client_for("housing_officer"), {"channels": given(**facts), "children": {"any": "no"}}).case
    return case, SafeContact.objects.get(case=case)


@pytest.mark.parametrize(("route", "reporter"), [("partner", "agency"), ("direct", "self"), ("signs", "colleague")])
@pytest.mark.parametrize(("said", "is_checked"), [("yes", True), ("no", False)])
def test_only_their_own_word_is_a_check_however_it_came(client_for, people, route, reporter, said, is_checked):
    client = client_for("housing_officer")
    answers = {"channels": given(said_by_them=said, times="any"), "children": {"any": "no"}, "route": {"route": route, "reporter": reporter}}
    case = walk.log(client, answers).case
    contact = SafeContact.objects.get(case=case)
    assert (contact.is_safe, contact.times, contact.verified_by) == ("yes", "any", people.housing_officer if is_checked else None)
    assert safe_contact.channels(case, timezone.now())[0].is_safe_now is is_checked
    page = client.get(reverse("case", args=[case.reference])).content.decode()
    assert ("Said by someone else, not checked with them yet" in page) is not is_checked
    assert "I have checked this with them" in page


def test_a_way_that_is_not_safe_was_checked_by_nobody_and_has_no_times(client_for):
    _, contact = way_of(client_for, is_safe="no", said_by_them="yes", times="windows", days_1=["0"], from_1="09:00", to_1="10:00")
    assert (contact.is_safe, contact.times, contact.verified_at, contact.windows.count()) == ("no", "unknown", None, 0)


@pytest.mark.parametrize("times", ["any", "unknown"])
def test_times_under_another_answer_were_not_given(client_for, times):
    _, contact = way_of(client_for, said_by_them="yes", times=times, days_1=["0"], from_1="nonsense", days_2=["1"], to_3="10:00")
    assert (contact.times, contact.windows.count()) == (times, 0)


def test_not_known_when_counts_as_not_safe(client_for):
    case, _ = way_of(client_for, said_by_them="yes", times="unknown")
    assert safe_contact.channels(case, timezone.now())[0].not_now == ["Nobody has asked when it is safe. Ask them before you use it."]


def test_the_check_page_says_the_times_as_people_say_them(client_for):
    client = client_for("housing_officer")
    draft = walk.fill(client, {"channels": given(said_by_them="no", times="windows", days_1=["0"], from_1="15:00", to_1="15:30"), "children": {"any": "no"}})
    text = client.get(reverse("disclosure_check", args=[draft])).content.decode()
    for words in ("From: 3:00pm", "To: 3:30pm", "When is it safe? Only at these times", "Did they tell you this themselves? No, somebody else did"):
        assert words in text, words


def test_a_way_holds_from_when_it_was_written_down_whatever_time_it_was_heard_at(people):
    received_at = timezone.now() - timedelta(hours=5)
    rows = [PHONE | {"said_by_them": "yes", "times": "any"}]
    answers = FULL | {"received": {"received_at": received_at.isoformat()}, "channels": {"rows": rows}}
    case = log_disclosure(people.actor("housing_officer"), answers=answers).case
    contact = SafeContact.objects.get(case=case)
    assert contact.recorded_at == case.opened_at > received_at
    assert safe_contact.reasons_not_safe_at(contact, case, received_at + timedelta(hours=1))[0].startswith("This way was not recorded as safe until ")
    assert safe_contact.reasons_not_safe_at(contact, case, case.opened_at) == []


@pytest.mark.parametrize(("row", "times"), [({}, "unknown"), ({"days_1": ["0"], "from_1": "09:00", "to_1": "10:00"}, "windows")])
def test_a_draft_from_before_these_were_asked_is_not_checked_and_never_any_time(people, row, times):
    case = log_disclosure(people.actor("housing_officer"), answers=FULL | {"received": {"received_at": timezone.now().isoformat()}, "channels": {"rows": [PHONE | row]}}).case
    contact = SafeContact.objects.get(case=case)
    assert (contact.times, contact.verified_at, contact.windows.count()) == (times, None, len(row.get("days_1", [])))


@pytest.mark.parametrize(("row", "problems"), [
    ({}, {"said_by_them", "times"}), ({"times": "any"}, {"said_by_them"}), ({"said_by_them": "yes", "times": "windows"}, {"times"}),
])
def test_the_api_asks_the_same(client_for, row, problems):
    answers = FULL | {"received": {"received_at": timezone.now().isoformat()}, "channels": {"rows": [PHONE | row]}}
    response = client_for("health_visitor").post("/api/v1/disclosures/", {"answers": answers}, content_type="application/json")
    assert response.status_code == 400
    assert set(response.json()["answers"]["channels"]["rows"][0]) == problems
    assert not SafeContact.objects.exists()


@pytest.mark.parametrize(("reporter", "route", "checked_since", "stays"), [
    ("agency", "partner", False, False), ("self", "homeless", False, True), ("colleague", "direct", False, True), ("agency", "partner", True, True),
])
def test_what_was_logged_before_loses_the_stamp_that_nobody_earned(client_for, people, reporter, route, checked_since, stays):
    answers = {"channels": given(said_by_them="yes", times="any"), "children": {"any": "no"}, "route": {"route": route, "reporter": reporter}}
    case = walk.log(client_for("housing_officer"), answers).case
    contact = SafeContact.objects.get(case=case)
    if checked_since:
        verify_safe_contact(people.actor("housing_officer"), case, contact_id=contact.pk)
    import_module("referrals.migrations.0003_ways_said_by_others").take_the_stamp(apps, None)
    contact.refresh_from_db()
    assert (contact.verified_at is not None, contact.verified_by_id is not None, contact.times) == (stays, stays, "any" if stays else "unknown")
    assert contact.is_safe == "yes"
