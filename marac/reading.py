"""A referral as it is read: its answers in rows, the same for the referrer, the coordinator and whoever sees the listing."""

from django.utils import timezone

from cases.dash import practitioner
from cases.models.people import ConsentState, Role
from cases.models.sharing import LawfulBasis
from marac import rules
from ui.times import short_date

_YES_NO = {True: "Yes", False: "No", None: ""}


def referral_rows(referral, parties, *, change=None, only=None):
    """The sections of a referral, each with rows for a summary list. `change(page)` gives the address where a page is changed."""
    sections = [
        {"page": "criteria", "title": "Why it is referred", "rows": _criteria(referral)},
        {"page": "people", "title": "People, from the case", "rows": people_rows(parties)},
        {"page": "voice", "title": "In the victim/survivor’s own words", "rows": _voice(referral)},
        {"page": "sharing", "title": "Knowing and agreeing", "rows": _sharing(referral)},
        {"page": "unknowns", "title": "What is not known", "rows": _unknowns(referral)},
    ]
    for section in sections:
        section["change_url"] = change(section["page"]) if change and section["page"] != "people" else ""
    return [section for section in sections if section["rows"] and (only is None or section["page"] == only)]


def _row(key, value, *, is_notes=False):
    return {"key": key, "value": value or "Not said", "is_notes": is_notes}


def _criteria(referral):
    rows = [_row("Reasons", ", ".join(referral.criteria_in_words))]
    if referral.professional_judgement or referral.judgement_rationale:
        rows.append(_row("Professional judgement rests on", referral.judgement_rationale, is_notes=True))
    rows.append(_row("Latest incident", short_date(referral.incident_on) if referral.incident_on else "No single day given"))
    rows.append(_row("What has happened, and why now", referral.background, is_notes=True))
    if referral.assessment:
        signed = referral.assessment
        basis = signed.get_level_basis_display().lower()
        rows.append(_row("DASH", f"{signed.get_final_level_display()}, decided by {basis}; score {signed.score}; signed {short_date(signed.signed_at)}"))
        rows += [_row(line.label, line.text, is_notes=True) for line in practitioner.lines_of(practitioner.section_of(signed)) if line.text]
    return rows


def _voice(referral):
    return [
        _row("Afraid of", referral.fears, is_notes=True),
        _row("Safe to talk to", referral.safe_to_talk_to),
        _row("Not safe to talk to", referral.not_safe_to_talk_to),
        _row("Wants", referral.wants, is_notes=True),
        _row("Risk to professionals", referral.risk_to_professionals, is_notes=True),
    ]


def _sharing(referral):
    rows = [_row("Knows about the referral", _YES_NO[referral.victim_aware])]
    if referral.not_aware_reason:
        rows.append(_row("Why not", referral.not_aware_reason))
    rows.append(_row("Has agreed", ConsentState(referral.consent).label if referral.consent else ""))
    if referral.basis or referral.necessity or referral.risk_believed:
        rows += [
            _row("Lawful basis", LawfulBasis(referral.basis).label if referral.basis else ""),
            _row("Why sharing is necessary", referral.necessity, is_notes=True),
            _row("Risk believed, and whom sharing protects", referral.risk_believed, is_notes=True),
        ]
    if referral.restrictions:
        rows.append(_row("Not to be done with it", referral.restrictions, is_notes=True))
    return rows


def _unknowns(referral):
    rows = []
    if referral.perpetrator_unknown_reason:
        rows.append(_row("Why the alleged perpetrator’s name is not known", referral.perpetrator_unknown_reason))
    if referral.no_assessment_reason:
        rows.append(_row("Why there is no DASH", referral.no_assessment_reason))
    rows.append(_row("Referred in another area before", referral.referred_elsewhere))
    return rows


def people_rows(parties):
    """Who it is about: names, ages and how they stand to each other. Never an address, never a number (domain 8.3)."""
    order = [Role.VICTIM, Role.PERPETRATOR, Role.CHILD, Role.ADULT]
    return [_row(party.get_role_display(), _person(party)) for party in sorted(parties, key=lambda party: (order.index(party.role), party.pk))]


def _person(party):
    person, parts = party.person, []
    parts.append(party.name)
    if person.also_known_as:
        parts.append(f"also known as {person.also_known_as}")
    if person.date_of_birth:
        parts.append(f"born {short_date(person.date_of_birth)}, {age_on(person.date_of_birth, timezone.localdate(timezone=rules.LONDON))}")
    elif person.approximate_age is not None:
        parts.append(f"about {person.approximate_age} when recorded")
    elif party.is_unborn:
        parts.append(f"expected {short_date(party.expected_on)}" if party.expected_on else "expected date not known")
    else:
        parts.append("age not known")
    if party.role != Role.VICTIM:
        parts.append(party.get_relationship_display().lower())
    return "; ".join(parts)


def age_on(born, day):
    """The age in words: years, and months below two."""
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if months < 24:
        return f"{months} month{'' if months == 1 else 's'} old"
    return f"aged {months // 12}"
