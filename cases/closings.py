"""How a case ended, as people read it afterwards: what came of it, how the risk stands, what was written, for whom it was written. Reads only."""

from cases.access import readable
from cases.models import Closing, ContactAttempt, Entry
from cases.models.case import RiskLevel
from cases.models.contact import AttemptOutcome
from cases.rules import outcomes as rules

OTHERS = "Written for one agency only."


def of_case(case):
    """The closings of a case, the last first."""
    return Closing.objects.filter(case=case).select_related("agency", "closed_by", "exit_assessment", "survey_contact", "summary", "reopened_by", "reopened_because")


def rows_of_case(actor, case, at):
    """The closings in a line each, for the case page's one statement."""
    return Closing.objects.filter(case=case).order_by("-closed_at", "-pk").values("id", "closed_at", "reason", "reopened_at")


def in_words(actor, closing):
    """The facts of a closing in the order in which they are read, each a key and a value. What was written is for its audience."""
    entries = readable(actor, Entry.objects.filter(pk__in=[closing.summary_id, closing.reopened_because_id]))
    written = dict(entries.values_list("pk", "text"))
    may_read = closing.summary_id in written
    contacts = ContactAttempt.objects.filter(case=closing.case_id, at__gte=closing.began_at, at__lte=closing.closed_at, outcome=AttemptOutcome.REACHED).count()
    return {
        "ending": _rows(
            ("Why", closing.get_reason_display()),
            ("Planned with them", {True: "Yes", False: "No", None: "Not asked"}[closing.is_planned]),
            ("Lasted", f"{closing.days} day{'' if closing.days == 1 else 's'}"),
            ("Times they were reached", str(contacts)),
            ("Summary", written.get(closing.summary_id, OTHERS)),
        ),
        "came_of_it": _rows(
            ("Housing", closing.get_housing_display()),
            ("Safeguarding", closing.get_safeguarding_display()),
            ("Referred on to", "; ".join(rules.ONWARD[code] for code in closing.onward)),
            ("To whom, and what came of it", closing.onward_note if may_read or not closing.onward_note else OTHERS),
        ),
        "risk": _rows(
            ("First assessed", _level(closing.level_at_start)),
            ("At the end", _level(closing.level_at_exit)),
            ("Has it fallen?", {True: "Yes", False: "No", None: "Not known"}[rules.has_fallen(closing.level_at_start, closing.level_at_exit)]),
            ("No DASH at exit, because", closing.no_exit_dash_reason if may_read or not closing.no_exit_dash_reason else OTHERS),
        ),
        "outcomes": _rows(*((measure.question, measure.answers.get(closing.outcomes.get(code), "")) for code, measure in rules.MEASURES.items())),
        "survey": _rows(
            ("May somebody ask them afterwards?", closing.get_survey_display()),
            ("By which way", closing.survey_contact.get_channel_display() if closing.survey_contact else ""),
        ),
        "reopened_text": written.get(closing.reopened_because_id, OTHERS) if closing.reopened_at else "",
    }


def _level(code):
    return RiskLevel(code).label if code else "Not assessed"


def _rows(*pairs):
    return [{"key": key, "value": value, "is_notes": True} for key, value in pairs if value]
