"""The services of the invented partnership: none of them exists. Numbers are Ofcom's fictional ones, addresses end in example.org."""

from datetime import date, timedelta

from django.utils import timezone

from cases.models import Consent
from config.demo_protection import at
from referrals.directory.actions import add_service, close_service
from referrals.models import DirectoryEntry
from referrals.onward.actions import answer_out, send_out
from referrals.programmes.actions import confirm_support, record_step, refer_from_case, running_agencies, take_participant

OFFICE = [[day, 9 * 60, 17 * 60] for day in range(5)]
LONG = [[day, 8 * 60, 18 * 60] for day in range(5)]
ALWAYS = [[day, 0, 24 * 60] for day in range(7)]
NORTH = ["bolsover", "chesterfield", "north_east_derbyshire", "high_peak"]
SOUTH = ["amber_valley", "erewash", "south_derbyshire", "derbyshire_dales"]

# (name, kind, agency in Waymark or who else provides it, what it says of itself)
SERVICES = [
    (
        "Harbour IDVAs",
        "idva",
        "harbour_idva",
        {
            "levels": ["high"],
            "age_from": 16,
            "hours": LONG,
            "answers_within": "1wd",
            "access": ["bsl", "interpreters"],
            "languages": ["Polish", "Urdu"],
            "summary": "Advocates for people at high risk: safety, court, housing, MARAC.",
        },
    ),
    (
        "Lantern Outreach",
        "outreach",
        "lantern_outreach",
        {
            "levels": ["medium"],
            "age_from": 16,
            "hours": OFFICE,
            "access": ["interpreters", "large_print"],
            "languages": ["Polish"],
            "summary": "Support at home or where it is safe: needs and risk, safety planning, groups.",
        },
    ),
    (
        "Kite Hill Victim Care",
        "standard_support",
        "Kite Hill Charity",
        {
            "levels": ["standard"],
            "hours": [*LONG, [5, 540, 780]],
            "access": ["text", "relay", "bsl"],
            "summary": "A listening ear, help with what comes next, by telephone or chat.",
        },
    ),
    (
        "Larkfield Refuge",
        "refuge",
        "larkfield_refuge",
        {
            "genders": ["female"],
            "hours": ALWAYS,
            "is_open_on_holidays": True,
            "needs": ["large_family", "no_public_funds"],
            "access": ["interpreters", "step_free"],
            "summary": "Safe rooms for women and their children; where it stands is not published.",
        },
    ),
    (
        "Saffron House",
        "specialist",
        "Saffron House Trust",
        {
            "needs": ["south_asian", "ethnic_minority", "no_public_funds"],
            "languages": ["Punjabi", "Urdu", "Hindi", "Bengali"],
            "hours": OFFICE,
            "genders": ["female"],
            "summary": "Run by and for South Asian women: refuge, outreach, immigration advice.",
        },
    ),
    ("Rowan Safe at Home", "sanctuary", "Rowan Home Safety", {"areas": NORTH, "hours": OFFICE, "summary": "Locks, letterboxes, lights and alarms, where it is safe to stay."}),
    (
        "Magpie Legal Advice",
        "legal",
        "Magpie Law Centre",
        {"hours": [[1, 600, 960], [3, 600, 960]], "needs": ["no_public_funds"], "summary": "Injunctions, separation, children, immigration. First advice is free."},
    ),
    ("Dovetail for Children", "children", "Dovetail", {"age_to": 18, "hours": OFFICE, "summary": "One-to-one and groups for children who have lived with it."}),
    (
        "Bramble Rooms",
        "sexual_violence",
        "Bramble Rooms",
        {"hours": ALWAYS, "is_open_on_holidays": True, "access": ["bsl", "step_free"], "summary": "Examination, advocates and counselling after sexual violence."},
    ),
    ("Orchard Wellbeing", "health", "valley_health", {"hours": OFFICE, "needs": ["complex_needs"], "summary": "Talking therapies; drink and drugs; a nurse who knows the field."}),
    (
        "Brook and Alder",
        "specialist",
        "Brook and Alder",
        {"needs": ["male_victims", "lgbt"], "hours": [[0, 720, 1200], [2, 720, 1200], [4, 720, 1200]], "summary": "For men, and for LGBT+ people."},
    ),
    (
        "Pennine Steps",
        "outreach",
        "Pennine Steps",
        {"areas": SOUTH, "levels": ["standard", "medium"], "needs": ["rural"], "hours": OFFICE, "summary": "Outreach by car in the country."},
    ),
    (
        "County Children’s Door",
        "safeguarding_children",
        "Shire Council",
        {"hours": ALWAYS, "is_open_on_holidays": True, "summary": "Where a worry about a child goes. Record it under safeguarding."},
    ),
    (
        "County Adults’ Door",
        "safeguarding_adults",
        "Shire Council",
        {"hours": LONG, "age_from": 18, "summary": "Where a worry about an adult with care needs goes. Record it under safeguarding."},
    ),
]


def add_services(actor, agencies):
    """Put the invented services into the directory, one of them closed since a month."""
    for number, (name, kind, by, said) in enumerate(SERVICES):
        provider = {"agency_id": agencies[by].pk} if by in agencies else {"provider": by}
        add_service(
            actor,
            name=name,
            kind=kind,
            opened_on=timezone.localdate(),
            phone=f"+44163296{100 + number:04}"[:13],
            email=f"refer{number}@example.org",
            how_to_refer="" if by in agencies else "By telephone, or the form on their page.",
            **provider,
            **said,
        )
    gone = add_service(actor, name="Old Mill Outreach", kind="outreach", provider="Old Mill Trust", summary="Outreach in the city.", hours=OFFICE, opened_on=timezone.localdate())
    close_service(actor, entry_id=gone.pk, closed_on=timezone.localdate() + timedelta(days=300), closed_reason="Its contract ended; Lantern and Pennine Steps go on with the work.")


ASKS = {"idva": "An advocate before the hearing; she can be rung while the children are at school.", "standard_support": "A call once a week, and help with the form for the move."}


def refer(actor, case, kind):
    """Refer the victim/survivor of a case to the first service of a kind that takes people; the referral."""
    entry = DirectoryEntry.objects.filter(kind=kind, closed_on=None).order_by("pk").first()
    agreed = Consent.objects.filter(case=case).first()
    why = {"basis": "consent"}
    if agreed is None or agreed.state != "given":
        why = {
            "basis": "vital_interests",
            "necessity": "He knows that she has spoken.",
            "risk_believed": "Serious harm to her.",
            "victim_told": True,
            "restrictions": "Not to be passed on.",
        }
    return send_out(
        actor,
        case,
        entry_id=entry.pk,
        party_id=case.parties.get(role="victim").pk,
        channel="" if entry.agency_id else "phone",
        asked_for=ASKS[kind],
        despite="They have agreed to take her.",
        **why,
    )


COMES = {
    "level": "medium",
    "on_bail": "no",
    "under_investigation": "no",
    "police_case": "no",
    "is_abusive": "yes",
    "recognises": "yes",
    "is_willing": "yes",
    "has_agreed": True,
}


def refer_to_programme(actor, case):
    """Refer the alleged perpetrator of a case to a programme; the link on the case's side."""
    him = case.parties.filter(role="perpetrator").select_related("person").first()
    return refer_from_case(
        actor,
        case,
        party_id=him.pk,
        agency_id=running_agencies().first().pk,
        programme="tilth",
        given_name=him.person.given_name,
        family_name=him.person.family_name,
        date_of_birth=date(1984, 6, 3),
        telephone="+441632960811",
        referrer="professional",
        **COMES,
    )


def take_participants(actor):
    """Somebody who came to a programme by himself and is in the middle of it, and somebody about whom nobody has decided; the number of the first."""
    began = take_participant(
        actor,
        programme="weir",
        given_name="Leofric",
        family_name="Marchbanks",
        date_of_birth=date(1979, 11, 20),
        telephone="+441632960812",
        referrer="self",
        **COMES,
    )
    record_step(actor, referral_id=began.pk, step="suit", said="Speaks of what he did without being asked; comes on time.")
    confirm_support(actor, referral_id=began.pk)
    record_step(actor, referral_id=began.pk, step="start")
    take_participant(
        actor,
        programme="plumbline",
        given_name="Osbert",
        family_name="Tunnicliffe",
        date_of_birth=date(1991, 4, 2),
        referrer="court",
        **(COMES | {"level": "high"}),
    )
    return began.pk


class ReferralsOut:
    """The part of an invented world that refers people on."""

    def to_services(self, actor, case, number, opened):
        """Of the last days: a referral that waits, one to a service outside, one that was accepted, one to a programme; and who came there by himself."""
        if number in (0, 7):
            with at(opened + timedelta(minutes=20)):
                refer(actor, case, "standard_support" if number else "idva")
        if number == 9:
            with at(opened + timedelta(hours=1)):
                refer_to_programme(actor, case)
        if number == 2:
            with at(opened + timedelta(hours=1)):
                take_participants(self.actor("programme_worker"))
                one, advocate = refer(actor, case, "idva"), self.actor("other_idva")
                answer_out(advocate, case, referral_id=one.pk, step="receive")
                answer_out(advocate, case, referral_id=one.pk, step="accept", worker_id=self.users["other_idva"].pk)
