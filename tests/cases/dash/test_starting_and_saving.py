"""Starting and saving a DASH: what each writes and refuses."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases.actions import assessment as actions
from cases.dash.reading import Given, mark_of
from cases.models import Assessment, Case
from tests.cases.dash.acts import events, save

pytestmark = pytest.mark.django_db


# --- start

def test_a_draft_starts_with_every_item_open(a_case, start):
    draft = start(a_case(), with_victim=False, source="police_record")
    assert (draft.tool, draft.version, draft.is_signed, draft.with_victim) == ("ric24", "2026", False, False)
    assert [(row.item, row.said, row.source) for row in draft.answers.all()] == [(number, "", "police_record") for number in range(1, 25)]
    assert events("assessment.start").get().after == {"tool": "ric24", "version": "2026", "wording": None, "with_victim": False}


def test_an_agency_has_one_draft_and_another_agency_its_own(a_case, start, share):
    case = a_case()
    share(case, "harbour_idva")
    start(case)
    with pytest.raises(Refused, match="one already"):
        start(case, "housing_manager")
    assert start(case, "idva").agency.slug == "harbour_idva"


def test_a_closed_case_is_not_assessed(a_case, start, people):
    case = a_case(clock=None)
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    with pytest.raises(Refused, match="closed"):
        start(case)


@pytest.mark.parametrize(
    ("persona", "refusal"),
    [("housing_officer", PermissionDenied), ("outsider", Http404), ("superuser", Http404), ("idva", Http404), ("commissioner", Http404), ("auditor", Http404)],
)
def test_who_cannot_start(a_case, start, persona, refusal):
    with pytest.raises(refusal):
        start(a_case(), persona)
    assert not Assessment.objects.exists()
    assert Event.objects.filter(verb="assessment.start", outcome="denied").exists()


def test_a_summary_is_not_enough(a_case, start, share):
    case = a_case()
    share(case, "harbour_idva", "summary")
    with pytest.raises(PermissionDenied):
        start(case, "idva")


# --- save

def test_answers_are_saved_with_source_and_comment(a_case, start, people):
    draft = start(a_case())
    save(people, draft, {5: Given("dont_know", "family", "<script>alert(1)</script> Zoë’s note"), 6: Given("no")})
    row = draft.answers.get(item=5)
    assert (row.said, row.source, row.comment) == ("dont_know", "family", "<script>alert(1)</script> Zoë’s note")
    assert events("assessment.save").get().after == {"items": [5, 6], "revision": 1}


def test_the_log_holds_no_answer_and_no_word(a_case, start, people):
    save(people, start(a_case()), {5: Given("yes", "victim", "canary-comment")})
    assert "canary" not in str(list(Event.objects.values())) and '"yes"' not in str(list(events("assessment.save").values()))


def test_saving_the_same_again_changes_nothing(a_case, start, people):
    draft = start(a_case())
    save(people, draft, {5: Given("yes")})
    save(people, draft, {5: Given("yes")}, mark="whatever")
    draft.refresh_from_db()
    assert draft.revision == 1


def test_the_later_of_two_is_told_and_the_first_stays(a_case, start, people):
    draft = start(a_case())
    opened = mark_of(draft.answers.filter(item=5))
    save(people, draft, {5: Given("yes", "victim", "first")}, opened)
    with pytest.raises(Refused, match="changed after you opened") as refusal:
        save(people, draft, {5: Given("no", "victim", "second")}, opened, "housing_manager")
    assert refusal.value.code == "stale"
    assert draft.answers.get(item=5).comment == "first"


def test_two_people_on_two_parts_do_not_meet(a_case, start, people):
    draft = start(a_case())
    one, other = mark_of(draft.answers.filter(item=1)), mark_of(draft.answers.filter(item=20))
    save(people, draft, {1: Given("yes")}, one)
    save(people, draft, {20: Given("yes")}, other, "housing_manager")
    assert draft.answers.filter(said="yes").count() == 2


def test_an_item_that_the_form_does_not_have_is_refused(a_case, start, people):
    with pytest.raises(ValueError, match="does not have"):
        save(people, start(a_case()), {25: Given("yes")})


def test_another_agencys_draft_is_not_there(a_case, start, answer, sign, share, people):
    case = a_case()
    share(case, "harbour_idva")
    draft = start(case)
    with pytest.raises(Http404):
        save(people, draft, {5: Given("yes")}, persona="idva")
    answer(draft)
    with pytest.raises(Http404):
        sign(draft, persona="idva")
    draft.refresh_from_db()
    assert not draft.is_signed


def test_an_assessment_of_another_case_is_not_there(a_case, start, people):
    draft, other = start(a_case()), a_case(given_name="Ottilie")
    with pytest.raises(Http404):
        actions.save_answers(people.actor("specialist_da_officer"), other, assessment_id=draft.pk, given={5: Given("yes")}, opened_with="")
