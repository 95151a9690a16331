"""A DASH in each of its states: started, answered, signed."""

import pytest

from cases.actions import assessment as actions
from cases.dash.reading import Given, mark_of
from cases.models import Assessment


@pytest.fixture
def start(people):
    """Starts a draft: `start(case)`, by the specialist officer of the lead agency unless another persona is named."""

    def started(case, persona="specialist_da_officer", **facts):
        return actions.start_assessment(people.actor(persona), case, **({"with_victim": True} | facts))

    return started


@pytest.fixture
def answer(people):
    """Answers every item of a draft: `answer(draft, yes=[15])`, No to the rest; `dont_know` and `open` name others."""

    def answered(draft, yes=(), dont_know=(), open=(), persona="specialist_da_officer", comments=None):
        given = {
            number: Given(
                "yes" if number in yes else "dont_know" if number in dont_know else "" if number in open else "no",
                "victim", (comments or {}).get(number, ""),
            )
            for number in range(1, 25)
        }
        mark = mark_of(draft.answers.all())
        return actions.save_answers(people.actor(persona), draft.case, assessment_id=draft.pk, given=given, opened_with=mark)

    return answered


@pytest.fixture
def sign(people):
    """Signs an answered draft: `sign(draft, "high", "judgement", "because ...")`."""

    def signed(draft, final="standard", basis="score", rationale="", persona="specialist_da_officer", **facts):
        draft.refresh_from_db()
        return actions.sign_assessment(
            people.actor(persona), draft.case, assessment_id=draft.pk, assessment_revision=draft.revision, final_level=final,
            level_basis=basis, rationale=rationale, **facts,
        )

    return signed


@pytest.fixture
def a_signed(a_case, start, answer, sign):
    """A case with a signed DASH on it: `a_signed(yes=range(1, 12), final="high", basis="judgement", rationale=LONG)`."""

    def made(case=None, yes=(), final="standard", basis="score", rationale="", persona="specialist_da_officer", **facts) -> Assessment:
        draft = start(case or a_case(), persona)
        answer(draft, yes, persona=persona)
        return sign(draft, final, basis, rationale, persona, **facts)

    return made


@pytest.fixture
def client(client_for):
    """The specialist officer of the lead agency, at a browser."""
    return client_for("specialist_da_officer")
