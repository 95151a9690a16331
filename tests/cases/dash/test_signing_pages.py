"""The pages on which a DASH is checked, signed, read and decided on."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from cases.models import Assessment, Case, Task
from tests.cases.dash.acts import LONG, level, part_url, text_of, url

pytestmark = pytest.mark.django_db


def test_the_check_page_says_what_is_missing(a_case, start, answer, client):
    draft = start(a_case())
    answer(draft, yes=[1], open=[7, 24])
    page = text_of(client.get(url("assessment_check", draft.case, draft.pk)))
    assert "22 of 24 answered" in page and "Go on to the level" not in page
    assert f"{part_url(draft, 2)}?from=check#item-7" in page and f"{part_url(draft, 5)}?from=check#item-24" in page
    response = client.post(url("assessment_sign", draft.case, draft.pk), {"final_level": "standard", "level_basis": "score", "revision": 1})
    assert response["Location"] == url("assessment_check", draft.case, draft.pk)
    assert "Answer items 7, 24 first." in text_of(client.get(response["Location"]))
    assert not Assessment.objects.get().is_signed


def test_the_judgement_page_shows_what_the_score_suggests_and_where_from(a_case, start, answer, client):
    draft = start(a_case())
    answer(draft, yes=[*range(1, 11), 15])
    page = text_of(client.get(url("assessment_sign", draft.case, draft.pk)))
    assert "11 of 24 answered Yes" in page and "<strong>Medium</strong>" in page
    assert "14 or more: high, 10 to 13: medium, fewer: standard (Waymark’s default" in page
    assert "Strangulation or suffocation" in page and "Threats to kill" not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"final_level": ""}, "Select the level that you decide on"),
        ({"level_basis": ""}, "Select what decided the level"),
        ({"final_level": "high"}, "The score suggests standard. Select what else decided the level."),
        ({"final_level": "high", "level_basis": "judgement", "rationale": "Worried"}, "in 50 characters or more"),
        ({"final_level": "medium", "level_basis": "escalation"}, "Say why you decided on this level."),
        ({"rationale": "\x00"}, "cannot be printed"),
    ],
)
def test_a_level_that_does_not_hold_together_is_refused_beside_the_question(a_case, start, answer, client, changes, words):
    draft = start(a_case())
    answer(draft)
    response = client.post(url("assessment_sign", draft.case, draft.pk), level(draft, **changes))
    assert response.status_code == 422 and words in text_of(response)
    assert not Assessment.objects.get().is_signed


def test_signing_leads_to_the_signed_assessment(a_case, start, answer, client):
    draft = start(a_case())
    answer(draft, yes=range(1, 12), comments={15: "not\nhere"})
    sent = level(draft, final_level="high", level_basis="judgement", rationale=LONG)
    response = client.post(url("assessment_sign", draft.case, draft.pk), sent)
    assert response["Location"] == url("assessment", draft.case, draft.pk)
    page = text_of(client.get(response["Location"]))
    assert "High risk" in page and "Professional judgement</strong>, not the score" in page and LONG in page
    assert "11 of 24, which suggests medium" in page and "Signed. Nobody can change it now." in page
    again = client.post(url("assessment_sign", draft.case, draft.pk), sent)
    assert again["Location"] == response["Location"]
    assert Event.objects.filter(verb="assessment.sign", outcome="done").count() == 1


def test_whoever_signs_later_is_told_and_keeps_the_words(a_case, start, answer, client, client_for):
    draft = start(a_case())
    answer(draft)
    first, later = level(draft), level(draft, final_level="high", level_basis="judgement", rationale=LONG)
    client.post(url("assessment_sign", draft.case, draft.pk), first)
    response = client_for("housing_manager").post(url("assessment_sign", draft.case, draft.pk), later)
    page = text_of(response)
    assert response.status_code == 422 and "has been signed" in page and LONG in page
    assert Assessment.objects.get().final_level == "standard"


def test_answers_that_changed_meanwhile_are_checked_before_signing(a_case, start, answer, client):
    draft = start(a_case())
    answer(draft)
    sent = level(draft, rationale="my words")
    answer(draft, yes=[15], persona="housing_manager")
    response = client.post(url("assessment_sign", draft.case, draft.pk), sent)
    page = text_of(response)
    assert response.status_code == 422 and "changed after you opened this page" in page and "my words" in page
    assert not Assessment.objects.get().is_signed


def test_a_level_below_the_suggested_one_goes_to_a_second_person(a_signed, client, client_for, people):
    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    read, path = url("assessment", lowered.case, lowered.pk), url("assessment_decide", lowered.case, lowered.pk)
    own = text_of(client.get(read))
    assert "waits for a second person" in own and path not in own
    assert "nobody approves their own" in text_of(client.get(path))
    refused = client.post(path, {"decision": "approved", "reason": "Mine"})
    assert refused.status_code == 422 and "Another person must decide" in text_of(refused)
    manager = client_for("housing_manager")
    assert path in text_of(manager.get(read))
    assert manager.post(path, {"decision": "approved"}).status_code == 422
    assert Assessment.objects.get().awaits_second_person
    sent = {"decision": "approved", "reason": "Visited together.", "once": uuid4()}
    assert manager.post(path, sent)["Location"] == read
    assert manager.post(path, sent)["Location"] == read
    page = text_of(manager.get(read))
    assert "Medium risk" in page and "approved</strong> by Dorian Whitlock" in page and "Visited together." in page
    assert Task.objects.get(kind="countersign").done_by == people.housing_manager


def test_who_signs_below_the_cases_level_knows_it_before_and_after(a_signed, start, answer, client, client_for):
    case = a_signed(yes=[1, 15], final="high", basis="judgement", rationale=LONG).case
    draft = start(case)
    answer(draft, yes=[1])
    path = url("assessment_sign", case, draft.pk)
    page = text_of(client.get(path))
    assert "A level below high needs a second person. Until they have decided, high holds." in page and "The case’s level now" in page
    assert 'value="held"' not in page
    short = client.post(path, level(draft))
    assert short.status_code == 422 and "Say why you decided on this level." in text_of(short)
    client.post(path, level(draft, rationale="He has moved away."))
    page = text_of(client.get(url("assessment", case, draft.pk)))
    assert "High risk" in page and "Standard was proposed, below the level that the case has." in page and "until then high holds" in page
    page = text_of(client_for("housing_manager").get(url("assessment_decide", case, draft.pk)))
    assert "High. Decided by: the level that the case had" in page and "He has moved away." in page


def test_a_closed_case_says_so_when_it_is_signed_and_keeps_what_was_typed(a_case, start, answer, client, people):
    draft = start(a_case(clock=None))
    answer(draft)
    sent = level(draft, rationale="my words")
    Case.objects.update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    response = client.post(url("assessment_sign", draft.case, draft.pk), sent)
    page = text_of(response)
    assert response.status_code == 422 and "This case is closed. Reopen it before you sign." in page and "my words" in page
    assert not Assessment.objects.get().is_signed


def test_the_next_assessment_shows_what_changed(a_signed, client):
    first = a_signed(yes=[1])
    second = a_signed(first.case, yes=[1, 15], final="high", basis="judgement", rationale=LONG)
    page = text_of(client.get(url("assessment", second.case, second.pk)))
    assert page.count("(before: No)") == 1 and "The one before" in page
    assert "(before:" not in text_of(client.get(url("assessment", first.case, first.pk)))


# --- the same number of queries however much there is

def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as made:
        assert client.get(path).status_code == 200
    return len(made)


def test_reading_and_checking_take_the_same_queries_however_much_there_is(a_case, a_signed, start, client, client_for):
    case = a_case()
    a_signed(case)
    first, draft = a_signed(case, yes=[1]), start(case)
    read, check, part = url("assessment", case, first.pk), url("assessment_check", case, draft.pk), part_url(draft, 4)
    before = [queries(client, path) for path in (read, check, part)]
    draft.answers.update(said="yes", comment="words")
    for given_name in ("Ottilie", "Perdita"):
        a_signed(a_case(given_name=given_name), yes=range(1, 15), final="high")
    assert [queries(client, path) for path in (read, check, part)] == before
    # Whoever signed today is also told what to do now: six questions of the apps above, one of each room that proposes something.
    assert max(before[1:]) <= 12 and before[0] <= 19
    assert queries(client_for("housing_officer"), read) <= 12
