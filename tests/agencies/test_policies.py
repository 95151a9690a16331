"""The settings page: what is in force, where from, what is coming; set by those who may; what runs already is never rewritten."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies import rules
from agencies.actions import set_partnership_policy, set_policy
from agencies.gate import Refused
from agencies.models import Policy
from agencies.policies import KEYS, in_force
from audit.models import Event
from cases.models import Clock

HOUR = timedelta(hours=1)
OWN, PARTNERSHIP = "/settings/agency/", "/settings/partnership/"


def answers(**changed):
    return {"value": "24", "unit": "h", "when": "now", "reason": "Agreed at the June board", "once": str(uuid4())} | changed


def test_the_page_lists_every_number_with_where_it_comes_from(people, client_for):
    page = client_for("agency_lead").get("/settings/").content.decode()
    for spec in KEYS.values():
        assert spec.label in page
    assert "48 elapsed hours" in page and "Waymark’s default" in page
    assert f'href="{OWN}clock.contact/"' in page and PARTNERSHIP not in page
    assert f'href="{PARTNERSHIP}dash.high_from/"' in client_for("partnership_administrator").get("/settings/").content.decode()


def test_setting_ones_own_counts_from_now_and_rewrites_no_running_promise(people, a_case, client_for):
    running = Clock.objects.get(case=a_case())
    due, basis = running.due_at, running.basis
    assert client_for("agency_lead").post(f"{OWN}clock.contact/", answers()).url == "/settings/"
    later = Clock.objects.get(case=a_case())
    running.refresh_from_db()
    assert (running.due_at, running.basis) == (due, basis)
    assert later.due_at - later.started_at == 24 * HOUR and "Northvale Housing setting from" in later.basis
    theirs = Clock.objects.get(case=a_case("outsider"))
    assert theirs.due_at - theirs.started_at == 48 * HOUR
    event = Event.objects.get(verb="policy.set", outcome="done")
    assert (event.subject, event.before, event.after["value"]) == ("policy:clock.contact", {"value": "48h"}, "24h")
    page = client_for("agency_lead").get("/settings/").content.decode()
    assert "24 elapsed hours" in page and "Agreed at the June board" in page and "Morwenna Fairbairn" in page


def test_a_later_day_counts_from_its_midnight_in_london(people, client_for):
    sent = answers(value="2", unit="wd", when="day", from_day_day="1", from_day_month="7", from_day_year="2099")
    assert client_for("agency_lead").post(f"{OWN}clock.contact/", sent).status_code == 302
    row = Policy.objects.get()
    assert (row.value, row.effective_from.isoformat()) == ("2wd", "2099-06-30T23:00:00+00:00")
    agency = people.agency("northvale_housing").pk
    assert in_force("clock.contact", agency, timezone.now()).value == "48h"
    assert in_force("clock.contact", agency, row.effective_from).value == "2wd"
    assert "From Wednesday 1 July 2099" in client_for("agency_lead").get("/settings/").content.decode()


def test_the_partnerships_number_stands_behind_an_agencys_own(people, client_for):
    client = client_for("partnership_administrator")
    assert client.post(f"{PARTNERSHIP}clock.contact/", answers(value="36")).status_code == 302
    now, agency = timezone.now(), people.agency("northvale_housing").pk
    assert in_force("clock.contact", agency, now).value == "36h"
    set_policy(people.actor("administrator"), key="clock.contact", value="12h", reason="r")
    assert in_force("clock.contact", agency, timezone.now()).value == "12h"
    assert in_force("clock.contact", people.agency("harbour_idva").pk, timezone.now()).value == "36h"


@pytest.mark.parametrize(
    ("key", "wrong", "words"),
    [
        ("clock.contact", {"value": ""}, "Enter the new value"), ("clock.contact", {"value": "x"}, "Enter a whole number"),
        ("clock.contact", {"value": "0"}, "working days like 2wd"),
        ("clock.contact", {"value": "-5"}, "Enter a number"), ("clock.contact", {"value": "241"}, "from 1 to 240"),
        ("clock.contact", {"unit": ""}, "Choose elapsed hours or working days"),
        ("clock.contact", {"unit": "minutes"}, "Choose one of the answers listed"), ("clock.contact", {"reason": " "}, "who agreed it"),
        ("clock.contact", {"when": "day"}, "Enter the first day"),
        ("clock.contact", {"when": "day", "from_day_day": "1", "from_day_month": "1", "from_day_year": "2020"}, "today or in the future"),
        ("clock.contact", {"when": "day", "from_day_day": "30", "from_day_month": "2", "from_day_year": "2099"}, "real date"),
        ("contact.attempt_limit", {"value": "0"}, "from 1 to 20"), ("contact.attempt_limit", {"value": "1" * 50}, "from 1 to 20"),
        ("contact.attempt_limit", {"value": "3.5"}, "Enter a whole number"),
        ("clock.contact", {"once": ""}, "Open it again"), ("clock.contact", {"reason": "<b>" + "x" * 300}, "300 characters"),
    ],
)
def test_a_bad_value_is_told_in_words_and_nothing_is_set(key, wrong, words, people, client_for):
    answer = client_for("agency_lead").post(f"{OWN}{key}/", answers(**wrong))
    assert answer.status_code == 422 and words in answer.content.decode() and "There is a problem" in answer.content.decode()
    assert not Policy.objects.exists() and "<b>x" not in answer.content.decode()


def test_the_same_form_twice_sets_it_once(people, client_for):
    sent, client = answers(), client_for("agency_lead")
    assert [client.post(f"{OWN}clock.contact/", sent).url for _ in range(2)] == ["/settings/"] * 2
    assert Policy.objects.count() == 1


def test_medium_must_start_below_high_also_at_a_later_setting(people):
    actor, now = people.actor("partnership_administrator"), timezone.now()
    with pytest.raises(Refused, match="Medium must start below high"):
        set_partnership_policy(actor, key="dash.medium_from", value="14", reason="r")
    set_partnership_policy(actor, key="dash.high_from", value="12", reason="r", effective_from=now + 48 * HOUR)
    # Fits today's high of 14, but not the 12 that is coming.
    with pytest.raises(Refused, match="high at 12"):
        set_partnership_policy(actor, key="dash.medium_from", value="13", reason="r")
    # Superseded before then, it fits.
    set_partnership_policy(actor, key="dash.medium_from", value="11", reason="r", effective_from=now + 24 * HOUR)
    set_partnership_policy(actor, key="dash.medium_from", value="13", reason="r")
    set_partnership_policy(actor, key="dash.high_from", value="15", reason="r", effective_from=now + 72 * HOUR)


def test_the_past_is_never_rewritten(people):
    with pytest.raises(Refused, match="not in the past"):
        set_policy(people.actor("agency_lead"), key="clock.contact", value="24h", reason="r", effective_from=timezone.now() - HOUR)
    assert rules.reasons_not_from(timezone.now(), timezone.now() - HOUR) == []
    assert rules.reasons_bands_clash(9, 10) == []


@pytest.mark.parametrize("facts", [{"key": "nothing.such"}, {"key": "dash.high_from"}, {"value": "24"}, {"value": "24x"}, {"value": "h"}, {"reason": " "}])
def test_the_action_itself_refuses(facts, people):
    with pytest.raises(Refused):
        set_policy(people.actor("agency_lead"), **{"key": "clock.contact", "value": "24h", "reason": "r"} | facts)
    assert not Policy.objects.exists()


@pytest.mark.parametrize("persona", ["housing_officer", "idva", "commissioner", "auditor", "superuser", "outsider", "marac_coordinator"])
def test_nobody_without_the_capability(persona, people, client_for):
    client = client_for(persona)
    for address in ("/settings/", f"{OWN}clock.contact/", f"{PARTNERSHIP}clock.contact/"):
        assert client.get(address).status_code == 403
        assert client.post(address, answers()).status_code == 403
    with pytest.raises(PermissionDenied):
        set_policy(people.actor(persona), key="clock.contact", value="24h", reason="r")
    with pytest.raises(PermissionDenied):
        set_partnership_policy(people.actor(persona), key="clock.contact", value="24h", reason="r")
    assert not Policy.objects.exists()


def test_an_agencys_administrator_cannot_set_the_partnerships_numbers(people, client_for):
    client = client_for("administrator")
    assert client.post(f"{PARTNERSHIP}clock.contact/", answers()).status_code == 403
    assert client.get(f"{OWN}dash.high_from/").status_code == 404
    assert client.get("/settings/elsewhere/clock.contact/").status_code == client.get(f"{OWN}no.such/").status_code == 404
    with pytest.raises(PermissionDenied):
        set_partnership_policy(people.actor("administrator"), key="clock.contact", value="24h", reason="r")


def test_a_history_is_read_in_a_constant_number_of_queries(people, client_for):
    client = client_for("agency_lead")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/settings/")
        return len(captured)

    queries()
    first = queries()
    for n in range(10):
        set_policy(people.actor("agency_lead"), key="clock.contact", value=f"{n + 1}h", reason="r")
        set_policy(people.actor("agency_lead"), key="contact.attempt_limit", value=str(n + 1), reason="r")
    assert queries() == first
