"""How the answers of a disclosure become rows of the case file: a function for each page, called inside a gate."""

from datetime import date

from agencies.gate import inside
from cases import chronology
from cases.models import Address, ChildrenAsked, Consent, SafeContact, SafeWindow
from cases.models.chronology import Audience
from cases.models.contact import Safe, Times
from cases.models.people import ConsentState, Relationship, Role, Sex
from cases.opening import add_party
from referrals import rules
from referrals.forms.contact import WINDOWS
from referrals.routes import REPORTERS, ROUTES

TRUTH = {"yes": True, "no": False}


def route(act, case, victim, answers, disclosure):
    """How it came: kept on the disclosure for the returns, and told to the case's partners. Said later, it can still set the pathway."""
    disclosure.route, disclosure.reporter = answers["route"], answers["reporter"]
    if case.pathway != "helpline":
        case.pathway = disclosure.pathway = rules.pathway_for(disclosure.route, act.actor.role)
        case.save(update_fields=["pathway"])
    disclosure.save(update_fields=["route", "reporter", "pathway"])
    chronology.record(
        act, case, "disclosure", f"Disclosure: {ROUTES[disclosure.route].label.lower()}", happened_at=disclosure.received_at,
        text=f"Reported by: {REPORTERS[disclosure.reporter].lower()}.",
    )


def account(act, case, victim, answers, disclosure):
    """What was said, for the audience that its author chose."""
    if answers.get("account"):
        chronology.record(
            act, case, "disclosure", "What was said or seen", text=answers["account"], audience=answers["audience"], happened_at=disclosure.received_at
        )


def add_victim(act, case, answers):
    """The victim/survivor, by name or by description. `add_party` asserts the gate."""
    return add_party(act, case, Role.VICTIM, also_known_as=answers.get("description", ""), **_person(answers))


def home(act, case, victim, answers, disclosure):
    """Where they live, as protected as the author said."""
    if answers.get("address") or answers.get("postcode"):
        Address.objects.create(
            case=case, party=victim, lines=answers.get("address", ""), postcode=answers.get("postcode", ""), visibility=answers["visibility"], from_at=act.at
        )
    if answers.get("area"):
        case.area = answers["area"]
        case.save(update_fields=["area"])


def channels(act, case, victim, answers, disclosure):
    """Each way to reach them, as it is known from now on: checked only where they said so themselves.

    It counts from when it was written down, not from when the disclosure was received: that time is typed, and one typed too early would
    make safe what nobody knew to be. Who rang before they logged it says why, as with any other way that was not on record.
    """
    for row in answers["rows"]:
        is_checked = row["is_safe"] == Safe.YES and row.get("said_by_them") == "yes"
        contact = SafeContact.objects.create(
            case=case, party=victim, channel=row["channel"], value=row.get("value", ""), is_safe=row["is_safe"], times=_times(row),
            voicemail=row.get("voicemail", Safe.UNKNOWN), how=row.get("how", ""), code_word=row.get("code_word", ""), recorded_at=act.at,
            verified_at=act.at if is_checked else None, verified_by_id=act.actor.user_id if is_checked else None,
        )
        SafeWindow.objects.bulk_create(
            SafeWindow(case=case, contact=contact, weekday=int(day), starts=row[f"from_{number}"], ends=row[f"to_{number}"])
            for number in WINDOWS
            for day in row.get(f"days_{number}", [])
        )


def _times(row):
    """When it is safe. A draft from before that was asked says it by its times alone; without any, nobody has asked."""
    return row.get("times") or (Times.WINDOWS if any(row.get(f"days_{number}") for number in WINDOWS) else Times.UNKNOWN)


def perpetrator(act, case, victim, answers, disclosure):
    """The alleged perpetrator; where they are not known, what is known of them, and why not more."""
    relationship = answers.get("relationship", Relationship.UNKNOWN)
    lives_with_victim = TRUTH.get(answers.get("lives_with_victim"))
    if answers["known"] == "yes" or relationship != Relationship.UNKNOWN or lives_with_victim is not None:
        add_party(act, case, Role.PERPETRATOR, relationship=relationship, lives_with_victim=lives_with_victim, **_person(answers))
    if answers["known"] == "no":
        chronology.record(act, case, "people", "The alleged perpetrator is not known", text=answers["reason"], audience=Audience.AGENCY)


def each_child(act, case, victim, answers, disclosure):
    """The children of either of them, wherever they live, born or expected."""
    for row in answers["rows"]:
        add_party(
            act, case, Role.CHILD, relationship=Relationship.CHILD, lives_with_victim=TRUTH.get(row.get("lives_here")), is_unborn=row["stage"] == "unborn",
            expected_on=_day(row.get("expected_on")), **_person(row),
        )


def children(act, case, victim, answers, disclosure):
    """Whether there are children: that somebody asked is kept, since "none" leaves no other trace."""
    words = {
        "yes": "There are children, or one is expected",
        "no": "No children",
        "not_known": "Not known yet whether there are children",
    }
    ChildrenAsked.objects.create(case=case, answer=answers["any"], agency_id=act.actor.agency_id, asked_at=act.at, asked_by_id=act.actor.user_id)
    chronology.record(act, case, "people", words[answers["any"]])


def stalking(act, case, victim, answers, disclosure):
    """The stalking element, for the case and for the returns (SEED-092)."""
    case.has_stalking_element = disclosure.has_stalking_element = TRUTH.get(answers["stalking"])
    case.save(update_fields=["has_stalking_element"])
    disclosure.save(update_fields=["has_stalking_element"])


def consent(act, case, victim, answers, disclosure):
    """What they said about sharing."""
    Consent.objects.create(
        case=case, party=victim, state=answers["state"], scope=answers.get("scope", "") if answers["state"] == ConsentState.GIVEN else "",
        reason=answers.get("refused_reason") or answers.get("unsafe_reason") or "", recorded_at=act.at, recorded_by_id=act.actor.user_id,
    )


# What a page adds to the case. Danger, emergency, received and victim are part of how the case opens; contact only leads on.
WRITES = {
    "route": route, "account": account, "home": home, "channels": channels, "perpetrator": perpetrator, "children": children,
    "each_child": each_child, "stalking": stalking, "consent": consent,
}


def add(act, case, victim, disclosure, code, answers):
    """Add what one page says to the case."""
    assert inside(), "a page is added inside a gate"
    if code in WRITES:
        WRITES[code](act, case, victim, answers, disclosure)


def _person(answers):
    return {
        "given_name": answers.get("given_name", ""),
        "family_name": answers.get("family_name", ""),
        "date_of_birth": _day(answers.get("date_of_birth")),
        "approximate_age": answers.get("approximate_age"),
        "sex": answers.get("sex", Sex.UNKNOWN),
    }


def _day(text):
    return date.fromisoformat(text) if text else None
