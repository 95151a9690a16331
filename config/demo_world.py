"""The invented partnership at work: some months of cases, told through the same actions as a person at a desk uses.

Nobody here exists. Telephone numbers are Ofcom's fictional ones, postcodes begin with ZZ99. The dice are loaded the same each time.
"""

import random
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from agencies.actors import actor_for
from agencies.founding import enrol, found_agency
from agencies.models import Policy, User
from cases.actions.assessment import annotate_assessment, save_answers, sign_assessment, start_assessment
from cases.actions.case_file import finish_task, set_priority
from cases.actions.contact import record_contact
from cases.actions.equality import record_equality
from cases.actions.people import change_talking
from cases.actions.safe_contact import add_safe_contact
from cases.actions.sharing import allocate, share
from cases.dash import RIC24, latest, practitioner
from cases.dash.reading import Given, mark_of
from cases.models import Clock, Grant, Task
from cases.rules.clocks import LONDON
from cases.rules.dash import is_lower
from config.demo_asking import Asking
from config.demo_calls import Calls
from config.demo_children import Children
from config.demo_endings import CANNOT_CLOSE, Endings
from config.demo_files import add_letters
from config.demo_protection import Protection, at
from config.demo_risk import OverTime
from config.demo_services import ReferralsOut, add_services
from config.invented import ADDED, AGENCIES, AGREED, EQUALITY, PERSONAS, TALKING
from marac.actions.listing import list_referral
from marac.actions.meeting import hold_meeting, plan_meeting
from marac.actions.referral import PAGES, edit_referral, submit_referral
from marac.actions.triage import accept_referral
from marac.models import Referral
from referrals.actions import log_disclosure

PASSWORD = "waymark-demonstration"  # noqa: S105 - printed on the screen of a demonstration that holds nobody's data
GIVEN = [
    "Amabel",
    "Bryony",
    "Calanthe",
    "Delphine",
    "Elowen",
    "Fenella",
    "Ginevra",
    "Hyacinth",
    "Isolde",
    "Jessamy",
    "Kerensa",
    "Lavinia",
    "Melisande",
    "Nerys",
    "Ottilie",
    "Philippa",
    "Quenby",
    "Rowena",
    "Sidony",
    "Thomasina",
]
FAMILY = [
    "Ashgrove",
    "Bellweather",
    "Candlewick",
    "Dapplemere",
    "Evenlode",
    "Fernsby",
    "Goldhawk",
    "Hartlebury",
    "Ivorson",
    "Jollife",
    "Kestrelton",
    "Lambwell",
    "Mossgrave",
    "Nightly",
    "Oakhanger",
    "Plumtree",
]
OTHERS = ["Alaric", "Benedikt", "Caspian", "Dunstan", "Eustace", "Florian", "Gawain", "Hadrian", "Ivo", "Jocelyn"]
AREAS = ["bolsover", "chesterfield", "north_east_derbyshire", "amber_valley", "derby", "erewash"]
ROUTES = ["direct", "signs", "partner", "repairs", "antisocial_behaviour", "homeless", "direct", "partner"]
LEADS = ["housing_officer", "other_housing_officer", "specialist_da_officer", "housing_officer", "idva", "health_visitor", "call_handler", "other_idva"]
PAST, RECENT = 56, 14


class World(OverTime, Protection, Children, Endings, Calls, Asking, ReferralsOut):
    """Builds the partnership, then one case after another."""

    SHOWN = LATELY = ()  # what a larger world tells beside the months, and after them (config/demo_partnership.py)

    def __init__(self, say, past=PAST, recent=RECENT):
        self.say, self.past, self.lately = say, past, recent
        self.dice = random.Random(66)  # noqa: S311 - loaded dice on purpose
        self.now = datetime.now(UTC).replace(second=0, microsecond=0)
        self.users, self.last_ended, self.told = {}, None, 0

    def build(self):
        with at(self.now - timedelta(days=400)):
            self.people()
        for number in range(self.past):
            self.case(number, timedelta(days=4 + number * 3.2, hours=self.dice.randrange(8)))
            self._told()
        for part in self.SHOWN:
            getattr(self, part)()
            self._told()
        self.meetings()
        for number in range(self.lately):
            self.recent(number)
            self._told()
        for part in self.LATELY:
            getattr(self, part)()
            self._told()

    def _told(self):
        self.told += 1
        self.say(self.told, self.past + len(self.SHOWN) + self.lately + len(self.LATELY))

    def people(self):
        agencies = {slug: found_agency(name, type, short_name=short, slug=slug, area=area) for slug, (name, short, type, area) in AGENCIES.items()}
        for persona, (full_name, slug, role, manager) in PERSONAS.items():
            self.users[persona] = enrol(f"{persona.replace('_', '.')}@example.org", full_name, agencies[slug], role, password=PASSWORD, manager=self.users.get(manager))
        self.agencies = agencies
        add_services(self.actor("partnership_administrator"), agencies)
        Policy.objects.create(
            key="caseload.limit",
            agency=agencies["harbour_idva"],
            value="15",
            effective_from=timezone.now(),
            reason="Agreed with the commissioner",
            set_by=self.users["idva_manager"],
            set_at=timezone.now(),
        )

    def actor(self, persona):
        return actor_for(self.users[persona])

    def answers(self, number, received_at, route):
        pick = self.dice.choice
        children = self.dice.randrange(3)
        # Some alleged perpetrators stand in more than one case.
        him = {9: 4, 31: 12, 58: 12}.get(number, number)
        rows = [{"given_name": name, "family_name": "", "stage": "born", "approximate_age": self.dice.randrange(1, 16)} for name in self.dice.sample(GIVEN, children)]
        answers = {
            "danger": {"danger": "no"},
            "route": {"route": route, "reporter": "self" if route in ("direct", "homeless") else "agency" if route == "partner" else "colleague"},
            "received": {"received_at": received_at.isoformat()},
            "account": {"account": "Said that things have been getting worse since the autumn, and that Fridays are the worst.", "audience": "partners"},
            "victim": {
                "given_name": GIVEN[number % len(GIVEN)],
                "family_name": FAMILY[(number * 7) % len(FAMILY)],
                # Days and postcodes run in different circles, or else strangers would be taken for one another.
                "date_of_birth": f"{1962 + self.dice.randrange(43)}-0{1 + number % 9}-{10 + number * 5 % 17}",
                "sex": "male" if number % 11 == 0 else "female",
            },
            "home": {
                "address": f"{1 + number} Plover Court",
                "postcode": f"ZZ99 {1 + number % 9}AB",
                "visibility": "restricted" if number % 4 == 0 else "normal",
                "area": AREAS[number % len(AREAS)],
            },
            "contact": {"any": "yes"},
            "channels": {
                "rows": [
                    {
                        "channel": "phone",
                        "value": f"07700 900{100 + number:03}",
                        "is_safe": "yes",
                        "voicemail": "no",
                        "how": "Ask for the school office.",
                        "code_word": pick(["bluebell", "lantern", "marmalade", "tuesday"]),
                        # Every fifth was said by somebody else, so that checking it with them waits to be done.
                        "said_by_them": "no" if number % 5 == 2 else "yes",
                        **({"times": "windows", "days_1": ["0", "1", "2", "3", "4"], "from_1": "09:30", "to_1": "14:45"} if number % 3 == 0 else {"times": "any"}),
                    }
                ]
            },
            "perpetrator": {
                "known": "yes",
                "given_name": OTHERS[him % len(OTHERS)],
                "family_name": FAMILY[(him * 5 + 3) % len(FAMILY)],
                "relationship": pick(["partner", "ex_partner", "spouse", "parent"]),
                "lives_with_victim": pick(["yes", "no", "no"]),
            },
            "children": {"any": "yes" if rows else "no"},
            "stalking": {"stalking": pick(["yes", "no", "no", "not_known"])},
            "consent": {"state": pick(["given", "given", "given", "refused"]), "scope": "Housing and the IDVA service"},
        }
        if rows:
            answers["each_child"] = {"rows": rows}
        if answers["consent"]["state"] == "refused":
            answers["consent"] = {"state": "refused", "refused_reason": "Afraid that it gets back to him."}
        return answers

    def case(self, number, ago):
        """A case of the past months: logged, reached (most of them in time), assessed, shared, referred where it was high."""
        opened = self.now - ago
        persona = LEADS[number % len(LEADS)]
        actor = self.actor(persona)
        with at(opened):
            case = log_disclosure(actor, answers=self.answers(number, opened - timedelta(minutes=20), ROUTES[number % len(ROUTES)])).case
        late = number % 9 == 4
        reached = opened + timedelta(hours=60 if late else 3 + self.dice.randrange(38))
        with at(reached + timedelta(minutes=10)):
            record_contact(
                actor,
                case,
                at=reached,
                outcome="reached",
                channel="in_person",
                talked_it_through=True,
                audience="partners",
                note="Met at the library by arrangement.",
                breach_reason="Two officers were off sick and nobody took the list over." if late else "",
            )
        assessor = self.actor(persona if persona in ("idva", "other_idva", "specialist_da_officer", "health_visitor", "call_handler") else "specialist_da_officer")
        with at(reached + timedelta(hours=5)):
            self.assess(assessor, case, yes=(15, 4, 11, 6, 2, 16, 8)[number % 7])
        self.look_after(actor, assessor, case, number, reached + timedelta(hours=7))
        with at(reached + timedelta(hours=8)):
            # A pregnancy or a baby that the assessment named, and no child on the case; every sixth case still waits for somebody.
            for task in Task.objects.filter(case=case, done_at=None, kind__startswith="children.", agency=assessor.agency_id) if number % 6 else []:
                finish_task(assessor, case, task_id=task.pk, was_needed=True, outcome="Talked over with the midwife, who makes the referral.")
        if number % 8 == 5:
            self.flag(actor, case, reached + timedelta(hours=6), "staff_risk" if number % 3 else "no_home_visits")
        if number % 7 in (0, 2):
            self.make_plan(actor, case, reached + timedelta(hours=7))
        if number % 2:
            with at(reached + timedelta(hours=8)):
                said, words = EQUALITY[number // 2 % len(EQUALITY)]
                change_talking(actor, case, **TALKING[number // 2 % len(TALKING)])
                if number % 6 == 1:
                    add_safe_contact(actor, case, channel="text", value=f"07700 900{500 + number:03}", is_safe="yes", times="any", voicemail="no", is_checked=True, **AGREED)
                record_equality(actor, case, party_id=case.parties.get(role="victim").pk, answers=said, words=words, asked_on=timezone.localdate())
        if number % 7 in (0, 5):
            self.refer(assessor, case, reached + timedelta(hours=8))
        if number % 8 == 3 or number == 8:  # on the eighth, one waits for a decision
            with at(reached + timedelta(hours=8)):
                add_letters(actor, case)
        if number % 4 == 1:
            with at(reached + timedelta(hours=9)):
                self.protect(actor, case, number)
        self.look_again(actor, assessor, case, number, reached)
        if number >= 24 and number % 7 in (1, 3, 4, 6) and persona not in CANNOT_CLOSE:
            self.end(persona, assessor, case, number, reached + timedelta(days=50))
        return case

    def assess(self, actor, case, *, yes, certain=(), tool=RIC24, why=""):
        """A DASH with so many Yes, `certain` among them; the police's own is typed in from what they sent. `why`: the reason for a lower level."""
        questions = latest(tool)
        source = "victim" if tool == RIC24 else "police_record"
        assessment = start_assessment(actor, case, with_victim=tool == RIC24, source=source, tool=tool)
        chosen = {*certain, *self.dice.sample(sorted(set(questions.items).difference(certain)), yes - len(certain))}
        given = {item: Given("yes" if item in chosen else self.dice.choice(["no", "no", "dont_know"]), source) for item in questions.items}
        yes = questions.points(dict.fromkeys(chosen, "yes"))
        assessment = save_answers(actor, case, assessment_id=assessment.pk, given=given, opened_with=mark_of(assessment.answers.all()))
        section = practitioner.Section(*ADDED[yes % len(ADDED)])
        assessment = annotate_assessment(
            actor, case, assessment_id=assessment.pk, section=section, opened_with=practitioner.mark_of(practitioner.section_of(assessment))
        )
        level = "high" if yes >= 14 else "medium" if yes >= 10 else "standard"
        basis, rationale = "score", ""
        if yes == 11:
            level, basis = "high", "judgement"
            rationale = "Strangulation and separation in the last month, and she believes that he will carry out what he said."
        case.refresh_from_db()
        if is_lower(level, case.risk_level):
            rationale = rationale or why or "He has moved to another part of the country, and has left them alone for weeks."
        sign_assessment(actor, case, assessment_id=assessment.pk, assessment_revision=assessment.revision, final_level=level, level_basis=basis, rationale=rationale)

    def share_for_safety(self, case, agency, *, necessity):
        """Whoever opened the case shares it with an agency because somebody may be seriously harmed."""
        share(
            actor_for(case.opened_by),
            case,
            agency=self.agencies[agency],
            level="partner",
            basis="vital_interests",
            victim_told=True,
            necessity=necessity,
            risk_believed="Serious harm to her by the alleged perpetrator.",
            restrictions="Not to be passed on outside the partnership.",
        )

    def refer(self, actor, case, when, worker=""):
        with at(when):
            if case.lead_agency_id != self.agencies["harbour_idva"].pk:
                self.share_for_safety(case, "harbour_idva", necessity="She needs an advocate before he learns that she has spoken.")
                manager = self.actor("idva_manager")
                allocate(manager, case, worker=self.users[worker or self.dice.choice(["idva", "idva", "other_idva"])])
            referral = self.fill_in_referral(actor, case)
            if referral is None:
                return
            submit_referral(actor, case, referral_id=referral.pk, receiver_id=self.agencies["vale_police"].pk)
        if when < self.now - timedelta(days=3):
            with at(when + timedelta(hours=20)):
                accept_referral(self.actor("marac_coordinator"), case, referral_id=referral.pk)

    def fill_in_referral(self, actor, case):
        """What the signed high prepared, with what only the referrer knows; None where nothing was prepared."""
        referral = Referral.objects.filter(case=case, state="draft").order_by("-pk").first()
        if referral is None:
            return None
        held = {name: getattr(referral, name) for name in PAGES["criteria"]}
        referral = edit_referral(
            actor,
            case,
            referral_id=referral.pk,
            page="criteria",
            opened_at_revision=referral.revision,
            said=held | {"background": "Assaulted at home twice this month; he has begun to wait outside her work."},
        )
        referral = edit_referral(
            actor,
            case,
            referral_id=referral.pk,
            page="sharing",
            opened_at_revision=referral.revision,
            said={
                "victim_aware": True,
                "not_aware_reason": "",
                "consent": "given",
                "basis": "safeguarding",
                "restrictions": "Not to be passed on.",
                "necessity": "The agencies each hold a part of the picture.",
                "risk_believed": "Serious harm to the victim/survivor and the children.",
            },
        )
        return referral

    def meetings(self):
        """A meeting each month behind us, with its cases, and one ahead that fills."""
        coordinator = self.actor("marac_coordinator")
        waiting = list(Referral.objects.filter(state="accepted").order_by("submitted_at").select_related("case"))
        for months in (5, 4, 3, 2, 1, 0, -1):
            day = (self.now.astimezone(LONDON) - timedelta(days=30 * months - 14)).replace(hour=10, minute=0)
            day += timedelta(days=(2 - day.weekday()) % 7)
            with at(min(day - timedelta(days=24), self.now)):
                meeting = plan_meeting(coordinator, area="Northern", starts_at=day.astimezone(UTC))
            ready = [one for one in waiting if one.submitted_at + timedelta(days=2) < meeting.referrals_due_at < self.now]
            for referral in ready:
                with at(meeting.referrals_due_at - timedelta(hours=1)):
                    list_referral(coordinator, referral.case, referral_id=referral.pk, meeting_id=meeting.pk)
                waiting.remove(referral)
            if day.astimezone(UTC) < self.now:
                with at(day.astimezone(UTC) + timedelta(hours=5)):
                    hold_meeting(coordinator, meeting_id=meeting.pk)
            elif waiting:
                for referral in list(waiting):
                    if meeting.referrals_due_at > self.now:
                        list_referral(coordinator, referral.case, referral_id=referral.pk, meeting_id=meeting.pk)
                        waiting.remove(referral)

    def recent(self, number):
        """The last days: some not reached yet, one missed, one assessed and not yet referred."""
        hours = (1, 5, 9, 14, 20, 27, 29, 33, 38, 43, 45, 47, 52, 76)[number]
        persona = ("housing_officer", "idva", "other_housing_officer", "idva", "call_handler", "housing_officer", "idva")[number % 7]
        opened = self.now - timedelta(hours=hours)
        actor = self.actor(persona)
        with at(opened):
            answers = self.answers(self.past + number, opened - timedelta(minutes=10), ROUTES[number % len(ROUTES)])
            if number == 5 and self.last_ended:
                self.come_back(answers)
            case = log_disclosure(actor, answers=answers).case
        if number % 3:
            with at(opened + timedelta(minutes=30)):
                set_priority(actor, case, priority="ABC"[number % 5 % 3], why="As it was told at the first call; to be looked at again after the DASH.")
        if number in (5, 8, 13):
            with at(opened + timedelta(minutes=50)):
                record_contact(
                    actor,
                    case,
                    at=opened + timedelta(minutes=40),
                    outcome="no_answer",
                    channel="visit",
                    audience="agency",
                    override_reason="Neighbour said that he had left for work.",
                )
        if number == 3:
            with at(opened + timedelta(hours=2)):
                self.assess(actor, case, yes=16)
        self.to_services(actor, case, number, opened)


def is_built():
    """Is the partnership there already? Then its data is kept as people left it."""
    return User.objects.filter(email="housing.officer@example.org").exists()


def summary():
    """What the demonstration holds, for the line on the screen."""
    return {"cases": Grant.objects.values("content_object").distinct().count(), "running": Clock.objects.filter(stopped_at=None).count(), "at": timezone.now()}
