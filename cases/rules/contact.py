"""Whether a channel may be used, when it next may, and what an attempt counts for. Unknown counts as unsafe (domain 8.1)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cases.rules.clocks import LONDON

# Ringing three times in a row is one try: the attempts before somebody gives up lie in so many different hours at least.
FEWEST_HOURS = 2
# One telephone takes all of these.
_BY_NUMBER = {"phone", "text", "voicemail"}
# Why an unsafe channel or time was used must say something, not just fill a box.
SHORTEST_REASON = 20


@dataclass(frozen=True)
class Window:
    """A time of the week, London time: 0 is Monday."""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True)
class Mark:
    """What is recorded about one way of contact. `checked_at` is when it was last checked with the victim/survivor, as of the instant judged."""

    is_safe: str
    times: str
    windows: list[Window]
    recorded_at: datetime
    checked_at: datetime | None
    # When it was first checked after that instant; only a past instant has one.
    checked_after: datetime | None = None

    def openings(self, now: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """The safe spans between now and `until`; none where nobody has asked when it is safe."""
        if self.times == "any":
            return openings([], now, until)
        return openings(self.windows, now, until) if self.times == "windows" and self.windows else []


def reasons_not_now(mark: Mark, at: datetime, *, since_when: Callable[[datetime, datetime], str], is_lapsed: bool = False, changed_at: datetime | None = None) -> list[str]:
    """Why this channel must not be used at `at`, or was not to be; empty when it is safe. `since_when` says an instant as pages say it.

    `changed_at` is when what the alleged perpetrator can reach changed, where nobody has checked since.
    """
    if mark.is_safe == "no":
        return ["This channel is marked not safe."]
    if mark.is_safe != "yes":
        return ["Nobody has confirmed that this channel is safe. Treat it as not safe."]
    if not_before(at, mark.recorded_at) < mark.recorded_at:
        return [f"This way was not recorded as safe until {since_when(mark.recorded_at, at)}."]
    if mark.checked_at is None:
        if mark.checked_after:
            return [f"Said by someone else, and not checked with them until {since_when(mark.checked_after, at)}."]
        return ["Said by someone else, not checked with them yet."]
    if changed_at:
        when = since_when(changed_at, at)
        return [f"What the alleged perpetrator can reach changed at {when}. Nobody has checked this with them since. Treat it as not safe until somebody has."]
    if is_lapsed:
        return ["Nobody has checked these details for too long. Treat them as not safe until they are checked."]
    if mark.times == "any":
        return []
    if mark.times != "windows":
        return ["Nobody has asked when it is safe. Ask them before you use it."]
    if not any(_covers(window, at) for window in mark.windows):
        return ["This is outside the safe times."]
    return []


def is_lapsed(risk_level: str, verified_at: datetime | None, at: datetime, days: int) -> bool:
    """At high risk a safe mark lapses unless somebody has checked it within so many days (domain 8.1)."""
    return risk_level == "high" and (verified_at is None or at - verified_at > timedelta(days=days))


def around(instants: Iterable[datetime], at: datetime) -> tuple[datetime | None, datetime | None]:
    """The last of these that had come at `at`, and the first that is still ahead."""
    known = list(instants)
    return max((one for one in known if one <= at), default=None), min((one for one in known if one > at), default=None)


def end_of_minute(at: datetime) -> datetime:
    """People write times to the minute: what changed within it may have been before."""
    return at.replace(second=59, microsecond=999_999)


def is_overtaken(verified_at: datetime, changed_at: datetime | None) -> bool:
    """A check says nothing of what the alleged perpetrator can reach since (domain 8.1)."""
    return changed_at is not None and verified_at < changed_at


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
                spans += [(max(start, now), min(end, until)) for start, end in _spans(window, day) if end > now and start < until]
        day += timedelta(days=1)
    return _joined(sorted(spans))


def few_openings_left(windows: list[Window], now: datetime, due_at: datetime) -> str:
    """A warning when few safe times are left before a promise falls due; "" when there is room."""
    if not windows or due_at <= now:
        return ""
    left = openings(windows, now, due_at)
    if not left:
        return "No safe time is left before the promise is due."
    if len(left) == 1:
        return "Only one safe time is left before the promise is due."
    return ""


def not_before(at: datetime, start: datetime) -> datetime:
    """People write times to the minute: what happened in the minute in which something began, happened after it began."""
    return max(at, start) if at.replace(second=0, microsecond=0) == start.replace(second=0, microsecond=0) else at


def reasons_attempt_impossible(at: datetime, earliest: datetime, now: datetime) -> list[str]:
    """Why nobody can have tried at `at`: in the future, or before anything was known."""
    if at > now:
        return ["The attempt cannot be in the future."]
    if at < earliest:
        return ["The attempt cannot be before the report that this case began with."]
    return []


def reasons_not_by_them(is_by_them: bool, outcome: str) -> list[str]:
    """Why an attempt cannot have come to this where the victim/survivor made the contact: then somebody did answer, and it was they."""
    if is_by_them and outcome not in ("reached", "unsafe_to_talk"):
        return ["They called you or came to you. Choose whether you spoke safely, or they could not talk safely."]
    return []


THE_REPORT = "This is the report itself. Record the contact that came after it."


def reasons_is_report(is_by_them: bool, at: datetime, reports: list[datetime]) -> list[str]:
    """Why their own call is no contact: in the minute in which this was reported it is the report, and nobody has been reached since."""
    minutes = {report.replace(second=0, microsecond=0) for report in reports}
    return [THE_REPORT] if is_by_them and at.replace(second=0, microsecond=0) in minutes else []


def may_keep(is_by_them: bool, at: datetime, started_at: datetime) -> bool:
    """Did an attempt come late enough for a promise that began then? A call of theirs that began it does not keep it too."""
    return started_at < at if is_by_them else started_at <= not_before(at, started_at)


def reasons_route_unsafe(not_safe_because: list[str], override_reason: str) -> list[str]:
    """Why an attempt by a route that was not safe cannot be recorded as it stands: somebody must say why it was used all the same."""
    if not_safe_because and len(override_reason.strip()) < SHORTEST_REASON:
        return [f"{' '.join(not_safe_because)} Say why it was used all the same, in {SHORTEST_REASON} characters or more."]
    return []


def keeps_promise(reached: bool, was_safe_route: bool) -> bool:
    """Does an attempt count as the contact that was promised? Only one that reached the person, by a safe route."""
    return reached and was_safe_route


def leads_to_same(way: tuple[str, str], used: tuple[str, str]) -> bool:
    """Does one way of contact, as (kind, number or place), lead to where another led? Where no number is written down, the kind decides."""
    (kind, value), (used_kind, used_value) = way, used
    if value and used_value:
        return value == used_value
    return kind == used_kind or {kind, used_kind} <= _BY_NUMBER


def is_checked_since(answered: datetime, written_down: datetime, checks: list[datetime]) -> bool:
    """Has the victim/survivor been asked since somebody else answered? A check in the very minute may have been before, unless it was already written down."""
    next_minute = answered.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return any(check >= next_minute or check > written_down for check in checks)


def limit_reached(failed_since_last_raised: int, limit: int) -> bool:
    """Have so many attempts failed, since the person was reached or others were last told, that others must be told?"""
    return failed_since_last_raised >= limit


def reasons_cannot_give_up(tries: list[datetime], limit: int) -> list[str]:
    """Why nobody may yet say that this person cannot be contacted. `tries` are those by a safe route, since the promise began."""
    if len(tries) < limit:
        return [f"Try at least {limit} times, at different times of day and by different safe ways. So far: {len(tries)}."]
    if len({at.replace(minute=0, second=0, microsecond=0) for at in tries}) < FEWEST_HOURS:
        return ["All attempts were made within the same hour. Try again at another time of day."]
    return []


def reasons_own_promise(owners: set[int | None], decides: int) -> list[str]:
    """Why somebody may not decide that trying can stop: whoever promised it does not approve that for themselves."""
    return ["The promise is yours, so somebody else must decide that nobody can be reached. Ask another manager."] if decides in owners else []


def _covers(window: Window, at: datetime) -> bool:
    local = at.astimezone(LONDON)
    return window.weekday == local.weekday() and window.starts <= local.time() and (_is_to_midnight(window) or local.time() < window.ends)


def _is_to_midnight(window: Window) -> bool:
    """A night is typed as two times, until 23:59 and from 00:00: nobody means to leave out the minute between them."""
    return (window.ends.hour, window.ends.minute) == (23, 59)


def _spans(window: Window, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The instants at which the wall clock stands inside the window on this day. A clock change (at 1am UTC) can cut it in two, or skip it."""
    midnight = datetime.combine(day, time(), LONDON).astimezone(UTC)
    next_midnight = datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)
    change = datetime.combine(day, time(1), UTC)
    for first, last in ((midnight, change), (change, next_midnight)):
        offset = first.astimezone(LONDON).utcoffset()
        starts = datetime.combine(day, window.starts, UTC) - offset
        ends = (datetime.combine(day + timedelta(days=1), time(), UTC) if _is_to_midnight(window) else datetime.combine(day, window.ends, UTC)) - offset
        if max(starts, first) < min(ends, last):
            yield max(starts, first), min(ends, last)


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that touch or overlap are one."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def reasons_words_alike(code_word: str, duress_word: str, others: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Why these two words cannot stand beside one another and beside the (code word, word for danger) of the other ways, by field.

    Whoever hears a word must know what it says, by whatever way it comes; on the telephone nobody hears a space or a hyphen.
    """
    code, danger = _heard(code_word), _heard(duress_word)
    if danger and danger in {code, *(_heard(its_code) for its_code, _ in others)}:
        return {"duress_word": "Choose a word that is not a code word: one says that it is them, the other that they are not safe to talk."}
    if code and code in {_heard(its_danger) for _, its_danger in others}:
        return {"code_word": "Choose another code word: by another way of contact this one says that they are not safe to talk."}
    return {}


def _heard(word):
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def reasons_no_language(interpreter: str, speaks: str) -> list[str]:
    """Why an interpreter cannot be found."""
    return ["Enter the language, so that an interpreter can be found."] if interpreter == "spoken" and not speaks.strip() else []
