"""The numbers that agencies negotiate: their defaults, where each comes from, and the value in force at an instant."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.models import Policy

# What stands beside a number that nobody has set. Where the default itself comes from stands in the table below and in the docs.
DEFAULT = "Waymark’s default"
MOST_WORKING_DAYS = 10
_HOLDS_FIRST = (F("agency").asc(nulls_last=True), "-effective_from", "-id")
_ALLOWANCE = re.compile(r"^(\d{1,4})(h|wd)$")


@dataclass(frozen=True)
class PolicyKey:
    """One negotiable number: its default and where that comes from."""

    label: str
    default: str
    kind: str  # allowance ("48h" elapsed hours, "2wd" working days), whole, or words (of so many characters)
    scope: str  # agency (the partnership's value, then the default, stand behind it) or partnership
    source: str
    at_least: int = 0
    at_most: int = 1000


KEYS = {
    "clock.contact": PolicyKey("Time to contact the victim/survivor after a report", "48h", "allowance", "agency", "SEED-066", 1, 240),
    "clock.discussion": PolicyKey("Time to talk it through after the first discussion", "48h", "allowance", "agency", "SEED-067", 1, 240),
    "dash.asked_within": PolicyKey("Time to complete a DASH that a colleague asked for", "5wd", "allowance", "agency", "domain 13.1 T7 (ASSUME)", 1, 240),
    "contact.attempt_limit": PolicyKey("Failed attempts before others are told", "3", "whole", "agency", "domain 6 (PAGE, three attempts)", 1, 20),
    "safe_contact.expiry_days_high": PolicyKey("Days until safe-contact details lapse at high risk", "30", "whole", "agency", "domain 8.1 (ASSUME)", 1, 365),
    "flag.review_days": PolicyKey("Days until a safety flag is reviewed", "28", "whole", "agency", "domain 6 (OWN, reviews every 4 weeks)", 1, 365),
    "plan.review_days_high": PolicyKey("Days until a safety plan is reviewed at high risk", "28", "whole", "agency", "domain 6 (every 4 weeks at high risk)", 1, 365),
    "plan.review_days_medium": PolicyKey("Days until a safety plan is reviewed at medium risk", "56", "whole", "agency", "ASSUME", 1, 365),
    "plan.review_days_standard": PolicyKey("Days until a safety plan is reviewed at standard risk", "84", "whole", "agency", "ASSUME", 1, 365),
    "caseload.limit": PolicyKey("Open cases that one worker holds at most", "25", "whole", "agency", "domain 6 (OWN, 15 to 25 at once)", 1, 200),
    "dash.high_from": PolicyKey("DASH score from which high risk is suggested", "14", "whole", "partnership", "domain 1.5 (PAGE)", 1, 24),
    "dash.medium_from": PolicyKey("DASH score from which medium risk is suggested", "10", "whole", "partnership", "domain 1.5 (ASSUME)", 1, 24),
    "dash.review_weeks_high": PolicyKey("Weeks until a high risk is assessed again", "4", "whole", "agency", "domain 1.5 (ASSUME)", 1, 52),
    "dash.review_weeks_medium": PolicyKey("Weeks until a medium risk is assessed again", "8", "whole", "agency", "domain 1.5 (ASSUME)", 1, 52),
    "dash.review_weeks_standard": PolicyKey("Weeks until a standard risk is assessed again", "12", "whole", "agency", "domain 1.5 (ASSUME)", 1, 52),
    "dash.reassess_urgent_within": PolicyKey(
        "Time to assess the risk again after a new incident, a separation or a release", "24h", "allowance", "agency", "domain 1.5 (ASSUME)", 1, 240
    ),
    "dash.reassess_within": PolicyKey("Time to assess the risk again after something else has changed", "5wd", "allowance", "agency", "domain 1.5 (ASSUME)", 1, 240),
    "marac.repeat_months": PolicyKey("Months after a MARAC referral in which a new one is a repeat", "12", "whole", "partnership", "domain 2.4 (PAGE)", 1, 60),
    "marac.referral_deadline_days": PolicyKey("Working days before a meeting by which a referral must be in", "8", "whole", "partnership", "domain 2.5 (OWN)", 0, 30),
    "marac.escalation_incidents": PolicyKey("Police incidents in 12 months that make potential escalation", "3", "whole", "partnership", "domain 1.5 (PAGE)", 1, 20),
    "marac.minutes_per_case": PolicyKey("Minutes for each case at a meeting", "15", "whole", "partnership", "domain 2.2 (PAGE)", 5, 60),
    "marac.sight_days_after_meeting": PolicyKey("Days after a meeting during which its listings can still be seen", "28", "whole", "partnership", "ASSUME", 1, 365),
    # Which notices and orders can be given where the partnership is, from which day: 1 for yes, 0 for not (yet, or no longer).
    "orders.dvpn_available": PolicyKey("DVPNs and DVPOs can be given in this area: 1 yes, 0 no", "1", "whole", "partnership", "SEED-138, SEED-139", 0, 1),
    "orders.dapn_available": PolicyKey("DAPNs and DAPOs can be given in this area: 1 yes, 0 no", "0", "whole", "partnership", "domain 11 (pilot areas)", 0, 1),
    "orders.first_alert_days": PolicyKey("Days before an order ends: first alert", "28", "whole", "agency", "domain 11", 1, 365),
    "orders.second_alert_days": PolicyKey("Days before an order ends: second alert", "14", "whole", "agency", "domain 11", 1, 365),
    "orders.last_alert_days": PolicyKey("Days before an order ends: last alert", "7", "whole", "agency", "domain 11", 1, 365),
    "orders.reassess_within": PolicyKey("Time to assess the risk again after an order was breached", "24h", "allowance", "agency", "domain 1.5 (ASSUME)", 1, 240),
    "closing.exit_dash_days": PolicyKey("Days for which a DASH counts as the one at exit", "28", "whole", "agency", "domain 6 (exit; ASSUME for the days)", 1, 180),
    "repeat.victim_months": PolicyKey("Months after a closing in which a new case is of a repeat victim/survivor", "12", "whole", "partnership", "domain 6 (PAGE)", 1, 60),
    "safeguarding.emergency_within": PolicyKey("Time to ring the emergency duty team about a child in danger", "1h", "allowance", "agency", "domain 12 (ASSUME)", 1, 24),
    "safeguarding.send_within": PolicyKey("Time to send a safeguarding referral, or decide against it", "24h", "allowance", "agency", "domain 13.1 T9 (ASSUME)", 1, 240),
    "safeguarding.early_help_within": PolicyKey("Time to decide on Early Help for a child", "168h", "allowance", "agency", "ASSUME", 1, 240),
    "safeguarding.social_care_answers": PolicyKey("Time for Children’s Social Care to decide on a referral", "1wd", "allowance", "agency", "domain 12 (Working Together)", 1, 240),
    "safeguarding.early_help_answers": PolicyKey("Time in which Early Help answers a referral", "5wd", "allowance", "agency", "domain 12 (ASSUME)", 1, 240),
    "safeguarding.adult_answers": PolicyKey("Time in which adult safeguarding decides on a referral", "2wd", "allowance", "agency", "ASSUME", 1, 240),
    "pathway.welfare_check": PolicyKey("Time to check on somebody’s welfare after a red flag", "2wd", "allowance", "agency", "domain 13.1 T3 (reconstructed)", 1, 240),
    "pathway.refer_high": PolicyKey("Time to refer at high risk", "1wd", "allowance", "agency", "domain 13.1 T8a (reconstructed)", 1, 240),
    "pathway.refer_medium": PolicyKey("Time to refer at medium risk", "2wd", "allowance", "agency", "domain 13.1 T8b (reconstructed)", 1, 240),
    "pathway.refer_standard": PolicyKey("Time to offer support at standard risk", "5wd", "allowance", "agency", "domain 13.1 T8c (reconstructed)", 1, 240),
    "pathway.eligibility": PolicyKey("Time to find out whether an applicant is eligible", "24h", "allowance", "agency", "domain 13.2 A4 (reconstructed)", 1, 240),
    "pathway.interim_accommodation": PolicyKey("Time to find somewhere safe to stay", "24h", "allowance", "agency", "domain 13.2 A6 (reconstructed)", 1, 240),
    "pathway.housing_plan": PolicyKey("Time to agree on a Personalised Housing Plan", "5wd", "allowance", "agency", "domain 13.2 A8 (reconstructed)", 1, 240),
    "pathway.main_duty_decision": PolicyKey(
        "Time to decide on the main duty once relief has ended", "10wd", "allowance", "agency", "domain 5.1 (the Code: 15 working days at most)", 1, 240
    ),
    "asking.answer_within": PolicyKey("Time to answer somebody who asked in writing, without an account", "4h", "allowance", "agency", "ASSUME", 1, 72),
    "calls.callback_within": PolicyKey("Time to return a message that was left on the line", "1h", "allowance", "agency", "SEED-176", 1, 24),
    "encompass.school_days": PolicyKey("School days until a school has to know: 1 is the next, counted in working days", "1", "whole", "agency", "domain 12", 1, 10),
    "encompass.school_starts": PolicyKey("Hour at which a school day starts", "8", "whole", "agency", "domain 12 (ASSUME)", 6, 10),
    "onward.answer_within": PolicyKey("Time in which a service answers a referral", "2wd", "allowance", "agency", "domain 6 (OWN-M)", 1, 240),
    "programme.minimum_age": PolicyKey("Age from which behaviour change programmes take somebody", "18", "whole", "partnership", "SEED-143 (“over 18”), F9", 16, 25),
    "repeats.months": PolicyKey("Months in which more than one incident against the same victim/survivor makes a repeat", "12", "whole", "partnership", "domain 11 (OWN)", 1, 60),
    # The wider definition hides nobody; a partnership that has agreed on three years says so.
    "repeats.serial_years": PolicyKey("Years in which two or more victims/survivors make serial abuse: 0 for ever", "0", "whole", "partnership", "domain 11 (NPCC)", 0, 30),
    "security.urgent_within": PolicyKey("Time to have urgent security measures fitted", "24h", "allowance", "agency", "domain 13.1 T11 (ASSUME)", 1, 240),
    "security.within": PolicyKey("Time to have other security measures fitted", "5wd", "allowance", "agency", "domain 13.1 T11 (ASSUME)", 1, 240),
    "security.budget_pounds": PolicyKey("Pounds for security measures in a financial year", "0", "whole", "agency", "SEED-083", 0, 10_000_000),
    "tenancy.breach_clause": PolicyKey("Clause of the tenancy agreement that abuse breaches", "6.3(g)", "words", "agency", "SEED-089", 1, 60),
    "returns.suppress_below": PolicyKey("Counts below this are hidden in a return", "5", "whole", "partnership", "domain 9.1", 1, 20),
}


@dataclass(frozen=True)
class Allowance:
    """How long a promise may take: elapsed hours, or working days."""

    amount: int
    unit: str  # h | wd; of what a statute fixes also ch (hours of counted days) and d (days), which nobody can set

    @property
    def words(self):
        if self.unit == "h":
            return f"{self.amount} elapsed hours"
        if self.unit == "ch":
            return f"{self.amount} hours without Sundays, Christmas Day, Good Friday and bank holidays"
        if self.unit == "d":
            return f"{self.amount} days"
        return f"{self.amount} working day{'s' if self.amount != 1 else ''}"


@dataclass(frozen=True)
class InForce:
    """A value with where it comes from, for the basis that is frozen beside whatever was computed from it."""

    key: str
    value: str
    basis: str

    @property
    def is_default(self):
        return self.basis == DEFAULT

    @property
    def whole(self):
        return int(self.value)

    @property
    def allowance(self):
        return parse_allowance(self.value)


def parse_allowance(value):
    """"48h" -> 48 elapsed hours, "2wd" -> 2 working days. Raises ValueError on anything else."""
    match = _ALLOWANCE.match(value)
    if not match or int(match[1]) == 0:
        raise ValueError("Enter a number of hours like 24h, or of working days like 2wd.")
    return Allowance(int(match[1]), match[2])


def reasons_value_unfit(key, value):
    """Why a proposed value cannot be set; empty when it can."""
    spec = KEYS[key]
    if spec.kind == "words":
        return [] if spec.at_least <= len(value.strip()) <= spec.at_most else [f"Enter {spec.at_least} to {spec.at_most} characters."]
    try:
        number = parse_allowance(value).amount if spec.kind == "allowance" else int(value)
    except ValueError as problem:
        return [str(problem) if spec.kind == "allowance" else "Enter a whole number."]
    if not spec.at_least <= number <= spec.at_most:
        return [f"Enter a number from {spec.at_least} to {spec.at_most}."]
    if spec.kind == "allowance" and value.endswith("wd") and number > MOST_WORKING_DAYS:
        # 24 typed for hours and counted as working days would be five weeks.
        return [f"Enter no more than {MOST_WORKING_DAYS} working days."]
    return []


def in_force(key, agency_id, at: datetime) -> InForce:
    """The value of a key for an agency at an instant: its own, else the partnership's, else the default in code."""
    return _as_set(key, _set(key, agency_id, at).select_related("agency").first())


def lookup(keys, agency_id):
    """The same for several keys and whatever instants will be asked: one query, and a function of (key, at)."""
    # In the order in which they hold: the agency's own first, and of each the newest.
    rows = Policy.objects.filter(Q(agency=None) | Q(agency=agency_id), key__in=keys).select_related("agency").order_by(*_HOLDS_FIRST)
    found = {key: [] for key in keys}
    for row in rows:
        if row.agency_id is None or KEYS[row.key].scope != "partnership":
            found[row.key].append(row)

    def at_instant(key, at):
        return _as_set(key, next((row for row in found[key] if row.effective_from <= at), None))

    return at_instant


def _as_set(key, row):
    if row is None:
        return InForce(key, KEYS[key].default, DEFAULT)
    setter = row.agency.short_name if row.agency else "partnership"
    return InForce(key, row.value, f"{setter} setting from {timezone.localtime(row.effective_from):%d %B %Y}")


def subquery(key, agency_column, at):
    """The same value, for a query over rows of many agencies: the column that names the agency of each."""
    return Coalesce(Subquery(_set(key, OuterRef(agency_column), at).values("value")[:1]), Value(KEYS[key].default))


def _set(key, agency, at):
    """What was set for a key, what holds first."""
    whose = Q(agency=None) if KEYS[key].scope == "partnership" or agency is None else Q(agency=None) | Q(agency=agency)
    return Policy.objects.filter(whose, key=key, effective_from__lte=at).order_by(*_HOLDS_FIRST)
