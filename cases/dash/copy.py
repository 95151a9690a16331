"""What stands on a printed DASH: the blank form, with nothing of any case; and a signed one, without any protected address."""

from dataclasses import dataclass, replace

from cases.dash import comparing, practitioner
from cases.dash.factors import factors_of
from cases.dash.reading import lines_of, previous_signed, questions_of
from cases.models import Address
from cases.models.people import Visibility
from cases.rules.plan import without_places


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
    answers, hidden = list(assessment.answers.all()), _protected(assessment.case_id)
    previous = previous_signed(assessment)
    compared = comparing.compared(assessment, previous, answers) if previous and questions_of(assessment).kind.counts else None
    if compared:
        compared = replace(compared, items=[replace(item, comment="") for item in compared.items])
    section = practitioner.section_of(assessment)
    return {
        "assessment": assessment, "questions": questions_of(assessment), "factors": factors_of(assessment, answers), "comparison": compared,
        "rationale": without_places(assessment.rationale, hidden), "decision_reason": without_places(assessment.decision_reason, hidden),
        "section": [(line.label, without_places(line.text, hidden)) for line in practitioner.lines_of(section) if line.text],
        "rows": [
            Row(line.section.title, line.item.number, line.item.label, line.said_label, line.source_label, without_places(line.answer.comment, hidden), line.before)
            for line in lines_of(assessment, answers, previous)
        ],
    }


def _protected(case_id):
    kept = Address.objects.filter(case=case_id).exclude(visibility=Visibility.NORMAL)
    return [line for address in kept for line in [*address.lines.replace(",", "\n").split("\n"), address.postcode] if line.strip()]
