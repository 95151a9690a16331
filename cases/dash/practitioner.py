"""The practitioner's section after the last item: what it asks for, a mark of what it says, and its lines on a page. Nothing of it scores."""

import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple

from cases.models.assessment import Said
from cases.rules.critical import FACTORS

LABELS = {
    "other_concerns": "What else may raise the risk",
    "will_engage": "Willing to take up support",
    "weapon_access": "Work or interests that give access to weapons",
    "priorities": "What matters most to them for their safety",
    "critical_factors": "Critical factors that were seen or said",
}


class Section(NamedTuple):
    """What a practitioner wrote there."""

    other_concerns: str = ""
    will_engage: str = ""
    weapon_access: str = ""
    priorities: str = ""
    critical_factors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One of its questions with what was written."""

    name: str
    label: str
    text: str


def section_of(assessment) -> Section:
    """The section as it is saved."""
    return Section(*(getattr(assessment, name) for name in Section._fields))._replace(critical_factors=tuple(assessment.critical_factors))


def mark_of(section: Section) -> str:
    """A short mark of it: a form carries it, so that a save can tell whether it changed since the form was opened."""
    return hashlib.sha256(json.dumps(section).encode()).hexdigest()[:20]


def lines_of(section: Section, only=None) -> list[Line]:
    """Each question with its words, "" where nothing was written; `only` leaves out all but these."""
    shown = section._replace(
        will_engage=Said(section.will_engage).label if section.will_engage else "", critical_factors="\n".join(FACTORS[code] for code in section.critical_factors),
    )
    return [Line(name, LABELS[name], text) for name, text in shown._asdict().items() if only is None or name in only]
