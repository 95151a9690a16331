"""The editions of the quarterly return: what each counts and says, read from the files in reporting/returns.

An edition is never changed once published; a return that was prepared under it is shown under it for ever. One that only says the
same numbers in other words names the edition that it is `counted_as`, and shares the quarters that were published as such.
"""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from reporting.suppression import Sum

PLACE = Path(__file__).resolve().parent / "returns"
IN_FORCE = "2026-2"


@dataclass(frozen=True)
class Row:
    """One count: its code, its words, and what it means where the table's own definition does not say."""

    code: str
    label: str
    definition: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Share:
    """One count as a part of another, shown only where both are."""

    label: str
    part: str
    of: str


@dataclass(frozen=True)
class Table:
    """Counts of one unit (never mixed: cases, people, referrals and promises are different things).

    `source` is for readers; `source_code` is this project's own numbering of its sources, and stands on no page.
    """

    code: str
    title: str
    unit: str
    definition: str
    source: str
    source_code: str
    rows: tuple[Row, ...]
    share: Share | None = None


@dataclass(frozen=True)
class Chart:
    """Counts by month of the quarter; the count of a month is called `part`.1 to `part`.3."""

    title: str
    unit: str
    definition: str
    series: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Edition:
    """One edition of the return."""

    version: str
    counted_as: str
    title: str
    tables: tuple[Table, ...]
    chart: Chart
    headlines: tuple[Row, ...]
    sums: tuple[Sum, ...]

    @property
    def codes(self):
        """Every count that the edition needs."""
        months = [f"{part}.{number}" for _, part in self.chart.series for number in (1, 2, 3)]
        return frozenset([*(row.code for table in self.tables for row in table.rows), *months])


@functools.cache
def edition(version: str) -> Edition:
    """The edition of that name. Raises FileNotFoundError where there is none, ValueError where the file contradicts itself."""
    if version not in versions():
        raise FileNotFoundError(version)
    data = tomllib.loads((PLACE / f"quarterly-{version}.toml").read_text())
    found = Edition(
        version=data["version"],
        counted_as=data.get("counted_as", data["version"]),
        title=data["title"],
        tables=tuple(_table(one) for one in data["table"]),
        chart=Chart(
            data["chart"]["title"], data["chart"]["unit"], data["chart"]["definition"],
            tuple((one["label"], one["part"]) for one in data["chart"]["series"]),
        ),
        headlines=tuple(Row(**one) for one in data["headline"]),
        sums=tuple(Sum(total, tuple(parts)) for total, ways in data["sums"].items() for parts in ways),
    )
    unknown = {row.code for row in found.headlines} | {count for one in found.sums for count in one.counts}
    unknown |= {count for table in found.tables if table.share for count in (table.share.part, table.share.of)}
    if unknown - found.codes or found.version != version:
        raise ValueError(f"edition {version} speaks of what it does not count: {sorted(unknown - found.codes)}")
    if found.counted_as != version and (found.codes, set(found.sums)) != ((first := edition(found.counted_as)).codes, set(first.sums)):
        raise ValueError(f"edition {version} does not count what edition {found.counted_as} counts")
    return found


def versions() -> list[str]:
    """The editions that exist, oldest first."""
    return sorted(path.stem.removeprefix("quarterly-") for path in PLACE.glob("quarterly-*.toml"))


def _table(data):
    rows = tuple(Row(**one) for one in data.pop("row"))
    share = data.pop("share", None)
    return Table(rows=rows, share=Share(**share) if share else None, **data)
