"""Which further questions follow from the answers (domain 1.4), and how severe abuse went from one grid to the next (domain 1.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.rules import dash

STALKING, HONOUR = "s11", "h10"
# The rows of the grid: what it grades, and the items of the grade, of getting more severe and of happening more often.
ROWS = {
    "physical": ("Physical", 2, 3, 4), "sexual": ("Sexual", 5, 6, 7), "stalking": ("Stalking and harassment", 8, 9, 10),
    "control": ("Jealousy, control and emotional", 11, 12, 13),
}
MOMENT = 1
BETTER, SAME, WORSE = "Less severe", "As severe", "More severe"


@dataclass(frozen=True)
class Offer:
    """A further set of questions, and why it is offered."""

    tool: str
    why: str


def offered(answers: Mapping[int, str], has_stalking_element: bool | None = None) -> list[Offer]:
    """The sets that the answers to the 24 items call for. Nobody has to follow; nothing is offered because of Don't know alone."""
    yes = {number for number, said in answers.items() if said == dash.YES}
    found = []
    if 8 in yes or has_stalking_element:
        hints = []
        if yes & {10, 11}:
            hints.append("there was more than one incident")
        if 2 in yes:
            hints.append("they are very frightened")
        why = "Item 8 is Yes." if 8 in yes else "The case has a stalking element."
        found.append(Offer(STALKING, f"{why} Ask these now: {' and '.join(hints)}." if hints else f"{why} Ask these where there were two or more incidents or extreme fear."))
    if items := sorted(yes & {12, 17}):
        which = " and ".join(map(str, items))
        found.append(Offer(HONOUR, f"Item{'s' if len(items) > 1 else ''} {which} {'are' if len(items) > 1 else 'is'} Yes. Ask these where family or community may take part."))
    return found


def words_for_count(yes: int, of: int) -> str:
    """What the number of Yes of a follow-on set says: it grades nothing."""
    return f"{yes} of {of} answered Yes. The more Yes, the higher the risk. It sets no level by itself."


def direction(before: str, after: str) -> str:
    """How severe one kind of abuse is beside the time before; "" where one of the two was not graded."""
    if before not in dash.GRADES or after not in dash.GRADES:
        return ""
    was, now = dash.GRADES.index(before), dash.GRADES.index(after)
    return SAME if was == now else WORSE if now > was else BETTER


def outcome(grids: Sequence[Mapping[int, str]]) -> dict[str, str]:
    """How each kind of abuse went from the first grid to the last; empty where there are not two."""
    if len(grids) < 2:
        return {}
    return {row: direction(grids[0].get(grade, ""), grids[-1].get(grade, "")) for row, (_, grade, _, _) in ROWS.items()}
