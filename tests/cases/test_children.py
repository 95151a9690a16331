"""The children of a case: who may see and decide, what stands at the top until somebody has, and where a school is never read."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases.actions import children as actions
from cases.actions.people import add_person
from cases.models import Case, ChildDecision, ChildDetails, ChildNote, ChildrenAsked, Entry, Party

SCHOOL, GP = "CANARY Heron Lane Primary", "CANARY Dr Finchley"
WHY = "He has lived abroad with his grandmother since birth."
PAGES = ["children", "child", "children_ask", "child_decide", "child_change", "child_note", "child_places", "child_risk"]
CHANGE = {
    "to_perpetrator": "child", "lives_with": "victim", "at_incident": "in_home", "contact": "supervised", "consent": "not_asked", "is_protected": "yes",
}


@pytest.fixture
def case(a_case):
    return a_case()


def juniper(case):
    return case.parties.get(role="child")


def url_of(case, name):
    ids = [] if name in ("children", "children_ask") else [juniper(case).pk]
    return reverse(name, args=[case.reference, *ids])


def text_of(client, case, name="case"):
    response = client.get(url_of(case, name) if name != "case" else reverse("case", args=[case.reference]))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def send(client, case, name, **facts):
    case.refresh_from_db()
    return client.post(url_of(case, name), {"once": str(uuid4()), "revision": case.revision} | facts)


def decide(people, case, persona="housing_officer", **facts):
    given = {"decision": "victim", "effects": ["heard"]} | facts
    return actions.decide_child(people.actor(persona), case, party_id=juniper(case).pk, **given)


def with_school(people, case, **facts):
    return actions.change_child(people.actor("housing_officer"), case, party_id=juniper(case).pk, school=SCHOOL, gp=GP, **facts)


# --- from the outside


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_closed_from_outside_and_below_partner_level(client_for, case, share, name):
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva", "partner")
    for persona in ("outsider", "superuser", "commissioner", "auditor", "health_visitor"):
        assert client_for(persona).get(url_of(case, name)).status_code == 404, persona
    assert client_for("outreach_worker").get(url_of(case, name)).status_code == 403
    assert client_for("idva").get(url_of(case, name)).status_code == (403 if name == "child_change" else 200)  # changing people is the lead agency's
    assert client_for("specialist_da_officer").get(url_of(case, name)).status_code == 200
    assert client_for("housing_officer").get(url_of(case, name)).status_code == (403 if name == "child_risk" else 200)


def test_the_actions_refuse_whoever_may_not(people, case, share, a_case):
    share(case, "lantern_outreach", "summary")
    child = juniper(case).pk
    calls = [
        lambda who: decide(people, case, who),
        lambda who: actions.ask_about_children(people.actor(who), case, answer="no"),
        lambda who: actions.note_child(people.actor(who), case, party_id=child, kind="needs", text="x", audience="agency"),
        lambda who: actions.change_child(people.actor(who), case, party_id=child, school="x"),
        lambda who: actions.judge_risk(people.actor(who), case, party_id=child, scale=3, has_special_needs=False, reason=WHY),
    ]
    for persona, problem in (("outsider", Http404), ("outreach_worker", PermissionDenied)):
        for call in calls:
            with pytest.raises(problem):
                call(persona)
    other = a_case()
    with pytest.raises(Http404):
        actions.decide_child(people.actor("housing_officer"), other, party_id=child, decision="victim", effects=["saw"])
    with pytest.raises(Http404):  # only a child is decided about as one
        actions.decide_child(people.actor("housing_officer"), case, party_id=case.parties.get(role="victim").pk, decision="victim", effects=["saw"])
    assert not ChildDecision.objects.exists() and not ChildDetails.objects.exists() and not ChildNote.objects.exists() and not ChildrenAsked.objects.exists()


def test_a_closed_case_refuses(people, case):
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    for call in (lambda: decide(people, case), lambda: actions.ask_about_children(people.actor("housing_officer"), case, answer="no")):
        with pytest.raises(Refused, match="closed"):
            call()


# --- the top of the case


def test_the_case_says_at_its_top_who_waits_for_a_decision(people, client_for, case, share):
    share(case, "lantern_outreach", "summary")
    client = client_for("housing_officer")
    text = text_of(client, case)
    assert "Not decided yet whether they are a victim in their own right" in text and "Decide whether each child is a victim in their own right" in text
    assert text.index("children-undecided") < text.index("Safe contact</h2>")
    assert "Juniper" not in text_of(client_for("outreach_worker"), case) and "children-" not in text_of(client_for("outreach_worker"), case)
    assert send(client, case, "child_decide", decision="victim", effects=["heard", "felt_effects"]).status_code == 302
    text = text_of(client, case)
    assert "children-undecided" not in text and "Decide whether each child" not in text
    page = text_of(client, case, "child")
    assert "Affected: a victim in their own right" in page and "Heard it" in page and "Saw it" not in page and "Tamsin Okonedo-Reyes" in page
    event = Event.objects.get(verb="child.decide", outcome="done")
    assert event.after == {"decision": "victim", "effects": ["felt_effects", "heard"]}


def test_the_child_who_is_away_and_the_unborn_wait_too(people, client_for, case):
    actor = people.actor("housing_officer")
    add_person(actor, case, role="child", given_name="Rowan", relationship="other", lives_with_victim=False)
    add_person(actor, case, role="child", is_unborn=True, expected_on=timezone.localdate() + timedelta(days=90))
    add_person(actor, case, role="child", given_name="Aldous", date_of_birth=date(1996, 1, 1), age_is_right=True)
    text = text_of(client_for("housing_officer"), case)
    top = text[text.index("children-undecided"):text.index("Safe contact</h2>")]
    assert "Juniper" in top and "Rowan" in top and "Unborn child" in top and "Aldous" not in top


def test_where_nobody_has_asked_the_case_asks_until_there_is_an_answer(people, client_for, a_case):
    case, client = a_case(with_child=False), client_for("housing_officer")
    assert "Nobody has asked about children yet" in text_of(client, case)
    url = reverse("children_ask", args=[case.reference])
    for answer, is_asked in (("not_known", True), ("no", False)):
        case.refresh_from_db()
        assert client.post(url, {"once": str(uuid4()), "revision": case.revision, "answer": answer}).status_code == 302
        assert ("Ask about children</a>" in text_of(client, case)) is is_asked
    case.refresh_from_db()
    answered = client.post(url, {"once": str(uuid4()), "revision": case.revision, "answer": "yes"})
    assert answered["Location"].endswith("people/add/?role=child")
    assert "Add each child" in text_of(client, case)
    assert 'value="child" checked' in client.get(answered["Location"]).content.decode()
    assert ChildrenAsked.objects.count() == 3


def test_the_day_of_a_birth_that_has_passed_is_asked_about(people, client_for, case):
    Party.objects.filter(pk=juniper(case).pk).update(is_unborn=True, expected_on=timezone.localdate() - timedelta(days=2))
    assert "Has the child been born?" in text_of(client_for("housing_officer"), case)


def test_what_was_decided_before_is_kept(people, client_for, case):
    decide(people, case)
    decide(people, case, decision="not_affected", effects=[], reason=WHY)
    page = text_of(client_for("housing_officer"), case, "child")
    assert "Not affected" in page and WHY in page and "Decided before" in page and "Affected: a victim" in page
    assert Entry.objects.filter(title="Decided about a child: not affected", text=WHY).exists()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "Answer “Is this child affected?”"),
        ({"decision": "victim"}, "Select whether they saw it, heard it"),
        ({"decision": "not_affected", "reason": "kept short"}, "Say why they are not affected"),
        ({"decision": "not_affected", "reason": "x" * 1001}, "1,000 characters or fewer"),
        ({"decision": "nonsense", "reason": "kept"}, "Choose one of the answers listed"),
    ],
)
def test_a_wrong_decision_is_refused_beside_its_question(client_for, case, facts, words):
    response = send(client_for("housing_officer"), case, "child_decide", **facts)
    text = response.content.decode()
    assert response.status_code == 422 and words in text and facts.get("reason", "")[:100] in text
    assert not ChildDecision.objects.exists()


def test_two_people_decide_at_once_and_the_later_is_told(people, client_for, case):
    revision = Case.objects.get(pk=case.pk).revision
    decide(people, case)
    response = client_for("housing_officer").post(
        url_of(case, "child_decide"), {"once": str(uuid4()), "revision": revision, "decision": "not_affected", "reason": WHY}
    )
    assert response.status_code == 422 and "As it stands now" in response.content.decode() and WHY in response.content.decode()


# --- ages that are asked about


@pytest.mark.parametrize(
    ("years", "words"), [(40, "as old as the victim/survivor, or older"), (19, "18 or over, so they are not a child in law")]
)
def test_an_unlikely_age_is_asked_about_beside_the_field_and_can_be_right(people, client_for, case, years, words):
    client, url = client_for("housing_officer"), reverse("person_add", args=[case.reference])
    facts = {"role": "child", "given_name": "Kept", "approximate_age": years, "sex": "unknown", "relationship": "child", "lives_with_victim": "no", "is_unborn": "no"}
    case.refresh_from_db()
    facts |= {"once": str(uuid4()), "revision": case.revision}
    response = client.post(url, facts)
    text = response.content.decode()
    assert response.status_code == 422 and words in text and 'href="#id_approximate_age"' in text and "The age of this child is right" in text and 'value="Kept"' in text
    assert client.post(url, facts | {"age_is_right": "on"}).status_code == 302
    party = Party.objects.get(person__approximate_age=years)
    # A change of the name alone asks nothing again.
    case.refresh_from_db()
    again = facts | {"once": str(uuid4()), "revision": case.revision, "given_name": "Changed"}
    assert client.post(reverse("person_change", args=[case.reference, party.pk]), again).status_code == 302


# --- their own risk


def test_a_childs_own_risk_is_judged_on_their_page(people, client_for, case):
    client = client_for("specialist_da_officer")
    assert "Nobody has judged it yet" in text_of(client, case, "child")
    short = send(client, case, "child_risk", scale="2", has_special_needs="no", reason="kept")
    assert short.status_code == 422 and "20 characters or more" in short.content.decode() and "kept" in short.content.decode()
    assert send(client, case, "child_risk", scale="9", has_special_needs="no", reason=WHY).status_code == 422
    assert send(client, case, "child_risk", scale="2", has_special_needs="no", reason="Holds on to her mother all day long.").status_code == 302
    page = text_of(client, case, "child")
    assert "3. Serious: child in need" in page and "Judged as 2; one step more counts under seven." in page and "Holds on to her mother" in page
    assert Event.objects.get(verb="child.judge", outcome="done").after == {"scale": 2, "threshold": 3, "special_needs": False}


# --- school and GP


def test_a_protected_school_is_read_only_by_who_may(people, client_for, case, share, a_case):
    share(case, "harbour_idva", "partner")
    share(case, "valley_health", "partner")  # a practitioner may not see protected addresses
    share(case, "vale_probation", "partner")
    with_school(people, case)
    for persona in ("health_visitor", "marac_representative"):
        client = client_for(persona)
        for name in ("case", "child", "children"):
            assert "CANARY" not in text_of(client, case, name), (persona, name)
        assert client.get(url_of(case, "child_places")).status_code == 403
        assert "CANARY" not in client.get(reverse("case_chronology", args=[case.reference])).content.decode()
    assert "CANARY" not in text_of(client_for("idva"), case, "child") and "Show them" in text_of(client_for("idva"), case, "child")
    shown = text_of(client_for("idva"), case, "child_places")
    assert SCHOOL in shown and GP in shown
    assert Event.objects.filter(verb="case.read", subject=f"child-places:{juniper(case).pk}", actor=f"user:{people.idva.pk}").count() == 1
    assert not any("CANARY" in f"{event.before}{event.after}{event.subject}" for event in Event.objects.all())
    with_school(people, case, is_protected=False)
    assert SCHOOL in text_of(client_for("health_visitor"), case, "child")


def test_who_may_not_see_the_school_keeps_it_as_it_is_when_they_change_the_rest(people, client_for, a_case):
    case = a_case("call_handler")  # changes people, and may not see protected addresses
    actions.change_child(people.actor("call_handler"), case, party_id=juniper(case).pk, school=SCHOOL)
    client = client_for("call_handler")
    text = text_of(client, case, "child_change")
    assert "CANARY" not in text and 'name="school"' not in text and "They stay as they are" in text
    assert send(client, case, "child_change", **CHANGE | {"school": "Typed all the same", "in_whose_care": "Her aunt"}).status_code == 302
    latest = ChildDetails.objects.first()
    assert (latest.school, latest.in_whose_care, latest.is_protected) == (SCHOOL, "Her aunt", True)
    assert ChildDetails.objects.count() == 2


def test_no_text_that_partners_read_names_the_protected_school(people, client_for, case):
    with_school(people, case)
    client = client_for("housing_officer")
    for name, facts in (
        ("child_decide", {"decision": "not_affected", "reason": f"Seen safe and well at {SCHOOL} on Friday"}),
        ("child_change", CHANGE | {"school": SCHOOL, "contact_arrangement": f"He waits outside {SCHOOL}"}),
        ("child_note", {"kind": "needs", "text": f"Settled at {SCHOOL}", "audience": "partners"}),
    ):
        response = send(client, case, name, **facts)
        assert response.status_code == 422 and "names a protected place" in response.content.decode(), name
    assert send(client, case, "child_note", kind="needs", text=f"Settled at {SCHOOL}", audience="agency").status_code == 302


def test_the_details_are_kept_and_shown(people, client_for, case):
    client = client_for("housing_officer")
    facts = CHANGE | {"school": SCHOOL, "parental_responsibility": "Both parents", "contact_arrangement": "Saturdays, with her aunt there", "own_worker": "School nurse"}
    assert send(client, case, "child_change", **facts).status_code == 302
    page = text_of(client, case, "child")
    for words in ("Son or daughter", "Elsewhere in the home", "Both parents", "Only with somebody else there", "Saturdays, with her aunt there", "School nurse"):
        assert words in page
    assert send(client, case, "child_change", **CHANGE | {"lives_with": "nonsense"}).status_code == 422
    assert Event.objects.filter(verb="child.change", outcome="done").latest("id").after["changed"]


# --- what they said


def test_what_one_agency_keeps_to_itself_no_other_reads(people, client_for, case, share):
    share(case, "harbour_idva", "partner")
    child = juniper(case).pk
    for text, audience in (("CANARY-OWN-WORDS", "agency"), ("Goes to Bryony next door", "partners")):
        actions.note_child(people.actor("housing_officer"), case, party_id=child, kind="plan", text=text, audience=audience)
    theirs, own = text_of(client_for("idva"), case, "child"), text_of(client_for("housing_officer"), case, "child")
    assert "CANARY" not in theirs and "Goes to Bryony" in theirs and "CANARY-OWN-WORDS" in own
    for name in ("case", "children"):
        assert "CANARY" not in text_of(client_for("idva"), case, name)


# --- cost


def test_the_pages_cost_the_same_with_many_children(people, client_for, case):
    client, actor = client_for("housing_officer"), people.actor("housing_officer")
    counts = []
    for more in (0, 6):
        for number in range(more):
            add_person(actor, case, role="child", given_name=f"Sibling {number}", approximate_age=number + 1)
        for child in case.parties.filter(role="child"):
            actions.decide_child(actor, case, party_id=child.pk, decision="victim", effects=["saw"])
        found = []
        one = case.parties.filter(role="child").first().pk
        for name, ids in (("case", []), ("children", []), ("child", [one])):
            url = reverse(name, args=[case.reference, *ids])
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
