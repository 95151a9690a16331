"""Asking, signing and reading the other question sets: by whom, that they set no level, who reads them, and what the police sent counts for."""

import re
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from agencies.gate import Refused
from cases.actions import assessment as actions
from cases.actions.follow_on import sign_follow_on
from cases.dash import TOOLS, latest
from cases.dash.reading import Given, mark_of
from cases.models import Assessment, Case, Entry, Task
from tests.cases.dash.acts import LONG, events, level, text_of, url

pytestmark = pytest.mark.django_db
FURTHER = ["s11", "h10", "grid4"]


@pytest.fixture
def fill(people):
    """Answers every item of a draft of any tool: Yes to `yes`, the first choice of a grade or moment unless `said` names another, else No."""

    def filled(draft, yes=(), said=None, persona="specialist_da_officer"):
        given = {}
        for number, item in latest(draft.tool).items.items():
            answer = next(iter(item.choices)) if item.answers != "said" else "yes" if number in yes else "no"
            given[number] = Given((said or {}).get(number, answer))
        return actions.save_answers(people.actor(persona), draft.case, assessment_id=draft.pk, given=given, opened_with=mark_of(draft.answers.all()))

    return filled


@pytest.fixture
def further(people, a_case, start, fill):
    """A signed follow-on set."""

    def signed(tool="s11", case=None, audience="partners", persona="specialist_da_officer", **answers):
        draft = fill(start(case or a_case(), persona, tool=tool), persona=persona, **answers)
        return sign_follow_on(people.actor(persona), draft.case, assessment_id=draft.pk, assessment_revision=draft.revision, audience=audience)

    return signed


# --- from outside


def test_nobody_starts_or_signs_one_from_outside(a_case, start, fill, people, client_for, share):
    case = a_case()
    draft = fill(start(case, tool="s11"))
    share(case, "harbour_idva", "summary")
    paths = [url("assessment_start_tool", case, "s11"), url("assessment_sign_follow_on", case, draft.pk)]
    for path in paths:
        for persona in ("outsider", "superuser", "health_visitor", "commissioner", "auditor"):
            assert client_for(persona).get(path).status_code == 404 and client_for(persona).post(path).status_code == 404, persona
        for persona in ("idva", "housing_officer"):
            assert client_for(persona).post(path).status_code == 403, persona
    facts = {"assessment_id": draft.pk, "assessment_revision": draft.revision, "audience": "partners"}
    for persona, problem in (("outsider", Http404), ("superuser", Http404), ("housing_officer", PermissionDenied), ("idva", PermissionDenied)):
        with pytest.raises(problem):
            sign_follow_on(people.actor(persona), case, **facts)
    share(case, "valley_health")
    with pytest.raises(Http404):  # another agency's draft is not there
        sign_follow_on(people.actor("health_visitor"), case, **facts)
    assert not Assessment.objects.exclude(signed_at=None).exists()


def test_there_is_no_other_set(a_case, client):
    assert client.get(url("assessment_start_tool", a_case(), "other")).status_code == 404


# --- signing sets no level


@pytest.mark.parametrize("tool", FURTHER)
def test_it_sets_no_level_settles_nothing_and_is_kept(further, a_signed, tool):
    case = a_signed().case
    waits = list(Task.objects.filter(kind="reassess", done_at=None))
    signed = further(tool, case, yes=range(1, 14))
    case.refresh_from_db()
    assert (case.risk_level, signed.final_level, signed.suggested_level, signed.level_basis) == ("standard", "", "", "")
    assert list(Task.objects.filter(kind="reassess", done_at=None)) == waits
    assert events("assessment.sign_follow_on").get().after == {"tool": tool, "score": signed.score, "audience": "partners"}
    assert Entry.objects.filter(case=case, title=f"Completed: {TOOLS[tool].label}").exists()
    for sql in ("UPDATE cases_assessment SET score = 0 WHERE id = %s", "UPDATE cases_answer SET said = 'no' WHERE assessment_id = %s"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [signed.pk])


def test_the_database_lets_none_of_them_have_a_level(further, a_case, start):
    draft = start(a_case(), tool="s11")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_assessment SET signed_at = now(), signed_by_id = started_by_id, score = 1, final_level = 'high' WHERE id = %s", [draft.pk],
        )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_assessment SET tool = 'ric24', signed_at = now(), signed_by_id = started_by_id, score = 1 WHERE id = %s", [draft.pk],
        )


def test_each_is_signed_in_its_own_way(a_case, start, fill, answer, people, sign):
    stalking, dash = fill(start(a_case(), tool="s11")), start(a_case(given_name="Ottilie"))
    with pytest.raises(Refused, match="set no level"):
        sign(stalking)
    answer(dash)
    dash.refresh_from_db()
    with pytest.raises(Refused, match="This one sets a level"):
        sign_follow_on(people.actor("specialist_da_officer"), dash.case, assessment_id=dash.pk, assessment_revision=dash.revision, audience="partners")


def test_what_is_missing_stale_or_closed_is_refused(a_case, start, fill, people):
    from django.utils import timezone

    actor, draft = people.actor("specialist_da_officer"), start(a_case(clock=None), tool="s11")
    facts = {"assessment_id": draft.pk, "audience": "partners"}
    with pytest.raises(Refused, match="Answer items 1, 2"):
        sign_follow_on(actor, draft.case, assessment_revision=0, **facts)
    draft = fill(draft)
    with pytest.raises(Refused, match="changed after you opened"):
        sign_follow_on(actor, draft.case, assessment_revision=0, **facts)
    Case.objects.update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    with pytest.raises(Refused, match="closed"):
        sign_follow_on(actor, draft.case, assessment_revision=draft.revision, **facts)


def test_an_answer_that_the_item_cannot_have_is_not_saved(a_case, start, people):
    draft = start(a_case(), tool="grid4")
    for number, said in ((2, "yes"), (3, "high"), (14, "yes")):
        with pytest.raises(ValueError, match="an item or an answer"):
            actions.save_answers(
                people.actor("specialist_da_officer"), draft.case, assessment_id=draft.pk, given={number: Given(said)}, opened_with=mark_of(draft.answers.filter(item=number)),
            )


# --- on the pages


@pytest.mark.parametrize("tool", FURTHER)
def test_from_start_to_signature_on_the_pages(a_case, client, tool):
    case = a_case()
    page = text_of(client.get(url("assessment_start_tool", case, tool)))
    assert latest(tool).rules[0].split(".")[0].replace("'", "&#x27;") in page
    response = client.post(url("assessment_start_tool", case, tool), {"how": "with", "can_talk": "yes", "once": uuid4()})
    draft = Assessment.objects.get(tool=tool)
    assert response["Location"] == url("assessment_page", case, draft.pk, "part-1")
    for section in latest(tool).sections:
        path = url("assessment_page", case, draft.pk, section.code)
        assert client.get(path).status_code == 200
        sent = {"opened_with": mark_of(draft.answers.filter(item__in=[item.number for item in section.items]))}
        for item in section.items:
            sent |= {f"said_{item.number}": next(iter(item.choices)), f"source_{item.number}": "victim", f"comment_{item.number}": ""}
        response = client.post(path, sent)
        assert response.status_code == 302
    assert response["Location"] == url("assessment_check", case, draft.pk)
    page = text_of(client.get(response["Location"]))
    assert "Go on to sign" in page and "What the questions did not ask" not in page
    assert client.get(url("assessment_annotate", case, draft.pk))["Location"] == url("assessment_check", case, draft.pk)
    path = client.get(url("assessment_sign", case, draft.pk))["Location"]
    page = text_of(client.get(path))
    assert ("answered Yes. The more Yes" in page) is (tool != "grid4") and "<title>Sign - " in page
    draft.refresh_from_db()
    facts = {"revision": draft.revision, "audience": "partners", "once": uuid4()}
    assert client.post(path, {**facts, "audience": ""}).status_code == 422
    stale = client.post(path, {**facts, "revision": 0, "once": uuid4()})
    assert stale.status_code == 422 and "changed after you opened" in text_of(stale)
    assert client.post(path, facts)["Location"] == client.post(path, facts)["Location"] == url("assessment", case, draft.pk)
    page = text_of(client.get(url("assessment", case, draft.pk)))
    assert latest(tool).name in page and "Final level" not in page and "risk</h1>" not in page
    assert "this may change what you think of the danger" in page
    assert TOOLS[tool].label in text_of(client.get(url("case", case)))


def test_a_draft_of_each_can_be_open_and_each_is_proposed(a_case, start, client):
    case = a_case()
    start(case)
    for tool in FURTHER:
        start(case, tool=tool)
    with pytest.raises(Refused, match="started one already"):
        start(case, tool="s11")
    page = text_of(client.get(url("case", case)))
    assert "Go on with the risk assessment" in page and all(f"Go on with: {TOOLS[tool].label}" in page for tool in FURTHER)


def test_they_are_offered_where_the_answers_call_for_them(a_signed, client, client_for):
    signed = a_signed(yes=[2, 8, 17])
    page = text_of(client.get(url("assessment", signed.case, signed.pk)))
    for tool in ("s11", "h10"):
        assert url("assessment_start_tool", signed.case, tool) in page
    assert "Ask these now: they are very frightened." in page
    assert "Further questions" not in text_of(client_for("housing_officer").get(url("assessment", signed.case, signed.pk)))
    plain = a_signed(yes=[1])
    assert "Further questions" not in text_of(client.get(url("assessment", plain.case, plain.pk)))


# --- who reads what was said of honour


def test_honour_is_for_ones_own_agency_unless_its_people_decide_otherwise(further, client, client_for, share, a_case, start, fill):
    case = a_case()
    share(case, "harbour_idva")
    draft = fill(start(case, tool="h10"))
    assert draft.audience == "agency"
    assert re.search(r'value="agency"[^>]*checked', text_of(client.get(url("assessment_sign_follow_on", case, draft.pk))))
    kept = further("h10", a_case(given_name="Ottilie"), audience="agency")
    share(kept.case, "harbour_idva")
    idva = client_for("idva")
    assert idva.get(url("assessment", kept.case, kept.pk)).status_code == 404
    for name in ("case", "risk_over_time", "case_chronology"):
        page = text_of(idva.get(url(name, kept.case)))
        assert url("assessment", kept.case, kept.pk) not in page and "Completed: H-DASH" not in page, name
    assert idva.get(url("assessment_file", kept.case, kept.pk)).status_code == 404
    assert client_for("housing_officer").get(url("assessment", kept.case, kept.pk)).status_code == 200
    shared = further("h10", kept.case, yes=[4], audience="partners")
    page = text_of(idva.get(url("assessment", kept.case, shared.pk)))
    assert "4. Fears an engagement" in page and "(before: No)" not in page and "What has changed since" not in page
    again = further("h10", kept.case, yes=[4], audience="agency")
    assert "What has changed since" in text_of(client_for("housing_officer").get(url("assessment", kept.case, again.pk)))


# --- what the police sent


def test_the_police_form_counts_as_the_checklist_and_is_compared_with_it(a_signed, start, fill, sign, client):
    first = a_signed(yes=[1, 10])
    draft = fill(start(first.case, with_victim=False, source="police_record", tool="pol27"), yes=[1, 10, 11, 12, 18])
    page = text_of(client.get(url("assessment_sign", first.case, draft.pk)))
    assert "2 of 24 answered Yes" in page and "Now Yes" in page and "18. Strangled" in page and "13. Happening more often" in page and "The children have been hurt" in page
    signed = sign(draft, "high", "judgement", LONG)
    assert (signed.score, signed.suggested_level, Case.objects.get(pk=first.case_id).risk_level) == (2, "standard", "high")
    assert Task.objects.filter(kind__startswith="children.").exists()
    page = text_of(client.get(url("risk_over_time", first.case)))
    assert "Police DASH, 27 items" in page and "2 of 24" in page
    again = a_signed(first.case, yes=[1, 15], final="high", basis="judgement", rationale=LONG)
    assert "Every item that both asked for is answered as it was before." in text_of(client.get(url("assessment", first.case, again.pk)))


def test_its_start_page_knows_where_it_comes_from(a_case, client):
    page = text_of(client.get(url("assessment_start_tool", a_case(), "pol27")))
    assert 'value="police_record" selected' in page and "do not count towards its score" in page


# --- the grid is an outcome


def test_the_grid_is_read_over_time(a_signed, further, client):
    case = a_signed().case
    further("grid4", case, said={1: "intake", 2: "high", 3: "yes", 5: "none", 8: "standard", 11: "moderate"})
    page = text_of(client.get(url("risk_over_time", case)))
    assert "Severity of abuse" in page and "High, more severe" in page and "From first to last" not in page
    further("grid4", case, said={1: "exit", 2: "standard", 5: "none", 8: "moderate", 11: "none"})
    page = text_of(client.get(url("risk_over_time", case)))
    assert "The beginning, " in page and "The end, " in page
    for words in ("Less severe", "As severe", "More severe"):
        assert words in page
    assert page.count("<svg") == 1 and "1 of 24" not in page


def test_whoever_closes_reads_that_the_grid_is_wanting_at_the_end(a_case, a_signed, further, client):
    case = a_signed(a_case(clock=None, with_child=False)).case
    words = "The severity grid has not been taken at the end yet."
    assert words not in text_of(client.get(url("case_close", case)))
    further("grid4", case, said={1: "intake"})
    assert words in text_of(client.get(url("case_close", case)))
    further("grid4", case, said={1: "exit"})
    assert words not in text_of(client.get(url("case_close", case)))


def test_risk_over_time_takes_the_same_queries_however_many_were_asked(a_signed, further, client):
    case = a_signed().case

    def queries():
        client.get(url("risk_over_time", case))
        with CaptureQueriesContext(connection) as made:
            client.get(url("risk_over_time", case))
        return len(made)

    further("grid4", case)
    further("s11", case)
    before = queries()
    for tool in ("grid4", "s11", "h10", "grid4"):
        further(tool, case)
    assert queries() == before <= 16


@pytest.mark.parametrize("tool", FURTHER)
def test_they_are_printed_too(further, client, tool):
    from tests.cases.dash.test_copy import words_of

    signed = further(tool)
    text = words_of(client.get(url("assessment_file", signed.case, signed.pk)))
    assert latest(tool).name in text and "Final level" not in text
    blank = words_of(client.get(url("assessment_blank", signed.case, tool)))
    assert latest(tool).items[1].label in blank and latest(tool).rules[0][:20] in blank


# --- nothing else takes one of them for a DASH


def test_a_later_follow_on_is_not_the_assessment_of_the_case(a_signed, further, client, people):
    from tests.cases.dash.acts import decide

    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    further("s11", lowered.case)
    decide(people, lowered)
    assert Case.objects.get(pk=lowered.case_id).risk_level == "medium"
    page = text_of(client.get(url("case", lowered.case)))
    assert "Decided by: professional judgement" in page
    draft = actions.start_assessment(people.actor("specialist_da_officer"), lowered.case, with_victim=True)
    assert level(draft)["revision"] == 0
    assert "What has changed since" not in text_of(client.get(url("assessment_check", lowered.case, draft.pk)))
