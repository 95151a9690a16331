"""The table of protective orders: what each is called, under which law, who grants it, how long it may last, what a breach of it means.

Domain section 11; SEED-029, SEED-137 to SEED-139. Terms of time that a statute sets stand here, since no agency can negotiate them.
"""

from dataclasses import dataclass

FAMILY, CRIMINAL, MAGISTRATES, POLICE = "Family court", "Criminal court", "Magistrates’ court", "Police"
OFFENCE = "A criminal offence, up to five years in prison. Ring the police."


@dataclass(frozen=True)
class OrderType:
    """One type of protective order or notice. Days count the first and the last."""

    label: str
    law: str
    granted_by: str
    breach: str
    may_be_open: bool = True
    at_least_days: int = 0
    at_most_days: int = 0
    at_least_years: int = 0
    is_notice: bool = False  # given by the police until a court has heard it; it binds from when it is served
    hearing: str = ""  # the clock that runs from service until the court has heard it
    leads_to: str = ""  # what a court makes of a notice
    adults_only: bool = False
    availability: str = ""  # the dated setting that says whether it can be given in the partnership's area


TYPES = {
    "non_molestation": OrderType("Non-molestation order", "Family Law Act 1996, s42 and s42A", FAMILY, OFFENCE),
    "occupation": OrderType(
        "Occupation order", "Family Law Act 1996, s33 to s38", FAMILY,
        "Contempt of court. The police can arrest only where a power of arrest is attached; otherwise apply to the court.",
    ),
    "restraining_conviction": OrderType("Restraining order on conviction", "Sentencing Code, s360", CRIMINAL, OFFENCE),
    "restraining_acquittal": OrderType("Restraining order on acquittal", "Protection from Harassment Act 1997, s5A", CRIMINAL, OFFENCE),
    "dvpn": OrderType(
        "Domestic violence protection notice (DVPN)", "Crime and Security Act 2010, s24", f"{POLICE}, a superintendent",
        "The police can arrest without a warrant. Ring the police.", is_notice=True, hearing="hearing_dvpn", leads_to="dvpo", adults_only=True,
        availability="orders.dvpn_available",
    ),
    "dvpo": OrderType(
        "Domestic violence protection order (DVPO)", "Crime and Security Act 2010, s28", MAGISTRATES,
        "The police can arrest without a warrant; contempt of court. Ring the police.", may_be_open=False, at_least_days=14, at_most_days=28,
        adults_only=True, availability="orders.dvpn_available",
    ),
    "dapn": OrderType(
        "Domestic abuse protection notice (DAPN)", "Domestic Abuse Act 2021, s22", f"{POLICE}, a senior officer",
        "The police can arrest without a warrant, and bring them to court within 24 hours. Ring the police.", is_notice=True, hearing="hearing_dapn", leads_to="dapo",
        adults_only=True, availability="orders.dapn_available",
    ),
    "dapo": OrderType(
        "Domestic abuse protection order (DAPO)", "Domestic Abuse Act 2021, s27 to s41", "Family, criminal or civil court", OFFENCE, adults_only=True,
        availability="orders.dapn_available",
    ),
    "stalking_interim": OrderType("Interim stalking protection order", "Stalking Protection Act 2019, s5", MAGISTRATES, OFFENCE),
    "stalking": OrderType("Stalking protection order", "Stalking Protection Act 2019, s1 and s2", MAGISTRATES, OFFENCE, at_least_years=2),
    "bail": OrderType(
        "Bail conditions", "Bail Act 1976; Police and Criminal Evidence Act 1984", "Police or criminal court", "The police can arrest. Ring the police.",
    ),
    "fmpo": OrderType("Forced marriage protection order (FMPO)", "Family Law Act 1996, s63A", FAMILY, OFFENCE),
    "fgmpo": OrderType(
        "Female genital mutilation protection order (FGMPO)", "Female Genital Mutilation Act 2003, schedule 2", "Family or criminal court", OFFENCE,
    ),
}


def term_in_words(one: OrderType) -> str:
    """How long an order of this type may last."""
    if one.is_notice:
        return "In force from service until the court has decided."
    if one.at_least_days:
        return f"From {one.at_least_days} to {one.at_most_days} days."
    if one.at_least_years:
        return f"At least {one.at_least_years} years, or without an end."
    return "For a time that is set, or without an end."
