"""How the risk of a case went over time, as people read it: each moment at which the level was decided on, by whom, on what basis, and the drawing of it."""

from dataclasses import dataclass
from datetime import datetime

from cases.access import readable
from cases.dash import FOLLOW_ON, GRID, TOOLS
from cases.dash.questions import ANSWERS
from cases.dash.reading import may_read, questions_of, said_in
from cases.models import Assessment, RiskEvent
from cases.models.assessment import LevelBasis
from cases.models.case import RiskLevel
from cases.rules import follow_on, risk_history
from cases.rules.clocks import LONDON
from cases.rules.dash import LEVELS
from cases.work import RISK_COLOURS
from ui.level_chart import LevelChart, Point
from ui.times import local_date, short_date, start_of_day

WAITS = "A lower level waits for a second person"


@dataclass(frozen=True)
class Row:
    """One moment, as the table under the drawing shows it."""

    at: datetime
    level: str
    colour: str
    before: str
    score: str
    basis: str
    who: str
    agency: str
    tool: str
    assessment_id: int
    is_decision: bool = False


def signed_of(case):
    """The signed assessments of a case from which its level came, the first one first."""
    return list(
        Assessment.objects.filter(case=case, signed_at__isnull=False).exclude(tool__in=FOLLOW_ON).select_related("agency", "signed_by", "decided_by").order_by("signed_at", "id")
    )


def steps_of(signed):
    """The moments at which the level was decided on, told again from what was signed."""
    return risk_history.steps([
        risk_history.Signed(one.signed_at, one.suggested_level, one.final_level, one.proposed_level, one.decided_at, one.decision == "approved")
        for one in signed
    ])


def rows_of(signed, steps):
    """The rows of the table, the newest first."""
    return [_row(signed[step.place], step) for step in reversed(steps)]


def events_of(actor, case):
    """What happened, or will, for which the risk is assessed again, as far as this reader may know of it; the newest first."""
    return list(readable(actor, RiskEvent.objects.filter(case=case)).select_related("agency", "recorded_by").order_by("-happened_on", "-id"))


def chart_of(signed, steps, at, events=()):
    """The drawing; None where nobody has assessed the risk."""
    if not steps:
        return None
    points = tuple(
        Point(step.at, LEVELS.index(step.level) if step.level else None, "" if step.is_decision else str(signed[step.place].score)) for step in steps
    )
    said = "; ".join(f"{_label(step.level).lower()} from {local_date(step.at)}" for step in steps if step.is_change)
    # What was said of a day long before the first assessment, or ahead, would press the line together.
    first, today = steps[0].at.astimezone(LONDON).date(), at.astimezone(LONDON).date()
    marks = sorted(max(start_of_day(event.happened_on), steps[0].at) for event in events if first <= event.happened_on <= today)
    return LevelChart(
        "levels", "Level and score over time", f"{said}. The same is in the table below.", tuple(_label(level) for level in LEVELS), points, at, tuple(marks),
    )


@dataclass(frozen=True)
class GridRow:
    """One kind of abuse: its grade under the heading of each grid, with what was getting worse, and how it went from the first to the last."""

    label: str
    cells: list[tuple[str, str]]
    outcome: str


def grids_of(actor, case):
    """The severity grids that this reader may read, the first one first."""
    found = Assessment.objects.filter(may_read(actor), case=case, tool=GRID, signed_at__isnull=False)
    return list(found.select_related("agency").prefetch_related("answers").order_by("signed_at", "id"))


def grid_rows(grids):
    """The kinds of abuse, each graded over time: what changes between the beginning and the end is an outcome (domain 1.6)."""
    said = [said_in(grid.answers.all()) for grid in grids]
    outcomes = follow_on.outcome(said)
    return [
        GridRow(
            label, [(heading_of(grid), _cell(answers, grade, severity, frequency)) for grid, answers in zip(grids, said, strict=True)], outcomes.get(row, ""),
        )
        for row, (label, grade, severity, frequency) in follow_on.ROWS.items()
    ] if grids else []


def heading_of(grid):
    """At which point of the support a grid was taken, and when, in words."""
    return f"{ANSWERS['moment'].get(point_of(grid), '')}, {short_date(grid.signed_at)}"


def point_of(grid):
    """The same as a code."""
    return said_in(grid.answers.all()).get(follow_on.MOMENT, "")


def further(actor, case):
    """The follow-on sets that were signed, the newest first, the grid aside."""
    found = Assessment.objects.filter(may_read(actor), case=case, tool__in=set(FOLLOW_ON) - {GRID}, signed_at__isnull=False)
    return [(one, TOOLS[one.tool].label) for one in found.select_related("agency", "signed_by").order_by("-signed_at", "-id")]


def _cell(answers, grade, severity, frequency):
    words = ANSWERS["grade"].get(answers.get(grade, ""), "")
    rising = [word for item, word in ((severity, "more severe"), (frequency, "more often")) if answers.get(item) == "yes"]
    return f"{words}, {' and '.join(rising)}" if rising else words


def _row(one, step):
    if step.is_decision:
        basis, who = f"Second person: a lower level {one.get_decision_display().lower()}", one.decided_by
    else:
        # What a second person decided later changed what the assessment says of its basis, not what held when it was signed.
        basis, who = WAITS if one.proposed_level else LevelBasis(one.level_basis).label, one.signed_by
    questions = questions_of(one)
    return Row(
        step.at, _label(step.level), RISK_COLOURS.get(step.level, "grey"), _label(step.before) if step.is_change and step.before else "",
        "" if step.is_decision else f"{one.score} of {questions.most_points}", basis, who.full_name, one.agency.short_name, questions.name, one.pk, step.is_decision,
    )


def _label(level):
    return RiskLevel(level).label if level else "Not assessed yet"


