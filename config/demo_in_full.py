"""One case of the invented partnership, told in full: every part of the case file as it stands after eleven weeks of work. Nobody here exists."""

from datetime import timedelta

from cases.actions.assessment import decide_downgrade
from cases.actions.case_file import add_note, correct_entry, finish_task, set_priority
from cases.actions.children import change_child, decide_child, judge_risk, note_child
from cases.actions.contact import record_contact
from cases.actions.contact_others import record_contact_with
from cases.actions.equality import record_equality
from cases.actions.flags import propose_removal, raise_flag, review_flag
from cases.actions.order_breaches import log_breach
from cases.actions.orders import add_order
from cases.actions.people import add_person, change_address
from cases.actions.risk import record_risk_event
from cases.actions.safe_contact import add_safe_contact, verify_safe_contact
from cases.actions.schemes import add_request, record_step, set_marker
from cases.actions.sharing import bar
from cases.dash import GRID, HONOUR10, POLICE27, STALKING11
from cases.models import Assessment, SafeContact
from cases.models.people import Role
from cases.rules.clocks import LONDON
from config.demo_files import add_letters, add_undecided
from config.demo_protection import at
from config.invented import EQUALITY
from referrals.actions import log_disclosure
from referrals.models import SafeguardingReferral
from referrals.pathways.actions import record_pathway_step
from referrals.safeguarding.actions import add_notice, add_referral, chase_referral, send_referral

NUMBER, DAYS = 70, 80
DECIDED_AGAINST = 74  # of the numbers by which demo_children decides what becomes of a referral
# What is certainly Yes each time: separation, stalking and what asks for the questions on so-called honour.
CERTAIN = (4, 6, 8, 12)


def day_of(instant):
    """The day of an instant, as people count days."""
    return instant.astimezone(LONDON).date()


class InFull:
    """The part of an invented world that tells one case from its first day until today."""

    def told_in_full(self):
        """Fear, a move in secret, an order and its breach, and two people who disagree for a day about a lower level."""
        self.began = self.now - timedelta(days=DAYS)
        self.lead, self.trained, self.head, self.advocate = map(self.actor, ("housing_officer", "specialist_da_officer", "housing_manager", "idva"))
        with at(self.began):
            self.full = case = log_disclosure(self.lead, answers=self.full_answers()).case
        self.her, self.him = (case.parties.get(role=role) for role in (Role.VICTIM, Role.PERPETRATOR))
        self.children_of_it = list(case.parties.filter(role=Role.CHILD).order_by("pk"))
        for part in (self.first_days, self.first_weeks, self.second_month):
            part(case)

    def full_answers(self):
        answers = self.answers(NUMBER, self.began - timedelta(minutes=30), "direct")
        answers["home"] |= {"visibility": "restricted"}
        answers["perpetrator"] |= {"relationship": "ex_partner", "lives_with_victim": "no", "date_of_birth": "1979-05-04"}
        answers["children"], answers["stalking"] = {"any": "yes"}, {"stalking": "yes"}
        answers["consent"] = {"state": "given", "scope": "Housing, the IDVA service and the school"}
        answers["each_child"] = {
            "rows": [
                {"given_name": "Perran", "family_name": "", "stage": "born", "approximate_age": 8, "lives_here": "yes"},
                {"given_name": "Senara", "family_name": "", "stage": "born", "approximate_age": 14, "lives_here": "no"},
                {"given_name": "", "family_name": "", "stage": "unborn", "expected_on": str(day_of(self.now + timedelta(days=60)))},
            ]
        }
        answers["channels"]["rows"][0] |= {"times": "any", "said_by_them": "yes"}
        return answers

    def after(self, days, hours=0):
        """Do what follows as if it were so long after the case began."""
        return at(min(self.began + timedelta(days=days, hours=hours), self.now))

    def first_days(self, case):
        with self.after(0, 6):
            set_priority(self.lead, case, priority="A", why="She is expecting a child, and he has a key.")
            record_contact(
                self.lead, case, at=self.began + timedelta(hours=5), outcome="reached", channel="in_person", talked_it_through=True, audience="partners",
                note="Met at the library. She brought her sister.",
            )
            raise_flag(self.lead, case, kind="weapons", reason="She has seen a crossbow in the boot of his car.", review_on=day_of(self.began) + timedelta(days=28))
            raise_flag(self.lead, case, kind="dogs", reason="Two large dogs in the back yard, not tied up.", review_on=day_of(self.began) + timedelta(days=90))
        with self.after(0, 22):
            self.assess(self.trained, case, yes=16, certain=CERTAIN)
            for tool, yes in ((STALKING11, 6), (GRID, 0)):
                self.ask_further(self.trained, case, tool, yes=yes)
        self.decide_children(case)
        self.answer_for(case, self.began + timedelta(days=1, hours=2), number=NUMBER)
        self.refer(self.trained, case, self.began + timedelta(days=1, hours=3), worker="idva")
        with self.after(2):
            self.ask_further(self.advocate, case, HONOUR10, yes=3)
            said, words = EQUALITY[1]
            record_equality(self.lead, case, party_id=self.her.pk, answers=said, words=words, asked_on=day_of(self.began + timedelta(days=2)))
            bar(self.head, case, user=self.users["marac_representative"], reason="Went to school with the alleged perpetrator, and sees him on Sundays.", understood=True)
        self.make_plan(self.advocate, case, self.began + timedelta(days=3))
        self.reach_the_elder(case)

    def reach_the_elder(self, case):
        """She lives with her grandmother and has a telephone of her own."""
        elder = self.children_of_it[1]
        with self.after(4):
            way = add_safe_contact(
                self.lead, case, party_id=elder.pk, channel="text", value="07700 900246", is_safe="yes", times="any", voicemail="no", style="neutral",
                how="Ask whether she got home from training.", is_checked=True,
            )
            record_contact_with(
                self.lead, case, party_id=elder.pk, contact_id=way.pk, at=self.began + timedelta(days=4), outcome="reached", still_safe=True, audience="partners",
                note="She wants to talk with the school nurse, and not at home.",
            )

    def decide_children(self, case):
        """The younger one heard it, the elder one lives elsewhere and is afraid all the same, the third is not born yet."""
        decided = [
            (["heard", "felt_effects"], "He hears it through the wall, and wets the bed."), (["felt_effects"], "She lives with her grandmother, and will not come home."),
            (["felt_effects"], "She was pushed in the fifth month. The midwife knows."),
        ]
        with self.after(1):
            for child, (effects, reason) in zip(self.children_of_it, decided, strict=True):
                decide_child(self.trained, case, party_id=child.pk, decision="victim", effects=effects, reason=reason)
            younger, elder, _ = self.children_of_it
            change_child(
                self.trained, case, party_id=younger.pk, to_perpetrator="child", lives_with="victim", school="Heron Lane Primary", gp="Meadow Surgery", at_incident="in_home",
                contact="supervised", contact_arrangement="Saturdays at the contact centre", parental_responsibility="Both parents", is_protected=True,
            )
            change_child(self.trained, case, party_id=elder.pk, to_perpetrator="step", lives_with="relative", at_incident="away", contact="none")
            judge_risk(self.trained, case, party_id=younger.pk, scale=2, has_special_needs=False, reason="He hears it, and has stopped speaking at table.", protective="His aunt.")
            for kind, text in (("account", "“I put the pillow over my head and count.”"), ("plan", "Go to Bryony next door. Say: can I feed the cat?")):
                note_child(self.trained, case, party_id=younger.pk, kind=kind, text=text, audience="partners")

    def answer_for(self, case, when, *, number, leave=0):
        """What the rule proposes for the children is sent and answered, or decided against, as the number says; the first so many are left."""
        for one in SafeguardingReferral.objects.filter(case=case, state="proposed").exclude(route="school").order_by("pk")[leave:]:
            self.refer_on(self.trained, case, one, number, when)

    def first_weeks(self, case):
        with self.after(9):
            record_risk_event(self.lead, case, kind="court", happened_on=day_of(self.began + timedelta(days=9)))
        with self.after(10):
            self.assess(self.trained, case, yes=12, certain=CERTAIN, why="He was told by the court to keep away, and has done so since.")
            lower = Assessment.objects.filter(case=case, decided_at=None).exclude(proposed_level="").get()
        with self.after(11):
            decide_downgrade(self.head, case, assessment_id=lower.pk, decision="approved", reason="Read both side by side; three of the four that fell are certain.")
        began = day_of(self.began)
        with self.after(12):
            self.order = add_order(
                self.advocate, case, kind="non_molestation", state="made", respondent=self.him.pk, protected=[self.her.pk, self.children_of_it[0].pk],
                court="Vale Combined Court", case_number="ZZ26F00700", starts_on=began + timedelta(days=12), ends_on=began + timedelta(days=376),
                terms="Not to contact her in any way, and not to come within 100 metres of her or of the children.", served_at=self.began + timedelta(days=12),
                police_informed=True,
            )
        with self.after(15):
            change_address(
                self.lead, case, party_id=self.her.pk, lines="Flat 2\n19 Heron Wharf", postcode="ZZ99 9XK", visibility="confidential", from_at=self.began + timedelta(days=15),
            )
            record_pathway_step(self.lead, case, step="T10", state="done", reason="She moves, and a tenancy of her own is asked for.")
            record_pathway_step(self.lead, case, step="T12", state="not_needed", reason="Nothing was damaged.")
        with self.after(20):
            add_letters(self.lead, case)
            first = add_note(
                self.advocate, case, title="At the court", audience="partners", happened_at=self.began + timedelta(days=20), text="The hearing was put off until the 14th.",
            )
        with self.after(20, 3):
            correct_entry(
                self.advocate, case, entry_id=first.pk, title="At the court", text="The hearing was put off until the 16th.", happened_at=self.began + timedelta(days=20),
                why="I wrote down the wrong day.",
            )

    def second_month(self, case):
        self.make_plan(self.advocate, case, self.began + timedelta(days=30))
        breached = self.began + timedelta(days=38)
        with self.after(27):
            flag = case.flags.get(kind="weapons")
            review_flag(self.lead, case, flag_id=flag.pk, note="The police have not found it. It holds.", review_on=day_of(self.now) + timedelta(days=9))
        with self.after(38, 4):
            log_breach(
                self.advocate, case, order_id=self.order.pk, happened_at=breached, what="He stood at the bus stop opposite for an hour, and waved.", audience="partners",
                is_reported=True, police_reference="ZZ-0700", done_about_it="The police have spoken to him; bail was asked for.",
            )
        with self.after(39):
            self.assess(self.trained, case, yes=18, certain=CERTAIN)
            add_order(
                self.trained, case, kind="bail", state="made", respondent=self.him.pk, protected=[self.her.pk], court="Vale Magistrates", case_number="ZZ26B00701",
                starts_on=day_of(self.began + timedelta(days=39)), ends_on=day_of(self.now) + timedelta(days=5), terms="To live at his brother’s and report twice a week.",
                served_at=self.began + timedelta(days=39), police_informed=True,
            )
            set_marker(
                self.trained, case, party_id=self.him.pk, mappa_category="2", mappa_level="2", is_iom=True, review_on=day_of(self.now) + timedelta(days=40),
                source="Probation, case manager",
            )
        self.answer_for(case, self.began + timedelta(days=39, hours=2), number=DECIDED_AGAINST)
        with self.after(40):
            self.share_for_safety(case, "vale_police", necessity="The officer in charge of the breach must know where the flags stand.")
        with self.after(55):
            self.assess(self.advocate, case, yes=17, tool=POLICE27)
        self.answer_for(case, self.began + timedelta(days=56), number=NUMBER, leave=1)

    def last_days(self):
        """The last fortnight, once the meetings are behind us."""
        case = self.full
        case.refresh_from_db()
        with self.after(66):
            verify_safe_contact(self.advocate, case, contact_id=SafeContact.objects.get(party=self.her, ended_at=None).pk)
        with self.after(68):
            asked = add_request(self.trained, case, route="victim", at_risk=self.her.pk, subject=self.him.pk, asked_at=self.began + timedelta(days=67))
        self.make_plan(self.advocate, case, self.began + timedelta(days=71))
        with self.after(72):
            record_step(
                self.trained, case, request_id=asked.pk, step="checks", happened_at=self.began + timedelta(days=72), audience="agency", text="Two forces have answered.",
            )
        sent = self.began + timedelta(days=70)
        with at(sent):
            child = SafeguardingReferral.objects.get(case=case, state="proposed", route="social_care")
            self.send(case, child.pk, sent)
        with self.after(74):
            self.reach(case, self.began + timedelta(days=74))
        with self.after(79):
            propose_removal(self.advocate, case, flag_id=case.flags.get(kind="dogs").pk, reason="He took both dogs with him when he left.")
            self.assess(self.trained, case, yes=10, why="He is on bail at his brother’s, and the new flat is not known to him.")
            self.ask_further(self.trained, case, GRID, yes=0, moment="review")
            for task in case.tasks.filter(done_at=None, kind="children.social_care", agency=self.trained.agency_id):
                finish_task(self.trained, case, task_id=task.pk, was_needed=False, outcome="They are with Children’s Social Care already, who were rung today.")
            chase_referral(self.trained, case, referral_id=child.pk, happened_at=self.began + timedelta(days=79), who="First contact team", note="They ring back.")
        self.today(case)

    def reach(self, case, when):
        """She was reached by her own telephone, and said that it is still safe."""
        contact = SafeContact.objects.get(party=self.her, ended_at=None)
        record_contact(
            self.advocate, case, at=when, outcome="reached", contact_id=contact.pk, talked_it_through=True, still_safe=True, audience="partners",
            note="She sleeps better. He has not been seen in the street since he went to his brother’s.",
        )

    def send(self, case, referral_id, when, **said):
        send_referral(
            self.trained, case, referral_id=referral_id, sent_at=when, method="portal", audience="partners", receiver_name="First contact team", is_told=True,
            concern="What was said, the level of risk, and who lives in the home.", **said,
        )

    def today(self, case):
        """What is under way now: a mother who needs care, a school to be told, a letter of which nobody has decided who may open it."""
        with at(self.now - timedelta(hours=4)):  # the day on which his bail ends
            record_risk_event(self.lead, case, kind="access", happened_on=day_of(self.now) + timedelta(days=5))
        with at(self.now - timedelta(hours=3)):
            mother = add_person(self.lead, case, role="adult", given_name="Aurelia", approximate_age=79, relationship="parent")
            asked = SafeguardingReferral.objects.filter(party=mother, state="proposed").first() or add_referral(
                self.trained, case, party_id=mother.pk, route="adult", why="She cannot leave the house alone, and he holds her bank card.", needs_care=True, cannot_protect=True,
            )
            self.send(case, asked.pk, self.now - timedelta(hours=3), consent="given")
            add_notice(self.trained, case, party_id=self.children_of_it[0].pk, incident_at=self.now - timedelta(hours=5), is_attended=True)
            add_undecided(self.lead, case, "Flat 2, 19 Heron Wharf, ZZ99 9XK")
