"""MARAC's own arrangements: a signed high assessment, a referral in any state, a planned meeting."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.gate import Change, run
from cases import extensions
from cases.models import Address, Assessment, Case, Person
from cases.opening import add_party
from marac.actions import listing, meeting, referral, triage
from marac.models import Listing, Referral
from tests.marac.pages import CANARY

LONG_ENOUGH = "The pattern is known to another area and needs no meeting here."


@pytest.fixture
def signed(people):
    """Signs an assessment as the signing action does: the row, the case's level, then the consequences in the same gate."""

    def sign(case, persona="specialist_da_officer", *, level="high", basis="score", score=16, suggested="high", rationale=""):
        actor = people.actor(persona)

        def body(act):
            assessment = Assessment.objects.create(
                case=case, agency_id=actor.agency_id, tool="ric24", version="test", started_at=act.at, started_by_id=actor.user_id, with_victim=True,
                signed_at=act.at, signed_by_id=actor.user_id, score=score, suggested_level=suggested, bands="test", final_level=level, level_basis=basis,
                rationale=rationale,
            )
            Case.objects.filter(pk=case.pk).update(risk_level=level, risk_level_at=act.at)
            case.refresh_from_db()
            for consequence in extensions.ON_SIGNED:
                consequence(act, case, assessment)
            return Change(subject="assessment", case=case, result=assessment)

        return run("test.arrange", actor, body)

    return sign


class Desk:
    """Quick ways through the process, each step by the action that a page would call."""

    def __init__(self, people):
        self.people = people

    @property
    def coordinator(self):
        return self.people.actor("marac_coordinator")

    def draft(self, case, persona="specialist_da_officer", **said):
        actor = self.people.actor(persona)
        draft = referral.begin_referral(actor, case)
        complete = {
            "criteria": {
                "professional_judgement": False, "judgement_rationale": "", "visible_high_risk": True, "potential_escalation": False,
                "repeat_criterion": False, "incident_on": None, "background": "It is getting worse.",
            },
            "sharing": {
                "victim_aware": True, "not_aware_reason": "", "consent": "given", "basis": "", "necessity": "", "risk_believed": "", "restrictions": "",
            },
            "unknowns": {"perpetrator_unknown_reason": "", "no_assessment_reason": "There was no time for it.", "referred_elsewhere": ""},
        }  # fmt: skip
        for page, answers in complete.items():
            answers |= {name: value for name, value in said.items() if name in answers}
            draft = referral.edit_referral(actor, case, referral_id=draft.pk, page=page, said=answers, opened_at_revision=draft.revision)
        return draft

    def send(self, draft, persona="specialist_da_officer", receiver="vale_police", **facts):
        sent = referral.submit_referral(
            self.people.actor(persona), draft.case, referral_id=draft.pk, receiver_id=self.people.agency(receiver).pk, **facts
        )
        return Referral.objects.get(pk=sent.pk)

    def sent(self, case, persona="specialist_da_officer", **said):
        return self.send(self.draft(case, persona, **said), persona)

    def accepted(self, case, **said):
        sent = self.sent(case, **said)
        triage.accept_referral(self.coordinator, case, referral_id=sent.pk)
        return Referral.objects.get(pk=sent.pk)

    def meeting(self, *, days=30, area="Northvale and Eastmoor", persona="marac_coordinator"):
        starts_at = (timezone.now() + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)
        return meeting.plan_meeting(self.people.actor(persona), area=area, starts_at=starts_at)

    def listed(self, case, on=None, **said):
        accepted = self.accepted(case, **said)
        listing.list_referral(
            self.coordinator, case, referral_id=accepted.pk, meeting_id=(on or self.meeting()).pk, leave_note="The chair gave leave: threats"
        )
        return Referral.objects.get(pk=accepted.pk)


@pytest.fixture
def desk(people):
    return Desk(people)


@pytest.fixture
def same_people(people):
    """Opens another case about people of an earlier one: the same victim/survivor and, if wanted, the same alleged perpetrator."""

    def opened(earlier, *, perpetrator="same", persona="idva"):
        from cases.opening import open_new_case

        parts = {party.role: party.person for party in earlier.parties.select_related("person")}

        def body(act):
            case = open_new_case(act, pathway="tenant")
            add_party(act, case, "victim", person=parts["victim"])
            person = parts["perpetrator"] if perpetrator == "same" else Person.objects.create(given_name="Another", family_name="Man", recorded_at=act.at)
            add_party(act, case, "perpetrator", person=person)
            return Change(subject="case", case=case, result=case)

        return run("test.arrange", people.actor(persona), body)

    return opened


@pytest.fixture
def enrolled_coordinator(people):
    from agencies.founding import enrol

    def enrolled(name, slug):
        user = enrol(f"{name}@example.org", name.title(), people.agency(slug), "marac_coordinator", password="x")
        setattr(people, name, user)
        return user

    return enrolled


@pytest.fixture
def listed(a_case, desk):
    """A case on a meeting, with an address and a telephone number that must never reach the desk."""
    case = a_case(given_name="Zoë", family_name="O’Hara-Quill")
    victim = case.parties.get(role="victim")
    Address.objects.create(case=case, party=victim, lines=CANARY, postcode="ZZ99 3VZ", from_at=timezone.now())
    desk.listed(case)
    return case


@pytest.fixture
def draft(a_case, desk):
    return desk.draft(a_case())


@pytest.fixture
def many(a_case, people):
    """Cases straight onto the list or the desk, as many as wanted, by rows: thirty through the actions would take minutes."""
    from cases.models import SharingDecision
    from cases.opening import give_grant

    def made(number, *, meeting=None, state="submitted"):
        for _ in range(number):
            case = a_case(clock=None)

            def body(act, case=case):
                decision = SharingDecision.objects.create(
                    case=case, recipient=people.agency("vale_police"), level="meeting", basis="consent", decided_at=act.at, decided_by_id=act.actor.user_id,
                    deciding_agency_id=act.actor.agency_id,
                )
                give_grant(act, case, people.agency("vale_police"), "meeting", decision)
                referral = Referral.objects.create(
                    case=case, agency=case.lead_agency, prepared_at=act.at, prepared_by=people.housing_officer, state=state, state_at=act.at,
                    visible_high_risk=True, coordinating_agency=people.agency("vale_police"), submitted_at=act.at, submitted_by=people.housing_officer,
                    is_repeat=False, is_repeat_computed=False,
                )
                if meeting:
                    Listing.objects.create(
                        meeting=meeting, referral=referral, case=case, position=meeting.listings.count() + 1, listed_at=act.at,
                        listed_by=people.marac_coordinator,
                    )
                return Change(subject="test", case=case)

            run("test.arrange", people.actor("housing_officer"), body)

    return made
