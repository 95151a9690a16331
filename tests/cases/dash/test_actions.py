"""Starting, saving, signing and deciding: what each writes, refuses and sets off."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.http import Http404
from django.utils import timezone

from agencies.gate import AlreadyDone, Refused
from agencies.models import Policy
from audit.models import Event
from cases import extensions
from cases.actions import assessment as actions
from cases.dash.reading import Given, mark_of
from cases.models import Answer, Assessment, Case, Entry, Task
from cases.rules import dash as rules

pytestmark = pytest.mark.django_db
LONG = "Escalating fast since the separation; she expects to be killed."


def events(verb):
    return Event.objects.filter(verb=verb)


def save(people, draft, given, mark=None, persona="specialist_da_officer"):
    stored = draft.answers.filter(item__in=list(given))
    return actions.save_answers(
        people.actor(persona), draft.case, assessment_id=draft.pk, given=given, opened_with=mark_of(stored) if mark is None else mark
    )


# --- start

def test_a_draft_starts_with_every_item_open(a_case, start):
    draft = start(a_case(), with_victim=False, source="police_record")
    assert (draft.tool, draft.version, draft.is_signed, draft.with_victim) == ("ric24", "2026", False, False)
    assert [(row.item, row.said, row.source) for row in draft.answers.all()] == [(number, "", "police_record") for number in range(1, 25)]
    assert events("assessment.start").get().after == {"tool": "ric24", "version": "2026", "with_victim": False}


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


# --- sign

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


# --- the second person

def decide(people, signed, decision="approved", persona="housing_manager", reason="Seen together on a visit.", **facts):
    return actions.decide_downgrade(people.actor(persona), signed.case, assessment_id=signed.pk, decision=decision, reason=reason, **facts)


@pytest.fixture
def lowered(a_signed):
    return a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale="He has left the country and she has moved.")


def test_until_somebody_decides_the_suggested_level_holds(lowered):
    assert (lowered.final_level, lowered.proposed_level, lowered.level_basis, lowered.awaits_second_person) == ("high", "medium", "score", True)
    assert Case.objects.get().risk_level == "high"
    task = Task.objects.get(kind="countersign")
    assert (task.origin, task.agency_id, task.due_at - task.raised_at) == (f"assessment:{lowered.pk}", lowered.agency_id, timedelta(hours=48))


def test_approved_lowers_the_level(lowered, people):
    decided = decide(people, lowered)
    assert (decided.final_level, decided.level_basis, decided.decision, decided.decided_by) == ("medium", "judgement", "approved", people.housing_manager)
    assert Case.objects.get().risk_level == "medium"
    assert Task.objects.get(kind="countersign").outcome == "Approved"
    event = events("assessment.decide").get()
    assert (event.before, event.after) == ({"final": "high"}, {"final": "medium", "decision": "approved"})
    assert Entry.objects.filter(kind="risk").latest("id").title == "Risk level medium approved by a second person"


def test_declined_leaves_it(lowered, people):
    decided = decide(people, lowered, "declined")
    assert (decided.final_level, decided.level_basis) == ("high", "score")
    assert Case.objects.get().risk_level == "high"
    assert Task.objects.get(kind="countersign").outcome == "Not approved"


def test_nobody_decides_on_their_own(lowered, people):
    with pytest.raises(Refused, match="Another person must decide"):
        decide(people, lowered, persona="specialist_da_officer")
    lowered.refresh_from_db()
    assert lowered.awaits_second_person


def test_it_is_decided_once_and_with_a_reason(lowered, people):
    with pytest.raises(Refused, match="Say why"):
        decide(people, lowered, reason=" ")
    decide(people, lowered)
    with pytest.raises(Refused, match="decided already"):
        decide(people, lowered, "declined", "agency_lead")


def test_nothing_to_decide_where_nothing_lower_was_proposed(a_signed, people):
    with pytest.raises(Refused, match="No lower level"):
        decide(people, a_signed())


def test_a_draft_is_not_there_to_decide_on(a_case, start, people):
    with pytest.raises(Http404):
        decide(people, start(a_case()))


@pytest.mark.parametrize(
    ("persona", "refusal"), [("housing_officer", PermissionDenied), ("outsider", Http404), ("superuser", Http404), ("idva_manager", Http404)]
)
def test_who_cannot_decide(lowered, people, persona, refusal):
    with pytest.raises(refusal):
        decide(people, lowered, persona=persona)


def test_an_old_downgrade_does_not_move_a_case_assessed_since(lowered, a_signed, people):
    a_signed(lowered.case, yes=range(1, 20), final="high")
    decide(people, lowered)
    assert Case.objects.get().risk_level == "high"


# --- one agency's signature never lowers a shared case


@pytest.fixture
def kept(a_case, a_signed, share):
    """High by the housing agency's judgement; then a partner signs one Yes by the score."""
    case = a_case()
    share(case, "harbour_idva")
    high = a_signed(case, yes=[1, 15], final="high", basis="judgement", rationale=LONG)
    return high, a_signed(case, yes=[1], final="standard", rationale="He has moved away.", persona="idva")


def test_a_case_stays_high_when_a_partner_signs_standard(kept):
    high, signed = kept
    assert (signed.suggested_level, signed.final_level, signed.proposed_level, signed.level_basis) == ("standard", "high", "standard", "held")
    assert signed.awaits_second_person
    case = Case.objects.get()
    assert (case.risk_level, case.risk_level_at) == ("high", high.signed_at)
    task = Task.objects.get(kind="countersign")
    assert (task.agency_id, task.why) == (
        signed.agency_id, "The score suggests standard; standard was proposed. High holds until another person has decided.",
    )
    assert Entry.objects.filter(kind="risk").latest("id").title == "Risk stays high until a second person has decided"
    assert Task.objects.filter(kind="children.early_help").count() == 0


def test_what_is_merely_kept_prepares_no_referral(kept):
    from marac.models import Referral

    assert [referral.assessment_id for referral in Referral.objects.all()] == [kept[0].pk]


def test_another_person_lowers_the_case(kept, people):
    with pytest.raises(PermissionDenied):
        decide(people, kept[1], persona="idva")
    decided = decide(people, kept[1], persona="idva_manager")
    assert (decided.final_level, decided.level_basis, Case.objects.get().risk_level) == ("standard", "score", "standard")


def test_another_person_who_does_not_approve_leaves_the_case_where_it_is(kept, people):
    decided = decide(people, kept[1], "declined", "idva_manager")
    assert (decided.final_level, decided.level_basis, Case.objects.get().risk_level) == ("high", "held", "high")
    assert Entry.objects.filter(kind="risk").latest("id").title == "Lower risk level not approved: high stays"


def test_raising_the_case_needs_nobody_else(a_case, a_signed, share):
    case = a_case()
    share(case, "harbour_idva")
    a_signed(case, yes=[1])
    raised = a_signed(case, yes=range(1, 11), final="medium", persona="idva")
    assert (raised.final_level, raised.proposed_level, Case.objects.get().risk_level) == ("medium", "", "medium")
    assert not Task.objects.filter(kind="countersign").exists()


def test_lowering_the_case_needs_words(a_case, a_signed, start, answer, sign):
    draft = start(a_signed(yes=range(1, 15), final="high").case)
    answer(draft)
    with pytest.raises(Refused, match="Say why"):
        sign(draft)
    assert Case.objects.get().risk_level == "high"


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


# --- a child is a victim too

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
    assert not Task.objects.exists()
    a_signed(a_case(with_child=False, given_name="Ottilie"), yes=[9])
    assert Task.objects.get().kind == "children.early_help"


def test_an_open_question_about_the_children_is_not_asked_twice(a_case, a_signed):
    case = a_case()
    a_signed(case)
    a_signed(case)
    assert Task.objects.count() == 1


# --- F1, F2, F3: people invented, levels as stated

def test_f1_standard(a_signed):
    signed = a_signed(yes=[9])
    assert (signed.score, signed.suggested_level, signed.final_level) == (1, "standard", "standard")
    assert Task.objects.get().kind == "children.early_help"


def test_f2_medium_by_judgement_with_a_child_of_three(a_signed):
    signed = a_signed(yes=[1, 2, 11], final="medium", basis="judgement", rationale="Frightened, and worse since the slap last week.")
    assert (signed.score, signed.suggested_level, signed.final_level, signed.level_basis) == (3, "standard", "medium", "judgement")
    assert Case.objects.get().risk_level == "medium"
    assert Task.objects.get().kind == "children.social_care"


def test_f3_high_by_a_health_visitor(a_case, a_signed, share):
    case = a_case()
    share(case, "valley_health")
    signed = a_signed(case, yes=[1, 2, 3, 4, 6, 8, 9, 10, 11, 12, 14, 15, 16, 20, 24], final="high", persona="health_visitor")
    assert (signed.score, signed.suggested_level, signed.final_level, signed.agency.slug) == (15, "high", "high", "valley_health")
    assert Case.objects.get().risk_level == "high"


def test_the_action_and_the_rule_agree(a_signed):
    signed = a_signed(yes=range(1, 11), final="medium")
    assert rules.score({row.item: row.said for row in signed.answers.all()}) == signed.score == 10
