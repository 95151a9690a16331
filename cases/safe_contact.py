"""Safe contact as it stands: each way of reaching somebody, whether it may be used now, and when it next may. Unless a party is named, the victim/survivor."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from agencies import policies
from cases import flags, perpetrator_access
from cases.answered import reasons_answered
from cases.dash import FOLLOW_ON
from cases.models import Address, Assessment, EarlierCheck, Party, SafeContact, SafeWindow
from cases.models.case import RiskLevel
from cases.models.contact import PLACES, Channel, Safe, Style, Times
from cases.models.people import Role, Visibility
from cases.rules import contact as rules
from cases.rules.flags import reasons_barred
from ui.times import since_when, time_of_day

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOW_FAR_AHEAD = timedelta(days=14)
HOW_FAR_BACK = timedelta(days=7)
# Whom we call and write to: nobody reaches an alleged perpetrator here.
REACHABLE = (Role.VICTIM, Role.CHILD, Role.ADULT)
SHARED_HOME = "The alleged perpetrator lives in the same home."
_VOICEMAIL = {Safe.YES: "You may leave one, as agreed", Safe.NO: "Never", Safe.UNKNOWN: "Not known: leave none"}


_VALUES = {
    Channel.EMAIL: "e-mail address", Channel.LETTER: "address", Channel.VISIT: "address", Channel.WORK: "details", Channel.THIRD_PERSON: "details",
    Channel.IN_PERSON: "place",
}
_MESSAGE = {
    Style.NEUTRAL: "Messages: neutral, without our name and with nothing of what it is about", Style.NAMED: "Messages may say who they are from",
    Style.UNKNOWN: "Messages: nobody has asked, so neutral and without our name",
}
# Where a message is the exception: it is spoken of where a voicemail may be left, or somebody has asked.
_SPOKEN = (Channel.PHONE, Channel.WORK, Channel.THIRD_PERSON)
_STYLES = {
    **dict.fromkeys((Channel.TEXT, Channel.EMAIL, Channel.VOICEMAIL, *_SPOKEN), _MESSAGE),
    Channel.LETTER: {
        Style.NEUTRAL: "A plain envelope, with no sender on it", Style.NAMED: "The envelope may say who it is from",
        Style.UNKNOWN: "Nobody has asked: a plain envelope, with no sender on it",
    },
}


@dataclass(frozen=True)
class ChannelState:
    """One channel and what may be done with it at an instant."""

    contact: SafeContact
    checked_by: str
    has_value: bool
    windows: list[rules.Window]
    at: datetime
    is_lapsed: bool
    not_now: list[str]
    openings: list[tuple[datetime, datetime]]
    changes_at: datetime | None = None  # when what the alleged perpetrator can reach is to change: from then on it must be checked again
    is_barred: bool = False  # whatever was ticked: the home is shared, or a flag says no

    @property
    def label(self):
        return self.contact.get_channel_display()

    @property
    def is_safe_now(self):
        return not self.not_now

    @property
    def is_unchecked(self):
        """Marked safe by what somebody else said; nobody has asked the victim/survivor."""
        return self.contact.is_safe == Safe.YES and self.contact.verified_at is None and not self.is_barred

    @property
    def wants_times(self):
        """Marked safe, but nobody has asked when."""
        return self.contact.is_safe == Safe.YES and self.contact.times == Times.UNKNOWN and not self.is_barred

    @property
    def is_any_time(self):
        return self.contact.times == Times.ANY

    @property
    def may_become_safe(self):
        """Marked safe and checked: only the time is wrong now, if anything is."""
        return self.contact.is_safe == Safe.YES and not (self.is_lapsed or self.is_barred or self.is_unchecked or self.wants_times)

    @property
    def headline(self):
        """The state in two or three words: what the coloured tag says."""
        if self.is_safe_now:
            return "Safe now"
        if self.may_become_safe:
            return "Not now"
        if self.is_lapsed or self.is_unchecked:
            return "Check first"
        if self.wants_times:
            return "Ask first"
        return "Not safe" if self.contact.is_safe == Safe.NO or self.is_barred else "Not known"

    @property
    def colour(self):
        return "green" if self.is_safe_now else "orange" if self.may_become_safe else "red"

    @property
    def until(self):
        """When the safe time that runs now is over; None where it has no end."""
        if not self.is_safe_now or not self.openings:
            return None
        return self.changes_at if self.is_any_time else self.openings[0][1]

    @property
    def next_openings(self):
        """The safe times ahead, after the one that runs now."""
        if self.is_any_time or not self.may_become_safe:
            return []
        return [span for span in self.openings if span[0] > self.at][:3]

    @property
    def times(self):
        """The agreed times of the week, in words: days that follow each other and share their hours are one."""
        if self.contact.times != Times.WINDOWS:
            return []
        days: dict[tuple, list[int]] = {}
        for window in self.windows:
            days.setdefault((window.starts, window.ends), []).append(window.weekday)
        return [f"{_days_in_words(sorted(set(weekdays)))} {time_of_day(starts)} to {time_of_day(ends)}" for (starts, ends), weekdays in sorted(days.items())]

    @property
    def value_name(self):
        """What is hidden behind the button."""
        return _VALUES.get(self.contact.channel, "number")

    @property
    def style(self):
        """What a message or letter by this way must look like; "" where there is none."""
        contact = self.contact
        if contact.channel in _SPOKEN and contact.style == Style.UNKNOWN and contact.voicemail != Safe.YES:
            return ""
        return _STYLES.get(contact.channel, {}).get(contact.style, "")

    @property
    def voicemail(self):
        return _VOICEMAIL[self.contact.voicemail] if self.contact.channel in (Channel.PHONE, Channel.VOICEMAIL, Channel.WORK) else ""


def _days_in_words(days):
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    if runs == [list(range(7))]:
        return "Every day"
    return ", ".join(WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]} to {WEEKDAYS[run[-1]]}" for run in runs)


def channels(case, at, party=None):
    """Every current channel to the victim/survivor of a case, or to this other party, with its state at an instant. Four queries, a fifth at high risk."""
    contacts = list((of_party(party) if party else current(case)).select_related("verified_by"))
    windows = safe_windows(case).values_list("contact_id", "weekday", "starts", "ends") if contacts else []
    said = [(contact, _checker(contact), bool(contact.value)) for contact in contacts]
    return states(case, at, said, windows, shared=is_home_shared(case, party) if party and contacts else None)


def of_party(party):
    """The channels to one person that are in use."""
    return SafeContact.objects.filter(party=party, ended_at=None)


def in_use(case):
    """The channels of a case that are in use, to whomever they lead."""
    return SafeContact.objects.filter(case=case, ended_at=None)


def current(case):
    """The channels to the victim/survivor that are in use."""
    return SafeContact.objects.filter(case=case, ended_at=None, party__role=Role.VICTIM)


def lately_ended(case, at):
    """The channels taken out of use in the last days with nothing in their place: somebody may still have to record that they used one before."""
    return SafeContact.objects.filter(case=case, ended_at__gt=at - HOW_FAR_BACK, replaced_by=None, party__role=Role.VICTIM)


def safe_windows(case):
    """The safe times of a case's channels."""
    return SafeWindow.objects.filter(case=case)


def states(case, at, contacts, windows, *, days=None, shared=None, flagged=None, changes=None):
    """The state of each channel. `contacts` are (channel, who checked it, is there a number), `windows` are (channel's id, weekday, from, until).

    `days` until a mark lapses, whether the home is `shared`, the kinds of flag that stand, and the `changes` of what the alleged perpetrator can
    reach are asked for unless they are known.
    """
    times: dict[int, list[rules.Window]] = {}
    for contact_id, *window in windows:
        times.setdefault(contact_id, []).append(rules.Window(*window))
    if days is None:
        days = lapse_days(case, at) if contacts else 0
    if shared is None:
        shared = any(contact.channel in PLACES for contact, *_ in contacts) and is_home_shared(case)
    if flagged is None:
        flagged = flags.kinds_now(case) if contacts else []
    if changes is None:
        changes = perpetrator_access.instants(case) if contacts else []
    return [
        _state(contact, checked_by, has_value, times.get(contact.pk, []), case, at, days, _barred(contact, shared, flagged), changes)
        for contact, checked_by, has_value in contacts
    ]


def is_home_shared(case, party=None):
    """Does the alleged perpetrator live in the victim/survivor's home, as far as the case says? Then nobody calls or writes there.

    Nor to another `party`, unless somebody has said that they live elsewhere.
    """
    return _may_live_there(party) and Party.objects.filter(case=case, role=Role.PERPETRATOR, lives_with_victim=True).exists()


def _may_live_there(party):
    return party is None or party.role == Role.VICTIM or party.lives_with_victim is not False


def reasons_home_was_shared(case, at, party):
    """Saying that the alleged perpetrator has moved out makes no visit safe that was before it."""
    if not _may_live_there(party):
        return []
    said = Party.objects.filter(case=case, role=Role.PERPETRATOR, moved_out_said_at__isnull=False).values_list("moved_out_said_at", flat=True)
    until = max((moment for moment in said if rules.not_before(at, moment) < moment), default=None)
    return [f"The alleged perpetrator was recorded as living in the same home until {since_when(until, at)}."] if until else []


def lapse_days(case, at):
    """After how many days a safe mark lapses at high risk, as the lead agency has it in force; 0 where the risk is not high."""
    return policies.in_force("safe_contact.expiry_days_high", case.lead_agency_id, at).whole if case.risk_level == "high" else 0


def _barred(contact, shared, flagged):
    """Why this way must not be used, whatever was ticked: a visit or a letter to a home that the alleged perpetrator shares, or a flag."""
    return [SHARED_HOME] * (shared and contact.channel in PLACES) + reasons_barred(flagged, contact.channel)


def _state(contact, checked_by, has_value, windows, case, at, days, barred, changes):
    if barred:
        return ChannelState(contact, checked_by, has_value, windows, at, False, barred, [], is_barred=True)
    mark = rules.Mark(contact.is_safe, contact.times, windows, contact.recorded_at, contact.verified_at)
    is_checked = contact.is_safe == Safe.YES and contact.verified_at is not None
    changed, changes_at = rules.around(changes, at)
    stale = is_checked and rules.is_overtaken(contact.verified_at, changed)
    lapsed = stale or (is_checked and rules.is_lapsed(case.risk_level, contact.verified_at, at, days))
    not_now = rules.reasons_not_now(mark, at, since_when=since_when, is_lapsed=lapsed, changed_at=changed if stale else None)
    horizon = at + HOW_FAR_AHEAD
    ahead = mark.openings(at, min(horizon, changes_at or horizon)) if is_checked and not lapsed else []
    return ChannelState(contact, checked_by, has_value, windows, at, lapsed, not_now, ahead, changes_at)


def state_of(contact, case, at):
    """The state of one channel on its own, as it stands now, with what it needs fetched."""
    shared = contact.channel in PLACES and is_home_shared(case, contact.party)
    barred = _barred(contact, shared, flags.kinds_now(case))
    return _state(contact, _checker(contact), bool(contact.value), _windows(contact), case, at, lapse_days(case, at), barred, perpetrator_access.instants(case))


def held_at(contact, at):
    """The row of this way of contact that held at an instant: this one, or one that it replaced. The first of them where none held yet."""
    while rules.not_before(at, contact.recorded_at) < contact.recorded_at and contact.replaces_id:
        contact = contact.replaces
    return contact


def reasons_not_safe_at(contact, case, at):
    """Why this way of contact was not known to be safe at an instant, which may be past: by what was recorded, checked and assessed until then."""
    shared = contact.channel in PLACES and is_home_shared(case, contact.party)
    if barred := _barred(contact, shared, flags.kinds_at(case, at)) or (reasons_home_was_shared(case, at, contact.party) if contact.channel in PLACES else []):
        return barred
    checks = sorted([*EarlierCheck.objects.filter(contact=contact).values_list("verified_at", flat=True), *filter(None, [contact.verified_at])])
    until_then = [check for check in checks if rules.not_before(at, check) >= check]
    checked_at = until_then[-1] if until_then else None
    days = policies.in_force("safe_contact.expiry_days_high", case.lead_agency_id, at).whole
    mark = rules.Mark(contact.is_safe, contact.times, _windows(contact), contact.recorded_at, checked_at, next(iter(checks), None))
    lapsed = checked_at is not None and rules.is_lapsed(_level_at(case, at), checked_at, at, days)
    changed, _ = rules.around(perpetrator_access.instants(case), rules.end_of_minute(at))
    overtaken = changed if checked_at is not None and rules.is_overtaken(checked_at, changed) else None
    # That somebody else answered may be written down hours later: only then is the mark taken, but nobody was safe in between.
    return rules.reasons_not_now(mark, at, since_when=since_when, is_lapsed=lapsed, changed_at=overtaken) or reasons_answered(contact, case, at, until_then)


def _level_at(case, at):
    """The level of a case at an instant. Where a second person has decided since, what held until then counts as high."""
    if case.risk_level_at is None or at >= case.risk_level_at:
        return case.risk_level
    latest = Assessment.objects.filter(case=case, signed_at__lte=at).exclude(tool__in=FOLLOW_ON).order_by("-signed_at", "-id").first()
    if latest is None:
        return ""
    return RiskLevel.HIGH if latest.decided_at and latest.decided_at > at else latest.final_level


def _windows(contact):
    return [rules.Window(*row) for row in contact.windows.values_list("weekday", "starts", "ends")]


def _checker(contact):
    return contact.verified_by.full_name if contact.verified_by else ""


def warning_before(states, now, due_at):
    """What to say when little or no safe time is left before a promise falls due; "" when there is room."""
    usable = [state for state in states if state.may_become_safe and (state.is_any_time or state.windows)]
    if not usable:
        return "No way of contact is known to be safe."
    if any(state.is_any_time for state in usable):
        return ""
    return rules.few_openings_left([window for state in usable for window in state.windows], now, due_at)


def is_protected_place(contact):
    """Is this channel a place that only those who hold `see_protected_address` may see? A child's may be where the victim/survivor hides."""
    hidden = Address.objects.filter(case=contact.case_id, until_at=None).exclude(visibility=Visibility.NORMAL)
    return contact.channel in PLACES and hidden.filter(Q(party=contact.party_id) | Q(party__role=Role.VICTIM)).exists()
