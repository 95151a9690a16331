"""Critical factors on the pages: ticked on the draft, said before the level is decided, frozen with the rest, and no level lowered by them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.gate import Refused
from cases.actions.assessment import annotate_assessment
from cases.dash.practitioner import Section, mark_of, section_of
from cases.models import Case
from cases.rules.critical import FACTORS
from tests.cases.dash.acts import text_of, url

pytestmark = pytest.mark.django_db


def tick(people, draft, *codes):
    draft.refresh_from_db()
    return annotate_assessment(
        people.actor("specialist_da_officer"), draft.case, assessment_id=draft.pk, section=Section(critical_factors=codes), opened_with=mark_of(section_of(draft))
    )


def test_what_is_ticked_is_kept_and_prompts_toward_high(a_case, start, answer, client, people):
    draft = start(a_case())
    answer(draft, yes=[15])
    path = url("assessment_annotate", draft.case, draft.pk)
    page = text_of(client.get(path))
    assert all(label.replace("'", "&#x27;") in page for label in FACTORS.values())
    assert client.post(path, {"critical_factors": ["honour", "strangulation"], "opened_with": mark_of(section_of(draft))}).status_code == 302
    page = text_of(client.get(url("assessment_sign", draft.case, draft.pk)))
    assert "2 critical factors are present. Think of high, whatever the score: it suggests standard. If you decide on less, say why." in page
    assert page.count("Strangulation or suffocation") == 2 and "forced marriage (ticked)" in page  # once as what is there, once in the section
    assert "honour-based abuse or forced marriage" in text_of(client.get(url("assessment_check", draft.case, draft.pk)))


def test_what_nobody_knows_cannot_be_ticked(a_case, start, client, people):
    draft = start(a_case())
    response = client.post(url("assessment_annotate", draft.case, draft.pk), {"critical_factors": ["other"], "opened_with": mark_of(section_of(draft))})
    assert response.status_code == 422
    with pytest.raises(Refused, match="not known"):
        tick(people, draft, "other")


def test_the_later_of_two_ticks_is_told(a_case, start, client, people):
    draft = start(a_case())
    opened = mark_of(section_of(draft))
    tick(people, draft, "stalking")
    response = client.post(url("assessment_annotate", draft.case, draft.pk), {"critical_factors": ["honour"], "opened_with": opened})
    page = text_of(response)
    assert response.status_code == 422 and "Saved meanwhile" in page and "Stalking or harassment" in page


def test_a_new_tick_is_a_new_factor_of_the_next_assessment(a_signed, start, answer, sign, client, people):
    first = a_signed()
    draft = start(first.case)
    answer(draft)
    tick(people, draft, "honour")
    page = text_of(client.get(url("assessment_sign", draft.case, draft.pk)))
    assert "New critical factors" in page
    signed = sign(draft)
    page = text_of(client.get(url("assessment", signed.case, signed.pk)))
    assert "Can mean high risk whatever the score" in page and "forced marriage (ticked)" in page and "New critical factors" in page


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ticks=st.lists(st.sampled_from(list(FACTORS)), unique=True, min_size=1))
def test_no_tick_lowers_the_level_of_a_case(a_signed, start, answer, sign, people, ticks):
    high = a_signed(yes=range(1, 15), final="high")
    draft = start(high.case)
    answer(draft)
    tick(people, draft, *ticks)
    signed = sign(draft, "standard", "score", "He has moved abroad.")
    assert (signed.final_level, signed.proposed_level, signed.suggested_level, signed.score) == ("high", "standard", "standard", 0)
    assert Case.objects.get(pk=high.case_id).risk_level == "high"
