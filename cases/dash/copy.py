"""What stands on a printed DASH: the blank form, with nothing of any case; and a signed one, without any protected address."""

from dataclasses import dataclass, replace

from cases.dash import comparing, practitioner
from cases.dash.factors import factors_of
from cases.dash.reading import lines_of, previous_signed, questions_of
from cases.protected_places import places_of
from cases.rules import named_places
from cases.rules import plan as plan_rules


@dataclass(frozen=True)
class Row:
    """One item with its answer, as the paper says it."""

    section: str
    number: int
    label: str
    said: str
    source: str
    comment: str
    before: str


def copy_of(assessment):
    """What the paper of a signed assessment says. A protected address that somebody typed is taken out: paper travels."""
    answers, hidden = list(assessment.answers.all()), places_of(assessment.case)
    previous = previous_signed(assessment)
    compared = comparing.compared(assessment, previous, answers) if previous and questions_of(assessment).kind.counts else None
    if compared:
        compared = replace(compared, items=[replace(item, comment="") for item in compared.items])
    section = practitioner.section_of(assessment)
    return {
        "assessment": assessment, "questions": questions_of(assessment), "factors": factors_of(assessment, answers), "comparison": compared,
        "rationale": _without(assessment.rationale, hidden), "decision_reason": _without(assessment.decision_reason, hidden),
        "section": [(line.label, _without(line.text, hidden)) for line in practitioner.lines_of(section) if line.text],
        "rows": [
            Row(line.section.title, line.item.number, line.item.label, line.said_label, line.source_label, _without(line.answer.comment, hidden), line.before)
            for line in lines_of(assessment, answers, previous)
        ],
    }


def _without(text, places):
    """Each line of a protected place, and of its street the name alone too, which is how people write of it."""
    lines = [line for lines, postcode in places for line in [*lines.replace(",", "\n").split("\n"), postcode] if line.strip()]
    return named_places.without_places(plan_rules.without_places(text, lines), places, "(address)")
