"""Owns the drawing of a level over time on the server: steps between named rows, points with their numbers, marks below for what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ui.charts import LETTERS
from ui.times import short_date

WIDTH, LEFT, RIGHT = 720, 96, 690
ROW, TOP, BELOW = 64, 14, 58
GAP, DATE_GAP = 30, 92  # between points, between dates under them
INK, PAPER = "#0b4f54", "#ffffff"


@dataclass(frozen=True)
class Point:
    """A moment at which the level was decided on: its row (None where there is no level yet) and the number beside it ("" for none)."""

    at: datetime
    row: int | None
    number: str = ""


@dataclass(frozen=True)
class LevelChart:
    """A level over time. `rows` from the lowest up; `marks` are moments at which something happened."""

    name: str
    title: str
    description: str
    rows: tuple[str, ...]
    points: tuple[Point, ...]
    until: datetime
    marks: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError("the name of a chart must be one plain word")
        if not self.points:
            raise ValueError("a level over time needs a point")

    @property
    def height(self) -> int:
        return TOP + ROW * len(self.rows) + BELOW

    @property
    def _floor(self) -> int:
        return TOP + ROW * len(self.rows)

    def _y(self, row: int) -> float:
        return TOP + ROW * (len(self.rows) - row) - ROW / 2

    def _span(self) -> tuple[datetime, float]:
        begin = min([self.points[0].at, *self.marks])
        return begin, max((self.until - begin).total_seconds(), 1.0)

    def _x(self, at: datetime) -> float:
        begin, span = self._span()
        return LEFT + 20 + (RIGHT - LEFT - 40) * min(max((at - begin).total_seconds() / span, 0.0), 1.0)

    @property
    def svg(self) -> SafeString:
        """The drawing. Inline SVG, without scripts or styles, for pages and for documents."""
        places = spread([self._x(point.at) for point in self.points], GAP, RIGHT - 10)
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" font-family="{}"'
            ' font-size="15" fill="#000"><title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}{}{}</svg>',
            WIDTH, self.height, self.name, self.name, LETTERS, self.name, self.title, self.name, self.description,
            self._rows(), self._line(places), self._points(places), self._dates(places), self._marks(),
        )

    def _rows(self) -> SafeString:
        lines = format_html_join(
            "", '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#b1b4b6"/><text x="{}" y="{}" text-anchor="end">{}</text>',
            ((LEFT, self._y(row), RIGHT, self._y(row), LEFT - 10, self._y(row) + 5, label) for row, label in enumerate(self.rows)),
        )
        return format_html('{}<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#000"/>', lines, LEFT, self._floor, RIGHT, self._floor)

    def _line(self, places: Sequence[float]) -> SafeString:
        path, held = [], None
        for point, x in zip(self.points, places, strict=True):
            if point.row is None:
                continue
            path += [f"M{x:.1f} {self._y(point.row):.1f}"] if held is None else [f"H{x:.1f}", f"V{self._y(point.row):.1f}"]
            held = point.row
        path += [f"H{RIGHT}"] if path else []
        return format_html('<path d="{}" fill="none" stroke="{}" stroke-width="4"/>', "".join(path), INK) if path else SafeString("")

    def _points(self, places: Sequence[float]) -> SafeString:
        # A filled point is an assessment with its number; an empty one is a decision by another person. Where the line comes down from above, the
        # number stands below, so that it does not stand on the line.
        before, below = None, {}
        for point in self.points:
            below[point] = before is not None and point.row is not None and point.row < before
            before = point.row if point.row is not None else before
        return format_html_join(
            "", '<circle cx="{}" cy="{}" r="7" fill="{}" stroke="{}" stroke-width="3"/><text x="{}" y="{}" text-anchor="middle" font-weight="bold">{}</text>',
            (
                (f"{x:.1f}", self._y(point.row), INK if point.number else PAPER, INK, f"{x:.1f}", self._y(point.row) + (25 if below[point] else -14), point.number)
                for point, x in zip(self.points, places, strict=True) if point.row is not None
            ),
        )

    def _dates(self, places: Sequence[float]) -> SafeString:
        shown, last = [], None
        for point, x in zip(self.points, places, strict=True):
            if last is None or x - last >= DATE_GAP:
                shown.append((f"{min(max(x, LEFT + 30), RIGHT - 40):.1f}", self._floor + 48, short_date(point.at)))
                last = x
        return format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', shown)

    def _marks(self) -> SafeString:
        found = ((f"{x:.1f} {self._floor + 4} {x - 7:.1f} {self._floor + 18} {x + 7:.1f} {self._floor + 18}", PAPER, INK) for x in map(self._x, self.marks))
        return format_html_join("", '<polygon points="{}" fill="{}" stroke="{}" stroke-width="2"/>', found)


def spread(places: Sequence[float], gap: float, end: float) -> list[float]:
    """The places in their order, none nearer than `gap` to the one before; pushed to the left again where the last would stand past `end`."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + gap) if found else place)
    limit = end
    for number in range(len(found) - 1, -1, -1):
        found[number] = min(found[number], limit)
        limit = found[number] - gap
    return found
