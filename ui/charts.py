"""Owns the drawing of bar charts on the server: words and numbers as text, patterns that hold in grey, a table beside."""

import textwrap
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH, LABEL_WIDTH, VALUE_WIDTH = 720, 210, 90
BAR, GAP, GROUP_GAP = 22, 4, 16
LETTERS = "Atkinson Hyperlegible Next, Print Latin, Print Latin Extended, sans-serif"  # on pages; in documents
SUPPRESSED = None  # a value that may not be shown has no bar

# Plain, dotted, striped, crossed: each reads without colour. The ink is dark on white or white on dark.
_PATTERNS = (
    ("#0b4f54", ""),
    ("#ffffff", '<circle cx="4" cy="4" r="1.6" fill="#0b4f54"/>'),
    ("#cfe0e0", '<path d="M0 8L8 0" stroke="#0b4f54" stroke-width="2"/>'),
    ("#ffffff", '<path d="M0 4H8M4 0V8" stroke="#0b4f54" stroke-width="1.4"/>'),
)


@dataclass(frozen=True)
class Series:
    """One run of numbers: a name and, for each category, a number or SUPPRESSED, and how each is written."""

    name: str
    values: tuple[int | float | None, ...]
    shown: tuple[str, ...] = ()

    def written(self, index: int) -> str:
        """How the number of a category is written: as it came, or as a suppressed one is worded."""
        if self.shown:
            return self.shown[index]
        value = self.values[index]
        return "not shown" if value is None else f"{value:,}"


@dataclass(frozen=True)
class BarChart:
    """Bars that lie along their labels, one group for each category, one bar in it for each series."""

    name: str  # letters only: the drawing's ids start with it
    title: str
    description: str
    category_heading: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError("the name of a chart must be one plain word")
        if not 1 <= len(self.series) <= len(_PATTERNS):
            raise ValueError(f"a chart can hold one to {len(_PATTERNS)} series")
        for series in self.series:
            if len(series.values) != len(self.categories) or (series.shown and len(series.shown) != len(self.categories)):
                raise ValueError("every series needs a value for every category")

    @property
    def table_rows(self) -> list[tuple[str, list[str]]]:
        """The same numbers for the table: category, then each series."""
        return [(category, [s.written(i) for s in self.series]) for i, category in enumerate(self.categories)]

    def _length(self, value: float | None) -> float:
        top = max((v for s in self.series for v in s.values if v is not None), default=0)
        room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
        return 0.0 if not value or top <= 0 else round(max(value, 0) / top * room, 1)

    def _definitions(self) -> SafeString:
        return format_html_join(
            "",
            '<pattern id="{}-{}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="{}"/>{}</pattern>',
            (
                (self.name, number, paper, mark_safe(ink))  # noqa: S308 our own constants
                for number, (paper, ink) in enumerate(_PATTERNS[: len(self.series)])
            ),
        )

    def _fill(self, number: int) -> str:
        return _PATTERNS[0][0] if number == 0 else f"url(#{self.name}-{number})"

    def _legend(self) -> tuple[SafeString, int]:
        if len(self.series) == 1:
            return mark_safe(""), 0
        rows = format_html_join(
            "",
            '<rect x="{}" y="{}" width="18" height="14" fill="{}" stroke="#0b4f54"/><text x="{}" y="{}">{}</text>',
            ((LABEL_WIDTH, number * 22 + 4, self._fill(number), LABEL_WIDTH + 26, number * 22 + 16, series.name) for number, series in enumerate(self.series)),
        )
        return rows, len(self.series) * 22 + 12

    @property
    def svg(self) -> SafeString:
        """The drawing. Inline SVG, without scripts or styles, for pages and for documents."""
        legend, top = self._legend()
        parts, y = [], top
        for index, category in enumerate(self.categories):
            lines = textwrap.wrap(category, 28) or [""]
            height = max(len(self.series) * (BAR + GAP) - GAP, len(lines) * 18)
            middle = y + height / 2 - (len(lines) - 1) * 9 + 5
            parts += [format_html('<text x="{}" y="{}" text-anchor="end">{}</text>', LABEL_WIDTH - 10, middle + n * 18, line) for n, line in enumerate(lines)]
            bar_y = y + (height - (len(self.series) * (BAR + GAP) - GAP)) / 2
            for number, series in enumerate(self.series):
                length = self._length(series.values[index])
                if length:
                    parts.append(
                        format_html(
                            '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="#0b4f54"/>',
                            LABEL_WIDTH,
                            bar_y,
                            length,
                            BAR,
                            self._fill(number),
                        )
                    )
                parts.append(
                    format_html(
                        '<text x="{}" y="{}" font-weight="bold">{}</text>',
                        LABEL_WIDTH + length + 8,
                        bar_y + BAR / 2 + 5,
                        series.written(index),
                    )
                )
                bar_y += BAR + GAP
            y += height + GROUP_GAP
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" font-family="{}"'
            ' font-size="15" fill="#000">'
            '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc><defs>{}</defs>{}{}'
            '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#000"/></svg>',
            WIDTH,
            y,
            self.name,
            self.name,
            LETTERS,
            self.name,
            self.title,
            self.name,
            self.description,
            self._definitions(),
            legend,
            mark_safe("".join(parts)),  # noqa: S308 each part was escaped as it was made
            LABEL_WIDTH,
            top,
            LABEL_WIDTH,
            y - GROUP_GAP,
        )
