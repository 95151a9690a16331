"""The pages of the safety plan: closed from outside, nothing typed is lost, and its words stand on no other page."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Policy
from cases.models import Case, Grant, SafetyPlan
from cases.plans import mark_of
from cases.rules import plan as rules
from tests.cases.planning import begun, finished, planned, typed, write

READING = ["plan", "plan_version", "plan_versions"]
WRITING = ["plan_start", "plan_draft", "plan_part", "plan_finish", "plan_discard"]


def ids_of(name):
    return [1] if name in ("plan_version", "plan_part") else []


def page_of(client, case, name="case", *ids, status=200):
    response = client.get(reverse(name, args=[case.reference, *ids]))
    assert response.status_code == status, response.status_code
    return response.content.decode()


def level(case, risk):
    Case.objects.filter(pk=case.pk).update(risk_level=risk, risk_level_at=timezone.now())


@pytest.mark.parametrize("name", READING + WRITING)
def test_the_pages_are_closed_from_outside(people, client_for, a_case, share, name):
    case = a_case()
    planned(people, case)
    begun(people, case)
    share(case, "lantern_outreach", "summary")
    share(case, "vale_probation")
    share(case, "vale_police", "meeting")
    url = reverse(name, args=[case.reference, *ids_of(name)])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
        assert name in READING or client_for(persona).post(url).status_code in (404, 405), persona
    for persona in ("outreach_worker", "marac_coordinator"):
        assert client_for(persona).get(url).status_code == 403, persona
    assert client_for("marac_representative").get(url).status_code == (200 if name in READING else 403)
    assert client_for("housing_officer").get(url).status_code == (302 if name == "plan_start" else 200)


def test_from_the_first_word_to_the_second_version(people, client_for, a_case):
    case = a_case()
    level(case, "high")
    client = client_for("housing_officer")
    assert "Make a safety plan" in page_of(client, case) and "There is no safety plan yet." in page_of(client, case, "plan")
    assert "There is no safety plan yet." in page_of(client, case, "plan_versions")
    assert client.post(reverse("plan_start", args=[case.reference]), {"once": str(uuid4())})["Location"] == reverse("plan_draft", args=[case.reference])
    assert "Go on with the safety plan" in page_of(client, case)
    draft = SafetyPlan.objects.get()
    part = reverse("plan_part", args=[case.reference, 1])
    text = page_of(client, case, "plan_part", 1)
    mark = mark_of(dict.fromkeys(rules.sections_of(1), ""))
    assert mark in text and "Safe place" in text and "55 if they cannot speak" in text
    response = client.post(part, {"once": str(uuid4()), "opened_with": mark, "danger": "Ring 999\r\nand go next door"})
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.danger == "Ring 999\nand go next door"
    assert "1 of 5 written" in page_of(client, case, "plan_draft")
    text = page_of(client, case, "plan_finish")
    assert "28 days from today: Waymark’s default" in text and "Will be read by" not in text and "read by: Northvale" in text and "A copy on a telephone" in text
    assert client.post(reverse("plan_finish", args=[case.reference]), typed(draft)).status_code == 302
    text = page_of(client, case, "plan")
    assert "version 1" in text and "and go next door" in text and "Added" not in text
    begun(people, case, danger="Ring 999", pets="The cat")
    finished(people, case)
    text = page_of(client, case, "plan")
    assert "In version 1" in text and "and go next door" in text and "Added" in text and "Changed" in text
    assert "Pets: added" in page_of(client, case, "plan_versions")
    assert "In version" not in page_of(client, case, "plan_version", 1) and page_of(client, case, "plan_version", 9, status=404)


def test_the_case_page_says_that_there_is_one_and_when_it_is_due(people, client_for, a_case, share):
    case = a_case()
    client = client_for("housing_officer")
    assert "There is none yet." in page_of(client, case)
    for risk, wanted in (("standard", False), ("medium", True), ("high", True)):
        level(case, risk)
        assert ("and there is no plan yet" in page_of(client, case)) is wanted
    planned(people, case, finish={"review_on": timezone.localdate() + timedelta(days=3)})
    text = page_of(client, case)
    assert "Version 1 of" in text and "no plan yet" not in text and "Review the safety plan" not in text and "Ring 999" not in text
    share(case, "lantern_outreach", "summary")
    assert "Safety plan" not in page_of(client_for("outreach_worker"), case)


def test_a_plan_whose_day_has_come_is_the_next_thing_to_do(people, client_for, a_case):
    import time_machine

    case = a_case(clock=None)
    planned(people, case, finish={"review_on": timezone.localdate() + timedelta(days=3)})
    for days, due, overdue in ((2, False, False), (3, True, False), (4, True, True)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            text = page_of(client_for("housing_officer"), case)
            assert ("Review the safety plan" in text, "Review overdue" in text) == (due, overdue), days


def test_the_later_of_two_writers_sees_both_and_loses_nothing(people, client_for, a_case):
    case = a_case()
    begun(people, case, danger="As it was")
    url = reverse("plan_part", args=[case.reference, 1])
    stored = dict.fromkeys(rules.sections_of(1), "") | {"danger": "As it was"}
    mark = mark_of(stored)
    write(people, case, "other_housing_officer", danger="By somebody else")
    client = client_for("housing_officer")
    late = client.post(url, {"once": str(uuid4()), "opened_with": mark, "danger": "Kept as typed"})
    text = late.content.decode()
    assert late.status_code == 422 and "Somebody else changed this" in text and "By somebody else" in text and "Kept as typed" in text
    new_mark = mark_of(stored | {"danger": "By somebody else"})
    assert new_mark in text
    assert client.post(url, {"once": str(uuid4()), "opened_with": new_mark, "danger": "Kept as typed"}).status_code == 302
    assert SafetyPlan.objects.get().danger == "Kept as typed"


def test_a_version_finished_meanwhile_is_shown_before_yours_takes_its_place(people, client_for, a_case, share):
    case = a_case()
    share(case, "harbour_idva")
    draft = begun(people, case, danger="Ours")
    begun(people, case, "idva", danger="Theirs")
    finished(people, case, "idva")
    client, url = client_for("housing_officer"), reverse("plan_finish", args=[case.reference])
    assert "finished version 1 after this draft was begun" in page_of(client, case, "plan_draft")
    late = client.post(url, typed(draft, agreed_with="Kept as typed"))
    text = late.content.decode()
    assert late.status_code == 422 and "Somebody else finished a version" in text and "Kept as typed" in text and "Theirs" in text and "Changed" in text
    assert 'name="newest_seen" value="1"' in text
    assert client.post(url, typed(draft, 1)).status_code == 302
    assert SafetyPlan.objects.get(number=2).danger == "Ours"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"is_agreed": ""}, "Is it agreed with the victim/survivor?"), ({"agreed_with": ""}, "Enter who went through it"), ({"agreed_on_day": ""}, "must include a day"),
        ({"agreed_on_year": "2999"}, "today or in the past"), ({"is_agreed": "no"}, "Say why it is not agreed"), ({"is_agreed": "no", "not_agreed_reason": "no"}, "10 characters"),
        ({"has_copy": ""}, "Have they been given a copy?"), ({"has_copy": "yes"}, "Say where the copy is kept"), ({"has_copy": "yes", "copy_kept": "bag"}, "why it is safe there"),
        ({"has_copy": "yes", "copy_kept": "x" * 501}, "500 characters"),
        ({"wants_address": ""}, "their address and their safe place on a printed copy"), ({"review_on_day": "99"}, "real date"),
        ({"in_days": 0}, "after today"), ({"draft_revision": "nonsense"}, "Somebody else changed this"),
    ],
)
def test_a_wrong_answer_is_said_in_words_and_nothing_is_lost(people, client_for, a_case, facts, words):
    case = a_case()
    draft = begun(people, case, danger="Ring 999")
    given = dict(facts)
    filled = typed(draft, in_days=given.pop("in_days", 28), **{"not_agreed_reason": "", **given})
    response = client_for("housing_officer").post(reverse("plan_finish", args=[case.reference]), filled)
    text = response.content.decode()
    assert response.status_code == 422 and words in text and "<title>Error: " in text and "Ring 999" in text
    assert not SafetyPlan.objects.exclude(number=None).exists()


def test_sent_twice_it_is_one_version(people, client_for, a_case):
    case = a_case()
    draft = begun(people, case, danger="Ring 999")
    client, facts = client_for("housing_officer"), typed(draft)
    first, second = (client.post(reverse("plan_finish", args=[case.reference]), facts) for _ in range(2))
    assert first["Location"] == second["Location"] == reverse("plan", args=[case.reference]) and SafetyPlan.objects.count() == 1


def test_too_long_a_text_and_a_page_that_is_not_there(people, client_for, a_case):
    case = a_case()
    begun(people, case)
    client = client_for("housing_officer")
    mark = mark_of(dict.fromkeys(rules.sections_of(2), ""))
    response = client.post(reverse("plan_part", args=[case.reference, 2]), {"once": str(uuid4()), "opened_with": mark, "pets": "x" * 4001})
    assert response.status_code == 422 and "4,000 characters or fewer" in response.content.decode()
    assert client.get(reverse("plan_part", args=[case.reference, 9])).status_code == 404


def test_without_a_draft_its_pages_lead_to_the_plan_and_what_was_typed_is_kept(people, client_for, a_case):
    case = a_case()
    client = client_for("housing_officer")
    for name in ("plan_draft", "plan_part", "plan_finish", "plan_discard"):
        assert client.get(reverse(name, args=[case.reference, *ids_of(name)]))["Location"] == reverse("plan", args=[case.reference])
    late = client.post(reverse("plan_part", args=[case.reference, 1]), {"once": str(uuid4()), "opened_with": "", "danger": "Kept as typed"})
    assert late.status_code == 422 and "finished or thrown away meanwhile" in late.content.decode() and "Kept as typed" in late.content.decode()


def test_a_draft_can_be_thrown_away(people, client_for, a_case):
    case = a_case()
    begun(people, case, danger="Ring 999")
    client = client_for("housing_officer")
    assert "cannot be brought back" in page_of(client, case, "plan_discard")
    assert client.post(reverse("plan_discard", args=[case.reference]), {"once": str(uuid4())}).status_code == 302
    assert not SafetyPlan.objects.exists()


def test_the_days_until_a_review_follow_the_risk_and_the_agencys_own_setting(people, client_for, a_case):
    case, now = a_case(), timezone.now()
    begun(people, case, danger="Ring 999")
    client = client_for("housing_officer")
    for risk, days in (("", 28), ("high", 28), ("medium", 56), ("standard", 84)):
        level(case, risk)
        assert f"{days} days from today" in page_of(client, case, "plan_finish")
    Policy.objects.create(
        agency=people.agency("northvale_housing"), key="plan.review_days_standard", value="10", effective_from=now - timedelta(hours=1), set_by=people.agency_lead,
        set_at=now,
    )
    assert "10 days from today: " in page_of(client, case, "plan_finish")


# --- its words


def test_its_words_stand_on_no_page_but_its_own(people, client_for, a_case, share):
    """The canary: whoever lacks `see_case` finds none of it anywhere, and who has it finds it on the pages of the plan alone."""
    case = a_case()
    level(case, "high")
    planned(people, case, **{code: f"canary-{code}" for code in rules.SECTIONS}, finish={"has_copy": True, "copy_kept": "canary-copy at work"})
    begun(people, case, danger="canary-draft")
    share(case, "lantern_outreach", "summary", worker="outreach_worker")
    share(case, "vale_police", "meeting")
    share(case, "harbour_idva", worker="idva")
    own = {reverse("plan", args=[case.reference]), reverse("plan_version", args=[case.reference, 1])}
    reference = case.reference
    others = [
        "/", reverse("work"), reverse("find") + "?q=anary-danger", reverse("find") + "?q=Thistlewood", reverse("notices"), reverse("case", args=[reference]),
        reverse("case_chronology", args=[reference]), reverse("case_flags", args=[reference]), reverse("case_contact", args=[reference]),
        reverse("plan_versions", args=[reference]), reverse("case_sharing", args=[reference]), "/api/v1/cases/", f"/api/v1/cases/{reference}/", reverse("marac"),
        reverse("returns"),
    ]
    seeing = {"housing_officer", "other_housing_officer", "housing_manager", "specialist_da_officer", "agency_lead", "idva", "other_idva", "idva_manager"}
    for persona in people.names():
        client = client_for(persona)
        for url in others:
            assert "canary" not in client.get(url, follow=True).content.decode(), (persona, url)
        for url in own:
            response = client.get(url)
            assert ("canary-pets" in response.content.decode()) is (response.status_code == 200) is (persona in seeing), (persona, url)
        draft = client.get(reverse("plan_finish", args=[reference])).content.decode()
        ours = persona in {"housing_officer", "other_housing_officer", "housing_manager", "specialist_da_officer", "agency_lead"}
        assert ("canary-draft" in draft) is ours, persona


@pytest.mark.parametrize(
    ("persona", "agency", "hidden"), [("marac_representative", "vale_probation", ["phone", "safe_place"]), ("health_visitor", "valley_health", ["safe_place"])]
)
def test_numbers_and_places_are_hidden_on_every_page_of_the_plan(people, client_for, a_case, share, persona, agency, hidden):
    case = a_case()
    share(case, agency)
    planned(people, case, **{code: f"canary-{code}" for code in rules.SECTIONS})
    begun(people, case, safe_place="canary-safe_place again", phone="canary-phone again")
    finished(people, case)
    client = client_for(persona)
    for name, ids in (("plan", []), ("plan_version", [1]), ("plan_version", [2]), ("plan_versions", [])):
        text = page_of(client, case, name, *ids)
        assert not [code for code in hidden if f"canary-{code}" in text], name
        assert name == "plan_versions" or ("canary-pets" in text and "Written down. Only those" in text)
    if persona == "health_visitor":
        client.post(reverse("plan_start", args=[case.reference]), {"once": str(uuid4())})
        for part in rules.PARTS:
            assert "canary-safe_place" not in page_of(client, case, "plan_part", part)
        assert "canary-safe_place" not in page_of(client, case, "plan_finish")


def test_an_ended_grant_and_a_bar_close_it(people, client_for, a_case, share):
    case = a_case()
    share(case, "harbour_idva")
    planned(people, case)
    url = reverse("plan", args=[case.reference])
    assert client_for("idva").get(url).status_code == 200
    case.exclusions.create(user=people.other_idva, reason="x", made_at=timezone.now(), made_by=people.housing_officer)
    assert client_for("other_idva").get(url).status_code == 404
    Grant.objects.filter(content_object=case, agency=people.agency("harbour_idva")).update(ends_at=timezone.now())
    assert client_for("idva").get(url).status_code == 404


def test_html_in_every_text_is_shown_as_text(people, client_for, a_case):
    bad = "<script>alert(1)</script>"
    case = a_case()
    planned(people, case, danger=bad, finish={"agreed_with": bad, "has_copy": True, "copy_kept": bad})
    begun(people, case, danger="Something else")
    finished(people, case, is_agreed=False, not_agreed_reason=bad)
    begun(people, case, pets=bad)
    client = client_for("housing_officer")
    for name, ids in (("plan", []), ("plan_version", [1]), ("plan_part", [2]), ("plan_finish", [])):
        text = page_of(client, case, name, *ids)
        assert bad not in text and "&lt;script&gt;" in text, name


def test_no_page_asks_more_for_more_versions(people, client_for, a_case, django_assert_num_queries):
    few, many = a_case(), a_case()
    for case, versions in ((few, 2), (many, 6)):
        for number in range(versions):
            planned(people, case, danger=f"Number {number}", pets="The cat" if number % 2 else "")
        begun(people, case)
    client = client_for("housing_officer")
    for name in ("case", "plan", "plan_versions", "plan_draft", "plan_finish"):
        page_of(client, few, name)
        with CaptureQueriesContext(connection) as asked:
            page_of(client, few, name)
        with django_assert_num_queries(len(asked)):
            page_of(client, many, name)
        assert len(asked) <= 25
