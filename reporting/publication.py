"""What a return says: first the numbers as they may be printed (frozen with the run), then those numbers in words for page and PDF.

Everything here is made from the frozen run and its edition alone, so that the same run always says the same.
"""

from dataclasses import dataclass

from reporting.indicators import edition
from reporting.quarters import parse_quarter
from reporting.suppression import hidden_counts
from ui.charts import BarChart, Series
from ui.times import local_time, short_date

HIDDEN = "hidden"
NOT_KEPT = "no data"


def publish(numbers, version, below, basis, prepared_for):
    """The numbers as they may be printed: what must stay hidden is left out here, and nothing else is ever stored.

    `below` and `basis` are the number in force and where it comes from; the agency's name is kept too, since it may change.
    """
    found = edition(version)
    quarters = []
    for quarter, counts in numbers.items():
        hidden = frozenset() if counts is None else hidden_counts(counts, found.sums, below)
        shown = None if counts is None else {code: None if code in hidden else counts[code] for code in sorted(found.codes)}
        quarters.append({"quarter": quarter.code, "counts": shown})
    return {"below": below, "basis": basis, "prepared_for": prepared_for, "quarters": quarters}


@dataclass(frozen=True)
class Line:
    """One line of a table: its words, and how each quarter's number is written."""

    label: str
    cells: tuple[str, ...]
    definition: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Section:
    """One table of the return with what it means and where it comes from."""

    code: str
    title: str
    unit: str
    definition: str
    source: str
    lines: tuple[Line, ...]

    @property
    def meanings(self):
        """The lines that need words of their own."""
        return [line for line in self.lines if line.definition]


@dataclass(frozen=True)
class Document:
    """A whole return, in words."""

    title: str
    quarter: str
    reporting_quarter: str
    prepared_for: str
    columns: tuple[str, ...]
    is_complete: bool
    headlines: tuple[tuple[str, str], ...]
    chart: BarChart
    chart_note: str
    chart_unit: str
    sections: tuple[Section, ...]
    hiding: str
    hiding_basis: str
    hidden_by_quarter: tuple[tuple[str, str], ...]
    version: str


def document(run):
    """The return that a counted run holds."""
    found, period, taken_at = edition(run.edition), run.period, run.taken_at
    kept = [(parse_quarter(one["quarter"]), one["counts"]) for one in run.published["quarters"]]
    columns = tuple(_column(quarter, taken_at) for quarter, _ in kept)
    every = [counts for _, counts in kept]
    return Document(
        title=found.title,
        quarter=period.label,
        reporting_quarter=period.reporting_label,
        prepared_for=run.published["prepared_for"],
        columns=columns,
        is_complete=period.is_complete(taken_at),
        headlines=tuple((_written(every[0], row.code), row.label) for row in found.headlines),
        chart=_chart(found.chart, period, every[0], taken_at),
        chart_note=found.chart.definition,
        chart_unit=found.chart.unit,
        sections=tuple(_section(table, every) for table in found.tables),
        hiding=_hiding(run.published["below"]),
        hiding_basis=run.published["basis"],
        hidden_by_quarter=tuple(zip(columns, map(_how_many_hidden, every), strict=True)),
        version=found.version,
    )


def _column(quarter, taken_at):
    if quarter.is_complete(taken_at):
        return quarter.label
    return f"{quarter.label}, to {short_date(taken_at)} (incomplete)"


def _written(counts, code):
    if counts is None:
        return NOT_KEPT
    return HIDDEN if counts[code] is None else f"{counts[code]:,}"


def _section(table, every):
    lines = [Line(row.label, tuple(_written(counts, row.code) for counts in every), row.definition, row.is_total) for row in table.rows]
    if table.share:
        lines.append(Line(table.share.label, tuple(_share(table.share, counts) for counts in every)))
    return Section(table.code, table.title, table.unit, table.definition, table.source, tuple(lines))


def _share(share, counts):
    """A part of a whole in per cent, to one decimal; 0% and 100% are kept for none and all. It can say no more than its two counts do."""
    if counts is None:
        return NOT_KEPT
    part, whole = counts[share.part], counts[share.of]
    if part is None or whole is None:
        return HIDDEN
    if not whole:
        return "none fell due"
    tenths = (2000 * part + whole) // (2 * whole)
    if 0 < part < whole:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths // 10}.{tenths % 10}%"


def _chart(chart, period, counts, taken_at):
    series = []
    for label, part in chart.series:
        values = [counts[f"{part}.{number}"] for number in (1, 2, 3)]
        shown = [
            "not begun" if month.starts_at > taken_at else _written(counts, f"{part}.{number}")
            for number, month in enumerate(period.months, start=1)
        ]
        series.append(Series(label, tuple(values), tuple(shown)))
    said = "; ".join(
        f"{month.label}: " + ", ".join(f"{one.shown[number]} {one.name.lower()}" for one in series) for number, month in enumerate(period.months)
    )
    return BarChart("promises", chart.title, f"{said}.", "Month", tuple(month.label for month in period.months), tuple(series))


def _hiding(below):
    if below <= 1:
        return "No count is hidden."
    small = "Counts of 1" if below == 2 else f"Counts from 1 to {below - 1}"
    return (
        f"{small} are hidden, so that nobody can be recognised in them. Further counts are hidden where a small one could be worked out"
        f" from a total; a hidden count can therefore be of any size. A nought is shown, because it speaks of nobody. A share is shown only"
        f" where both of its counts are."
    )


def _how_many_hidden(counts):
    if counts is None:
        return NOT_KEPT
    hidden = sum(value is None for value in counts.values())
    return f"{hidden} of {len(counts)} counts" if hidden else "none"


def words(run):
    """Everything that the page and the PDF of a counted run say."""
    return {
        "document": document(run),
        "as_of": f"Figures as they stood on {local_time(run.taken_at)}",
        "hidden": HIDDEN,
        "not_kept": NOT_KEPT,
    }
