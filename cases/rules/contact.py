"""Whether a channel may be used now, and when it next may. Unknown counts as unsafe (domain 8.1)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from cases.rules.clocks import LONDON


@dataclass(frozen=True)
class Window:
    """A time of the week, London time: 0 is Monday."""

    weekday: int
    starts: time
    ends: time


def reasons_not_now(is_safe: str, windows: list[Window], at: datetime) -> list[str]:
    """Why this channel must not be used at `at`; empty when it is safe."""
    if is_safe == "no":
        return ["This channel is marked not safe."]
    if is_safe != "yes":
        return ["Nobody has confirmed that this channel is safe. Treat it as not safe."]
    if windows and not any(_covers(window, at) for window in windows):
        return ["This is outside the safe times."]
    return []


def openings(windows: list[Window], now: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The safe spans between now and `until`, in order, cut to fit. No windows means one span: any time."""
    if until <= now:
        return []
    if not windows:
        return [(now, until)]
    spans = []
    day = now.astimezone(LONDON).date() - timedelta(days=1)
    last = until.astimezone(LONDON).date()
    while day <= last:
        for window in windows:
            if window.weekday == day.weekday():
                start = datetime.combine(day, window.starts, LONDON).astimezone(UTC)
                end = datetime.combine(day, window.ends, LONDON).astimezone(UTC)
                if end > now and start < until and end > start:
                    spans.append((max(start, now), min(end, until)))
        day += timedelta(days=1)
    return sorted(spans)


def next_opening(windows: list[Window], now: datetime) -> tuple[datetime, datetime] | None:
    """The next safe span within a fortnight; None where there is none."""
    return next(iter(openings(windows, now, now + timedelta(days=14))), None)


def few_openings_left(windows: list[Window], now: datetime, due_at: datetime) -> str:
    """A warning when few safe times are left before a promise falls due; "" when there is room."""
    if not windows or due_at <= now:
        return ""
    left = openings(windows, now, due_at)
    if not left:
        return "No safe time is left before this is due."
    if len(left) == 1:
        return "Only one safe time is left before this is due."
    return ""


def _covers(window: Window, at: datetime) -> bool:
    local = at.astimezone(LONDON)
    return window.weekday == local.weekday() and window.starts <= local.time() < window.ends
