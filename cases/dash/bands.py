"""The bands between score and suggested level: what is in force at an instant, and the words that are frozen beside a signed score."""

from dataclasses import dataclass
from datetime import datetime

from agencies import policies
from cases.rules import dash as rules


@dataclass(frozen=True)
class Bands:
    """From which score high and medium are suggested, and where that comes from."""

    high_from: int
    medium_from: int
    source: str

    def suggest(self, points: int) -> str:
        """The level that these bands suggest for a score."""
        return rules.suggested_level(points, self.high_from, self.medium_from)

    @property
    def words(self) -> str:
        """The bands in words, with their source."""
        parts = [f"{self.high_from} or more: high"]
        if self.medium_from < self.high_from:
            last = self.high_from - 1
            parts.append(f"{self.medium_from} to {last}: medium" if self.medium_from < last else f"{last}: medium")
        return f"{', '.join(parts)}, fewer: standard ({self.source})"


def in_force(at: datetime) -> Bands:
    """The partnership's bands at an instant."""
    high = policies.in_force("dash.high_from", None, at)
    medium = policies.in_force("dash.medium_from", None, at)
    sources = [_plain(high), _plain(medium)]
    source = sources[0] if sources[0] == sources[1] else f"high: {sources[0]}; medium: {sources[1]}"
    return Bands(high.whole, medium.whole, source)


def _plain(policy) -> str:
    return "Waymark’s default, as the partnership has set none" if policy.is_default else policy.basis
