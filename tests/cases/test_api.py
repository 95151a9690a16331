"""Cases over the API: denied unless granted, the parts that the level opens and no more, never a number or a protected address."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from cases.models import Address, Case, Entry, Exclusion, Party, SafeContact
from cases.safe_contact import SHARED_HOME
from tests.cases.contacting import way

HOUR = timedelta(hours=1)


def references(client, address="/api/v1/cases/"):
    return [case["reference"] for case in client.get(address).json()["results"]]


def test_signed_out_is_401(db, a_case):
    case = a_case()
    for address in ("/api/v1/cases/", f"/api/v1/cases/{case.reference}/"):
        assert Client().get(address).status_code == 401


@pytest.mark.parametrize(("persona", "on_list"), [("outsider", 200), ("health_visitor", 200), ("superuser", 403), ("commissioner", 403), ("auditor", 403), ("administrator", 403)])
def test_for_the_outsider_nothing_is_there(persona, on_list, people, a_case, client_for):
    case = a_case()
    client = client_for(persona)
    answer = client.get("/api/v1/cases/")
    assert answer.status_code == on_list
    assert case.reference not in answer.content.decode()
    there, absent = client.get(f"/api/v1/cases/{case.reference}/"), client.get("/api/v1/cases/ZZZZ-ZZZZ/")
    assert there.status_code == absent.status_code == 404
    assert there.content.decode().replace(case.reference, "") == absent.content.decode().replace("ZZZZ-ZZZZ", "")


def test_a_meeting_sees_no_case_and_nothing_is_changed_over_the_api(people, a_case, share, client_for):
    case = a_case()
    share(case, "vale_police", "meeting")
    client = client_for("marac_coordinator")
    assert references(client) == []
    assert client.get(f"/api/v1/cases/{case.reference}/").status_code == 403
    housing = client_for("housing_officer")
    assert client.post("/api/v1/cases/", content_type="application/json").status_code == 403
    ways = [(method, address) for method in ("put", "patch", "delete") for address in ("/api/v1/cases/", f"/api/v1/cases/{case.reference}/")]
    for method, address in [*ways, ("post", f"/api/v1/cases/{case.reference}/")]:
        assert getattr(housing, method)(address, content_type="application/json").status_code in (403, 405)


def test_what_each_level_opens(people, a_case, share, client_for):
    case = a_case(received_ago=50 * HOUR)
    party = case.parties.get(role="victim")
    Address.objects.create(case=case, party=party, lines="1 CANARY Row", postcode="ZZ99 3VZ", visibility="confidential", from_at=timezone.now())
    for audience, title in (("agency", "PRIVATE-NOTE"), ("partners", "For partners")):
        Entry.objects.create(
            case=case, agency=case.lead_agency, audience=audience, kind="note", title=title, text="<b>words</b>", happened_at=timezone.now(), recorded_at=timezone.now()
        )
    share(case, "harbour_idva", "summary")
    summary = client_for("idva").get(f"/api/v1/cases/{case.reference}/").json()
    assert summary["victim"] == "Marigold Thistlewood" and summary["lead_worker"] == "Tamsin Okonedo-Reyes" and summary["shared"] is None
    assert summary["safe_contact"][0].keys() == {"channel", "is_safe_now", "not_now", "is_safe", "times", "voicemail", "verified_at"}
    assert "Rufus" not in str(summary) and "For partners" not in str(summary)
    share(case, "harbour_idva", "partner")
    partner = client_for("idva").get(f"/api/v1/cases/{case.reference}/").json()
    assert {person["name"] for person in partner["shared"]["people"]} == {"Marigold Thistlewood", "Rufus Blackwater", "Juniper Thistlewood"}
    assert [clock["is_missed"] for clock in partner["shared"]["running_clocks"]] == [True]
    assert "For partners" in str(partner) and "PRIVATE-NOTE" not in str(partner)
    lead = client_for("housing_officer").get(f"/api/v1/cases/{case.reference}/").json()
    assert "PRIVATE-NOTE" in str(lead)
    for answer in (summary, partner, lead):
        assert "900123" not in str(answer) and "CANARY" not in str(answer) and "ZZ99" not in str(answer) and "bluebell" not in str(answer)


def test_an_entry_that_was_corrected_is_not_told_as_it_first_stood(people, a_case, client_for):
    case, now = a_case(), timezone.now()
    facts = {"case": case, "agency": case.lead_agency, "audience": "partners", "kind": "note", "happened_at": now, "recorded_at": now}
    first = Entry.objects.create(title="FIRST-WORDING", **facts)
    Entry.objects.create(title="As corrected", supersedes=first, **facts)
    answer = str(client_for("housing_officer").get(f"/api/v1/cases/{case.reference}/").json())
    assert "As corrected" in answer and "FIRST-WORDING" not in answer


def test_a_bar_beats_the_api(people, a_case, share, client_for):
    case = a_case()
    share(case, "harbour_idva")
    assert references(client_for("idva")) == [case.reference]
    Exclusion.objects.create(case=case, user=people.idva, reason="friend", made_at=timezone.now(), made_by=people.housing_manager)
    assert references(client_for("idva")) == []
    assert client_for("idva").get(f"/api/v1/cases/{case.reference}/").status_code == 404
    assert references(client_for("other_idva")) == [case.reference]


def test_pages_follow_each_other_and_queries_are_constant(people, a_case, client_for):
    client = client_for("housing_officer")

    def queries(address="/api/v1/cases/"):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    cases = [a_case(clock=None, with_phone=False, with_child=False) for _ in range(2)]
    queries()
    first = queries()
    cases += [a_case(clock=None, with_phone=False, with_child=False) for _ in range(28)]
    assert queries() == first <= 5
    page = client.get("/api/v1/cases/").json()
    rest = client.get("/api/v1/cases/", {"after": page["after"]}).json()
    assert [case["reference"] for case in page["results"] + rest["results"]] == sorted(case.reference for case in cases)
    assert rest["after"] is None
    for nonsense in ("\0", "x" * 5000, "'"):
        assert client.get("/api/v1/cases/", {"after": nonsense}).status_code == 200


def test_looking_is_kept(people, a_case, client_for):
    case = a_case()
    client = client_for("housing_officer")
    client.get("/api/v1/cases/")
    client.get(f"/api/v1/cases/{case.reference}/")
    assert Event.objects.filter(verb="case.list", subject="api:cases", channel="api", after={"count": 1}).count() == 1
    assert Event.objects.filter(verb="case.read", subject="api", channel="api", case_reference=case.reference, outcome="read").count() == 1


def test_the_answer_is_never_stored(people, a_case, client_for):
    assert client_for("housing_officer").get("/api/v1/cases/")["Cache-Control"] == "no-store"


def test_a_mark_of_safe_is_not_passed_on_without_whether_it_holds_now(people, a_case, share, client_for):
    case, now = a_case(), timezone.now()
    way(case, "visit", "4 Plover Court")
    way(case, "text", "07700 900456", verified_at=None, verified_by=None)
    way(case, "email", "mari@example.org", verified_at=now - timedelta(days=40), recorded_at=now - timedelta(days=40))
    Case.objects.filter(pk=case.pk).update(risk_level="high", risk_level_at=now)
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=True)
    share(case, "harbour_idva", "summary")
    for persona in ("housing_officer", "idva"):
        told = {one["channel"]: one for one in client_for(persona).get(f"/api/v1/cases/{case.reference}/").json()["safe_contact"]}
        assert {channel: (one["is_safe"], one["is_safe_now"]) for channel, one in told.items()} == {
            "phone": ("yes", True), "visit": ("yes", False), "text": ("yes", False), "email": ("yes", False),
        }
        assert told["phone"]["not_now"] == [] and told["visit"]["not_now"] == [SHARED_HOME]
        assert "not checked with them" in told["text"]["not_now"][0] and "too long" in told["email"]["not_now"][0]


def test_that_somebody_is_in_danger_is_told_at_every_level(people, a_case, share, client_for):
    case, now = a_case(), timezone.now()
    share(case, "harbour_idva", "summary")

    def told():
        answer = client_for("idva").get(f"/api/v1/cases/{case.reference}/").json()
        return bool(answer["danger_reported_at"]), bool(answer["danger_settled_at"])

    assert told() == (False, False)
    Case.objects.filter(pk=case.pk).update(danger_reported_at=now)
    assert told() == (True, False)
    Case.objects.filter(pk=case.pk).update(danger_settled_at=now)
    assert told() == (True, True)


def test_a_case_with_more_ways_of_contact_costs_no_more_queries(people, a_case, client_for):
    case = a_case()
    client = client_for("housing_officer")
    way(case, "visit", "4 Plover Court")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/api/v1/cases/{case.reference}/")
        return len(captured)

    queries()
    first = queries()
    for number in range(5):
        way(case, "text", f"07700 90045{number}")
    assert SafeContact.objects.filter(case=case).count() == 7 and queries() == first
