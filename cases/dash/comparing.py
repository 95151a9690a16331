"""An assessment beside the one that was signed before it: item by item, the critical factors, the score and the level."""

from dataclasses import dataclass

from cases.dash import Item
from cases.dash.factors import factors_of
from cases.dash.reading import previous_signed, questions_of, said_in
from cases.models import Assessment
from cases.models.assessment import Said
from cases.rules import risk_history


@dataclass(frozen=True)
class ItemChange:
    """One item that is not as it was."""

    item: Item
    what: str
    was: str
    now: str
    comment: str


@dataclass(frozen=True)
class Comparison:
    """What changed since `previous`. The level after is "" while it is still to be decided."""

    previous: Assessment
    items: list[ItemChange]
    new_factors: list
    gone_factors: list
    score_before: int
    score_after: int
    level_before: str
    level_after: str

    @property
    def score_moved(self):
        """By how much the score moved, in words."""
        by = self.score_after - self.score_before
        return f"{abs(by)} {'more' if by > 0 else 'fewer'}" if by else "the same"


def comparison(assessment, answers=None):
    """The assessment beside the one before it; None where there is none."""
    previous = previous_signed(assessment)
    return compared(assessment, previous, answers) if previous else None


def compared(assessment, previous, answers=None):
    """The assessment beside an earlier one."""
    questions, earlier = questions_of(assessment), questions_of(previous)
    now = {answer.item: answer for answer in (assessment.answers.all() if answers is None else answers)}
    answered, before_it = said_in(now.values()), said_in(previous.answers.all())
    said, was = questions.in_common(answered), earlier.in_common(before_it)
    of_item = {item.common: item for item in questions.items.values()}
    items = [
        ItemChange(of_item[number], risk_history.IN_WORDS[what], Said(was[number]).label, Said(said[number]).label, now[of_item[number].number].comment)
        for number, what in risk_history.changes(was, said).items()
    ]
    before = {factor.code: factor for factor in factors_of(previous)}
    after = {factor.code: factor for factor in factors_of(assessment, now.values())}
    new, gone = risk_history.new_and_gone(before, after)
    return Comparison(
        previous, items, [after[code] for code in new], [before[code] for code in gone], previous.score, questions.points(answered),
        previous.get_final_level_display(), assessment.get_final_level_display() if assessment.is_signed else "",
    )
