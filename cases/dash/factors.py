"""The critical factors of an assessment, read off its answers under its question set or ticked by the practitioner."""

from dataclasses import dataclass

from cases.dash.reading import questions_of, said_in
from cases.rules import critical
from cases.rules import dash as rules


@dataclass(frozen=True)
class Factor:
    """One factor that is there, and by what."""

    code: str
    label: str
    is_ticked: bool


def factors_of(assessment, answers=None):
    """The factors that are there: those of the answers, then those that only a person saw."""
    answers = assessment.answers.all() if answers is None else answers
    computed = {factor.code: factor.label for factor in rules.present(questions_of(assessment).critical_factors, said_in(answers))}
    return [
        Factor(code, computed.get(code) or critical.FACTORS[code], code not in computed)
        for code in critical.together(computed, assessment.critical_factors)
    ]
