"""Signing a DASH: what it freezes, refuses and sets off; and that nobody changes it afterwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from agencies.gate import AlreadyDone, Refused
from agencies.models import Policy
from cases import extensions
from cases.actions import assessment as actions
from cases.dash.reading import Given
from cases.models import Answer, Case, Entry, Task
from cases.rules import dash as rules
from tests.cases.dash.acts import LONG, events, save

pytestmark = pytest.mark.django_db


def test_signing_freezes_the_score_the_bands_and_the_level(a_signed):
    signed = a_signed(yes=range(1, 15), final="high")
    assert (signed.score, signed.suggested_level, signed.final_level, signed.level_basis) == (14, "high", "high", "score")
    assert signed.bands == "14 or more: high, 10 to 13: medium, fewer: standard (Waymark’s default, as the partnership has set none)"
    case = Case.objects.get(pk=signed.case_id)
    assert (case.risk_level, case.risk_level_at) == ("high", signed.signed_at)
    assert events("assessment.sign").get().after == {"score": 14, "suggested": "high", "final": "high", "basis": "score", "proposed": ""}
    entry = Entry.objects.get(case=case, kind="risk")
    assert entry.title == "Risk assessed as high"
    assert entry.text == "Score 14: high suggested. Decided by: the score."


def test_dont_know_does_not_score(a_case, start, answer, sign):
    draft = start(a_case())
    answer(draft, yes=[1], dont_know=range(2, 25))
    assert sign(draft).score == 1


def test_the_bands_are_those_in_force_at_signing(a_signed, people):
    now = timezone.now()
    yesterday, tomorrow = now - timedelta(days=1), now + timedelta(days=1)
    for key, value, since in (("dash.high_from", "17", yesterday), ("dash.medium_from", "14", yesterday), ("dash.high_from", "2", tomorrow)):
        Policy.objects.create(key=key, value=value, effective_from=since, reason="Agreed", set_by=people.partnership_administrator, set_at=now)
    signed = a_signed(yes=range(1, 15), final="medium")
    assert signed.suggested_level == "medium"
    assert signed.bands.startswith("17 or more: high, 14 to 16: medium, fewer: standard (partnership setting from ")


def test_an_unanswered_item_is_refused_and_nothing_is_written(a_case, start, answer, sign):
    draft = start(a_case())
    answer(draft, open=[7, 24])
    with pytest.raises(Refused, match="Answer items 7, 24 first"):
        sign(draft)
    draft.refresh_from_db()
    assert not draft.is_signed and not Task.objects.exists() and Case.objects.get().risk_level == ""


def test_the_same_form_twice_signs_once(a_case, start, answer, sign):
    draft, token = start(a_case()), uuid4()
    answer(draft)
    sign(draft, once=token)
    with pytest.raises(AlreadyDone) as done:
        sign(draft, once=token)
    assert done.value.led_to.endswith(f"/assessments/{draft.pk}/")
    with pytest.raises(Refused, match="has been signed") as refusal:
        sign(draft)
    assert refusal.value.code == "signed"
    assert events("assessment.sign").filter(outcome="done").count() == 1


def test_answers_changed_since_the_page_was_opened_block_signing(a_case, start, answer, people):
    draft = start(a_case())
    answer(draft)
    with pytest.raises(Refused, match="changed after you opened") as refusal:
        actions.sign_assessment(
            people.actor("housing_manager"), draft.case, assessment_id=draft.pk, assessment_revision=0,
            final_level="standard", level_basis="score", rationale="",
        )
    assert refusal.value.code == "stale"


def test_saving_after_signing_is_refused(a_signed, people):
    signed = a_signed()
    with pytest.raises(Refused, match="has been signed"):
        save(people, signed, {5: Given("yes")})
    assert signed.answers.get(item=5).said == "no"


def test_the_rules_hold_in_the_action_too(a_case, start, answer, sign):
    draft = start(a_case())
    answer(draft, yes=range(1, 12))
    with pytest.raises(Refused, match="The score suggests medium"):
        sign(draft, "high", "score", LONG)
    with pytest.raises(Refused, match="50 characters"):
        sign(draft, "high", "judgement", "Worried.")
    with pytest.raises(Refused, match="Select the final level"):
        sign(draft, "extreme", "judgement", LONG)
    assert sign(draft, "high", "judgement", LONG).final_level == "high"


def test_consequences_run_in_the_same_transaction(a_case, start, answer, sign, monkeypatch):
    seen = []
    monkeypatch.setattr(extensions, "ON_SIGNED", [lambda act, case, assessment: seen.append((case.risk_level, assessment.is_signed, act.at))])
    draft = start(a_case())
    answer(draft, yes=range(1, 15))
    signed = sign(draft, "high")
    assert seen == [("high", True, signed.signed_at)]


def test_a_consequence_that_fails_leaves_the_draft_unsigned(a_case, start, answer, sign, monkeypatch):
    def fails(act, case, assessment):
        raise Refused("Not now.")

    monkeypatch.setattr(extensions, "ON_SIGNED", [fails])
    draft = start(a_case())
    answer(draft)
    with pytest.raises(Refused, match="Not now"):
        sign(draft)
    draft.refresh_from_db()
    assert not draft.is_signed and Case.objects.get().risk_level == "" and not Entry.objects.filter(kind="risk").exists()


def test_a_closed_case_is_not_signed_on_and_the_draft_stays(a_case, start, answer, sign, people):
    draft = start(a_case(clock=None))
    answer(draft, yes=range(1, 15))
    Case.objects.update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    with pytest.raises(Refused, match=r"^This case is closed\. Reopen it before you sign\.$") as refusal:
        sign(draft, "high")
    assert refusal.value.code == "closed"
    draft.refresh_from_db()
    assert not draft.is_signed and draft.answers.filter(said="yes").count() == 14
    assert Case.objects.get().risk_level == "" and not Task.objects.exists()


# --- immutability, as the application's own role and past every line of Python

@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_assessment SET score = 0 WHERE id = %s",
        "UPDATE cases_assessment SET rationale = 'other' WHERE id = %s",
        "UPDATE cases_assessment SET signed_at = NULL, signed_by_id = NULL, score = NULL, suggested_level = '', final_level = '' WHERE id = %s",
        "UPDATE cases_assessment SET decided_at = now(), decision = 'approved', final_level = 'standard' WHERE id = %s",
        "DELETE FROM cases_assessment WHERE id = %s",
        "UPDATE cases_answer SET said = 'no' WHERE assessment_id = %s AND item = 1",
        "DELETE FROM cases_answer WHERE assessment_id = %s",
        "INSERT INTO cases_answer (case_id, assessment_id, item, said, source, comment)"
        " SELECT case_id, id, 25, 'yes', 'victim', '' FROM cases_assessment WHERE id = %s",
    ],
)
def test_nobody_changes_what_was_signed(a_signed, sql):
    signed = a_signed(yes=range(1, 15), final="high")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [signed.pk])
    signed.refresh_from_db()
    assert (signed.score, signed.final_level, Answer.objects.filter(assessment=signed, said="yes").count()) == (14, "high", 14)


def test_a_decided_downgrade_cannot_be_decided_again_by_sql(a_signed, people):
    signed = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    actions.decide_downgrade(people.actor("housing_manager"), signed.case, assessment_id=signed.pk, decision="declined", reason="Too much is unknown.")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_assessment SET final_level = 'standard', decision = 'approved' WHERE id = %s", [signed.pk])


# --- a child is a victim too

def of_children():
    return Task.objects.filter(kind__startswith="children.")


@pytest.mark.parametrize(
    ("yes", "level", "kind", "within"),
    [
        (range(1, 15), "high", "children.social_care", timedelta(hours=24)),
        (range(1, 11), "medium", "children.social_care", timedelta(hours=24)),
        ([9], "standard", "children.early_help", timedelta(days=7)),
    ],
)
def test_somebody_decides_about_the_children(a_signed, yes, level, kind, within):
    signed = a_signed(yes=yes, final=level)
    task = Task.objects.get(kind=kind)
    assert (task.due_at - task.raised_at, task.origin, task.case_id) == (within, f"assessment:{signed.pk}", signed.case_id)


def test_without_a_child_nothing_is_asked_but_a_pregnancy_counts(a_case, a_signed):
    a_signed(a_case(with_child=False))
    assert not of_children().exists()
    a_signed(a_case(with_child=False, given_name="Ottilie"), yes=[9])
    assert of_children().get().kind == "children.early_help"


def test_an_open_question_about_the_children_is_not_asked_twice(a_case, a_signed):
    case = a_case()
    a_signed(case)
    a_signed(case)
    assert of_children().count() == 1


# --- F1, F2, F3: people invented, levels as stated

def test_f1_standard(a_signed):
    signed = a_signed(yes=[9])
    assert (signed.score, signed.suggested_level, signed.final_level) == (1, "standard", "standard")
    assert of_children().get().kind == "children.early_help"


def test_f2_medium_by_judgement_with_a_child_of_three(a_signed):
    signed = a_signed(yes=[1, 2, 11], final="medium", basis="judgement", rationale="Frightened, and worse since the slap last week.")
    assert (signed.score, signed.suggested_level, signed.final_level, signed.level_basis) == (3, "standard", "medium", "judgement")
    assert Case.objects.get().risk_level == "medium"
    assert of_children().get().kind == "children.social_care"


def test_f3_high_by_a_health_visitor(a_case, a_signed, share):
    case = a_case()
    share(case, "valley_health")
    signed = a_signed(case, yes=[1, 2, 3, 4, 6, 8, 9, 10, 11, 12, 14, 15, 16, 20, 24], final="high", persona="health_visitor")
    assert (signed.score, signed.suggested_level, signed.final_level, signed.agency.slug) == (15, "high", "high", "valley_health")
    assert Case.objects.get().risk_level == "high"


def test_the_action_and_the_rule_agree(a_signed):
    signed = a_signed(yes=range(1, 11), final="medium")
    assert rules.score({row.item: row.said for row in signed.answers.all()}) == signed.score == 10
