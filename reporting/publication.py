"""What a return says: first the numbers as they may be printed (frozen with the run), then those numbers in words for page and PDF.

Everything here is made from the frozen run and its edition alone, so that the same run always says the same.
"""

from dataclasses import dataclass
from datetime import datetime

from reporting.allowances import in_words
from reporting.indicators import edition
from reporting.quarters import parse_quarter
from reporting.suppression import hidden_counts
from ui.charts import BarChart, Series
from ui.times import local_time, short_time

HIDDEN = "hidden"
NOT_KEPT = "no data"
ONCE = "The figures of a quarter are taken once, for the first return that shows it, and stand unchanged in every return after that."


def publish(numbers, version, below, basis, taken_at):
    """The numbers of each quarter as they may be printed: what must stay hidden is left out here, and nothing else is ever stored.

    `below` and `basis` are the number in force and where it comes from.
    """
    found = edition(version)
    headlines = [row.code for row in found.headlines]
    columns = []
    for quarter, counts in numbers.items():
        hidden = frozenset() if counts is None else hidden_counts(counts, found.sums, below, headlines)
        shown = None if counts is None else {code: None if code in hidden else counts[code] for code in sorted(found.codes)}
        columns.append(column(quarter.code, shown, taken_at, below, basis))
    return columns


def column(quarter, counts, taken_at, below, basis):
    """One quarter of a return as it is kept; of one without data there is nothing to say."""
    if counts is None:
        return {"quarter": quarter, "counts": None}
    return {"quarter": quarter, "counts": counts, "taken_at": taken_at.isoformat(), "below": below, "basis": basis}


@dataclass(frozen=True)
class Origin:
    """Where the numbers of one quarter come from: when they were taken, what was hidden then, and how much that was."""

    quarter: str
    as_of: str
    below: str
    how_many: str


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
    partnership: str
    prepared_for: str
    columns: tuple[str, ...]
    headlines: tuple[tuple[str, str], ...]
    chart: BarChart
    chart_note: str
    chart_unit: str
    sections: tuple[Section, ...]
    hiding: str
    origins: tuple[Origin, ...]
    version: str


def document(run):
    """The return that a counted run holds."""
    found, period, kept = edition(run.edition), run.period, run.published["quarters"]
    columns = tuple(parse_quarter(one["quarter"]).label for one in kept)
    every = [one["counts"] for one in kept]
    fill = _filler(run.published)
    return Document(
        title=found.title,
        quarter=period.label,
        reporting_quarter=period.reporting_label,
        partnership=run.published.get("partnership", ""),
        prepared_for=run.published["prepared_for"],
        columns=columns,
        headlines=tuple((_written(every[0], row.code), fill(row.label)) for row in found.headlines),
        chart=_chart(found.chart, fill(found.chart.title), period, every[0]),
        chart_note=found.chart.definition,
        chart_unit=found.chart.unit,
        sections=tuple(_section(table, every, fill) for table in found.tables),
        hiding=_hiding(kept[0]["below"]),
        origins=tuple(_origin(label, one) for label, one in zip(columns, kept, strict=True)),
        version=found.version,
    )


def _filler(published):
    """Fills in what an edition leaves open. The first edition left nothing open, and its returns keep nothing to fill in."""
    words = in_words(published["allowed"]) if "allowed" in published else {}
    return lambda text: text.format_map(words)


def _written(counts, code):
    if counts is None:
        return NOT_KEPT
    return HIDDEN if counts[code] is None else f"{counts[code]:,}"


def _section(table, every, fill):
    lines = [Line(row.label, tuple(_written(counts, row.code) for counts in every), row.definition, row.is_total) for row in table.rows]
    if table.share:
        lines.append(Line(table.share.label, tuple(_share(table.share, counts) for counts in every)))
    return Section(table.code, fill(table.title), table.unit, fill(table.definition), fill(table.source), tuple(lines))


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


def _chart(chart, title, period, counts):
    series = []
    for label, part in chart.series:
        values = [counts[f"{part}.{number}"] for number in (1, 2, 3)]
        shown = [_written(counts, f"{part}.{number}") for number in (1, 2, 3)]
        series.append(Series(label, tuple(values), tuple(shown)))
    said = "; ".join(
        f"{month.label}: " + ", ".join(f"{one.shown[number]} {one.name.lower()}" for one in series) for number, month in enumerate(period.months)
    )
    return BarChart("promises", title, f"{said}.", "Month", tuple(month.label for month in period.months), tuple(series))


def _hiding(below):
    if below <= 1:
        return "No count is hidden."
    return (
        f"{_small(below)} are hidden, so that nobody can be recognised in them. Further counts are hidden where a small one could be worked out"
        f" from a total; a hidden count can therefore be of any size. A nought is shown, because it speaks of nobody. A share is shown only"
        f" where both of its counts are."
    )


def _small(below):
    return "Counts of 1" if below == 2 else f"Counts from 1 to {below - 1}"


def _origin(label, one):
    if one["counts"] is None:
        return Origin(label, NOT_KEPT, NOT_KEPT, NOT_KEPT)
    small = f"{_small(one['below'])} ({one['basis']})" if one["below"] > 1 else f"No count ({one['basis']})"
    return Origin(label, short_time(datetime.fromisoformat(one["taken_at"])), small, _how_many_hidden(one["counts"]))


def _how_many_hidden(counts):
    hidden = sum(value is None for value in counts.values())
    return f"{hidden} of {len(counts)} counts" if hidden else "none"


def words(run):
    """Everything that the page and the PDF of a counted run say."""
    return {
        "document": document(run),
        "as_of": f"Figures as they stood on {local_time(run.taken_at)}",
        "hidden": HIDDEN,
        "not_kept": NOT_KEPT,
        "once": ONCE,
    }
