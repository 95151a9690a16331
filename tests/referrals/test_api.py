"""Disclosures over the API: the same forms, the same action, the same eyes; and once is once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from audit.models import Event
from cases.models import Case, Clock, Party, SafeContact, SafeWindow
from referrals.models import Disclosure
from tests.referrals import walk

pytestmark = pytest.mark.django_db
URL = "/api/v1/disclosures/"
RECEIVED = "2026-03-18T10:20:00Z"

FULL = {
    "danger": {"danger": "no"},
    "route": {"route": "partner", "reporter": "agency", "reported_by": "Duty desk"},
    "received": {"received_at": RECEIVED},
    "account": {"account": "Seen at clinic.", "audience": "agency"},
    "victim": {"given_name": "علياء", "family_name": "O'Hara", "approximate_age": 19},
    "home": {"postcode": "zz993vz", "visibility": "confidential"},
    "contact": {"any": "yes"},
    "channels": {"rows": [
        {"channel": "text", "value": "07700 900456", "is_safe": "yes", "said_by_them": "yes", "times": "windows", "days_1": ["0", "4"], "from_1": "12:00", "to_1": "13:00"},
        {"channel": "visit", "is_safe": "no"},
    ]},
    "perpetrator": {"known": "no", "reason": "Not asked yet", "relationship": "partner"},
    "children": {"any": "yes"},
    "each_child": {"rows": [{"stage": "born", "given_name": "Juniper", "approximate_age": 1}]},
    "stalking": {"stalking": "not_known"},
    "consent": {"state": "not_asked_unsafe", "unsafe_reason": "He was in the room"},
}


def changed(**pages):
    return {code: answers for code, answers in (FULL | pages).items() if answers is not None}


@pytest.fixture
def send(client_for):
    def sent(answers=None, persona="health_visitor", key=None, address=URL, **more):
        headers = {"HTTP_IDEMPOTENCY_KEY": str(key)} if key else {}
        body = {"answers": FULL if answers is None else answers} | more
        return client_for(persona).post(address, body, content_type="application/json", **headers)

    return sent


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(datetime(2026, 3, 18, 12, 0, tzinfo=UTC)):
        yield


def test_logged_over_the_api_like_on_the_pages(send, people):
    response = send()
    assert response.status_code == 201, response.content
    body = response.json()
    disclosure = Disclosure.objects.get(reference=body["reference"])
    assert response.headers["Location"] == f"{URL}{disclosure.reference}/"
    assert (body["state"], body["case"], body["answers"]) == ("submitted", disclosure.case.reference, None)
    case = disclosure.case
    assert case.lead_agency == people.agency("valley_health")
    assert case.parties.get(role="victim").person.name == "علياء O'Hara"
    assert case.parties.get(role="child").person.approximate_age == 1
    assert case.addresses.get().visibility == "confidential"
    assert sorted(SafeContact.objects.values_list("channel", "value", "is_safe")) == [("text", "+447700900456", "yes"), ("visit", "", "no")]
    assert sorted(SafeWindow.objects.values_list("weekday", flat=True)) == [0, 4]
    assert case.consents.get().reason == "He was in the room"
    clock = Clock.objects.get()
    assert (clock.kind, clock.started_at, clock.due_at) == ("contact", datetime(2026, 3, 18, 10, 20, tzinfo=UTC), datetime(2026, 3, 20, 10, 20, tzinfo=UTC))
    assert Event.objects.get(verb="disclosure.log").channel == "api"


def test_the_same_key_twice_leads_to_the_same_case(send):
    key = uuid4()
    first, second = send(key=key), send(key=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Case.objects.count() == 1
    assert send().status_code == 201
    assert Case.objects.count() == 2


def test_a_key_of_somebody_else_tells_nothing(send):
    key = uuid4()
    assert send(key=key).status_code == 201
    stolen = send(key=key, persona="outsider")
    assert stolen.status_code == 409
    assert stolen.json()["led_to"] == ""


def test_a_key_that_is_none_is_refused(send):
    assert send(key="not-a-key").status_code == 400
    assert not Case.objects.exists()


@pytest.mark.parametrize(("answers", "where", "words"), [
    (changed(received={"received_at": "2026-03-18T12:30:00Z"}), ("received", "received_at"), "now or in the past"),
    (changed(received={"received_at": "2026-02-30T10:00:00Z"}), ("received", "received_at"), "wrong format"),
    (changed(received={"received_at": "2024-01-10T10:00:00Z"}), ("received", "confirm"), "more than a year ago"),
    (changed(victim={"given_name": ""}), ("victim", "given_name"), "Enter a name"),
    (changed(victim={"given_name": "Mari", "date_of_birth": "2026-03-19"}), ("victim", "date_of_birth"), "today or in the past"),
    (changed(victim={"given_name": "Mari\x00"}), ("victim", "given_name"), "Null characters"),
    (changed(victim={"given_name": "Mari\x07"}), ("victim", "given_name"), "cannot be printed"),
    (changed(home={"postcode": "NOWHERE", "visibility": "normal"}), ("home", "postcode"), "full UK postcode"),
    (changed(account={"account": "a" * 10_001, "audience": "agency"}), ("account", "account"), "10000"),
    (changed(account={"account": {"file": "x"}, "audience": "agency"}), ("account", "account"), "Not a valid string"),
    (changed(consent={"state": "refused"}), ("consent", "refused_reason"), "Say what they said"),
    (changed(consent=None), ("consent",), "must be answered"),
    (changed(each_child={"rows": []}), ("each_child", "__all__"), "Add at least one"),
    (changed(route={"route": "gossip", "reporter": "self"}), ("route", "route"), "not a valid choice"),
])
def test_bad_answers_are_refused_beside_the_question(send, answers, where, words):
    response = send(answers)
    assert response.status_code == 400, response.content
    found = response.json()["answers"]
    for step in where:
        found = found[step]
    assert words in str(found)
    assert not Case.objects.exists()
    assert not Disclosure.objects.exists()


def test_a_row_is_refused_beside_its_question(send):
    response = send(changed(channels={"rows": [FULL["channels"]["rows"][0], {"channel": "phone", "value": "12", "is_safe": "yes"}]}))
    assert response.status_code == 400
    first, second = response.json()["answers"]["channels"]["rows"]
    assert first == {}
    assert "telephone number" in second["value"][0]


def test_an_unlikely_answer_is_taken_once_it_is_confirmed(send):
    long_ago = {"received_at": "2024-01-10T10:00:00Z"}
    assert send(changed(received=long_ago | {"confirmed": ["something_else"]})).status_code == 400
    assert send(changed(received=long_ago | {"confirmed": ["received_long_ago"]})).status_code == 201


def test_received_after_it_was_logged_is_refused(send):
    assert send(logged_at="2026-03-18T10:00:00Z").status_code == 409
    assert send(logged_at="2026-03-18T13:00:00Z").status_code == 409
    assert not Case.objects.exists()
    response = send(logged_at="2026-03-18T11:00:00Z")
    assert response.status_code == 201
    assert Disclosure.objects.get().logged_at == datetime(2026, 3, 18, 11, tzinfo=UTC)


def test_in_danger_the_rest_can_wait(send):
    needed = {"received": {"received_at": RECEIVED}, "victim": {"description": "Top flat"}}
    response = send({"danger": {"danger": "yes"}, "emergency": {"pace": "log_now"}} | needed)
    assert response.status_code == 201
    assert Party.objects.get().person.also_known_as == "Top flat"


@pytest.mark.parametrize("body", ["[]", "nonsense", "{}", '{"answers": []}', '{"answers": {"channels": {"rows": "x"}}}', '{"answers": null}'])
def test_a_body_that_makes_no_sense_is_refused(client_for, body):
    assert client_for("health_visitor").post(URL, body, content_type="application/json").status_code == 400


def test_a_form_of_another_site_is_refused(client_for):
    client = client_for("health_visitor", enforce_csrf_checks=True)
    assert client.post(URL, {"answers": FULL}, content_type="application/json").status_code == 403
    assert not Case.objects.exists()


def test_the_list_holds_ones_own_and_for_a_manager_the_agencys(client_for, send):
    walk.start(client_for("housing_officer"))
    send(persona="other_housing_officer")
    states = lambda persona: [one["state"] for one in client_for(persona).get(URL).json()["results"]]  # noqa: E731
    assert states("housing_officer") == ["draft"]
    assert states("other_housing_officer") == ["submitted"]
    assert states("housing_manager") == ["submitted", "draft"]
    assert states("outsider") == []
    assert "answers" not in client_for("housing_manager").get(URL).json()["results"][0]


def test_the_list_goes_on_and_takes_the_same_queries(client_for, send):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    officer, manager = client_for("housing_officer"), client_for("housing_manager")
    walk.start(officer)
    send(persona="housing_officer")
    with CaptureQueriesContext(connection) as few:
        manager.get(URL)
    for _ in range(28):
        walk.start(officer)
    with CaptureQueriesContext(connection) as many:
        page = manager.get(URL).json()
    assert len(many) == len(few)
    assert len(page["results"]) == 25
    rest = manager.get(URL, {"after": page["after"]}).json()
    assert (len(rest["results"]), rest["after"]) == (5, None)
    assert not {one["reference"] for one in page["results"]} & {one["reference"] for one in rest["results"]}
    assert manager.get(URL, {"after": "\x00"}).json()["results"] == []
    assert client_for("outsider").get(URL, {"after": page["after"]}).json()["results"] == []


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nothing_else_can_be_done(client_for, method):
    client = client_for("housing_officer")
    reference = walk.start(client)
    assert getattr(client, method)(f"{URL}{reference}/", {}, content_type="application/json").status_code == 405
    assert getattr(client, method)(URL, {}, content_type="application/json").status_code == 405


def test_received_long_before_opens_missed(send):
    assert send(changed(received={"received_at": (timezone.now() - timedelta(days=9)).isoformat()})).status_code == 201
    assert Clock.objects.get().is_breached(timezone.now())


def test_the_schema_has_no_warnings(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


CASES = "/api/v1/cases/"


def test_a_case_begins_with_a_disclosure_over_the_api_too(send, people, client_for):
    key = uuid4()
    answer = send(address=CASES, key=key)
    assert answer.status_code == 201, answer.content
    case = Case.objects.get()
    assert answer.json()["reference"] == case.reference and answer.headers["Location"] == f"{CASES}{case.reference}/"
    assert answer.json()["shared"]["running_clocks"][0]["kind"] == "contact" and Disclosure.objects.get().case == case
    assert "900456" not in answer.content.decode() and case.lead_agency == people.agency("valley_health")
    again = send(address=CASES, key=key)
    assert (again.status_code, again.json()["reference"], Case.objects.count()) == (200, case.reference, 1)
    assert client_for("outsider").get(answer.headers["Location"]).status_code == 404


@pytest.mark.parametrize("persona", ["commissioner", "marac_coordinator", "marac_representative", "auditor", "administrator", "superuser"])
def test_who_logs_no_disclosure_begins_no_case(send, persona):
    assert send(address=CASES, persona=persona).status_code == 403
    assert not Case.objects.exists()


def test_a_case_without_what_must_be_answered_is_refused_page_by_page(send):
    answer = send(changed(received=None, victim=None), address=CASES)
    assert answer.status_code == 400 and set(answer.json()["answers"]) == {"received", "victim"}
    assert not Case.objects.exists() and not Disclosure.objects.exists()


def test_a_key_of_somebody_else_opens_nothing_of_theirs(send, people):
    key = uuid4()
    first = send(address=CASES, key=key).json()["reference"]
    other = send(address=CASES, key=key, persona="outsider")
    assert first not in other.content.decode()
