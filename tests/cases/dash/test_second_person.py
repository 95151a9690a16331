"""A lower level waits for a second person, and one agency's signature never lowers a shared case."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from agencies.gate import Refused
from cases.models import Case, Entry, Task
from tests.cases.dash.acts import LONG, decide, events

pytestmark = pytest.mark.django_db


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
