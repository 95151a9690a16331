"""A partnership in the middle of its work: something behind every kind of address, so that each page can be looked at as people meet it."""

from datetime import timedelta

from django.utils import timezone

from cases import merging
from cases.actions.assessment import save_answers, sign_assessment, start_assessment
from cases.actions.attachments import withdraw_file
from cases.actions.case_file import add_note
from cases.actions.children import change_child, decide_child, judge_risk, note_child
from cases.actions.closing import close_case
from cases.actions.contact import record_contact
from cases.actions.flags import propose_removal
from cases.actions.merging import decide_merge, propose_merge, propose_undo
from cases.actions.order_breaches import log_breach
from cases.actions.orders import add_order
from cases.actions.people import add_person, change_address
from cases.actions.plan import start_plan
from cases.actions.risk import record_risk_event
from cases.actions.safe_contact import add_safe_contact
from cases.actions.schemes import add_request, record_step, set_marker
from cases.actions.sharing import bar, share
from cases.dash import latest
from cases.dash.reading import Given, mark_of
from cases.models import Attachment, SafetyFlag
from config import demo_world
from config.demo_files import add_letters
from config.demo_services import refer, refer_to_programme, take_participants
from marac.actions.triage import accept_referral
from referrals.actions import join_disclosure, save_page, start_disclosure
from referrals.homeless import actions as housing
from referrals.landlord.actions import repairs, security, tenancy
from referrals.models import Disclosure
from referrals.pathways.actions import record_pathway_step
from referrals.safeguarding.actions import add_notice, add_referral, answer_referral, send_referral
from reporting.actions import ask_for_return
from reporting.models import ReturnRun
from reporting.preparing import prepare
from reporting.quarters import quarter_of
from tests.cases.ends import ENDED


class Scene(demo_world.World):
    """The demonstration's partnership in small, and the few things beside it that a page needs to show."""

    def __init__(self):
        super().__init__(lambda *_: None, past=14, recent=14)
        self.build()
        self.officer, self.manager, self.advocate = self.actor("housing_officer"), self.actor("housing_manager"), self.actor("idva")
        self.fresh = self.log("housing_officer", hours=3)
        self.missed = self.log("housing_officer", hours=60)
        self.assessed = self.log("idva", hours=9)
        self.lowered = self.log("idva", hours=30)
        self.closed, self.finished = self.log("housing_officer", hours=70), self.log("housing_officer", hours=20)
        self.long_ago = self.log("housing_officer", hours=120 * 24)  # so that a whole quarter is over
        self.received, self.accepted, self.complete = (self.log("idva", hours=hours) for hours in (26, 28, 32))
        self.alone = self.log("outsider", hours=5)  # of an agency where nobody may assess
        self.hurried = self.log_now("housing_officer")
        self.family = self.log("specialist_da_officer", hours=6)
        self.arrange()

    def log(self, persona, *, hours):
        opened = self.now - timedelta(hours=hours)
        with demo_world.at(opened):
            answers = self.answers(200 + hours, opened - timedelta(minutes=10), "direct")
            return demo_world.log_disclosure(self.actor(persona), answers=answers).case

    def again(self, persona, case):
        """A draft about somebody whose case is open, answered to the end; its reference."""
        answers = dict(Disclosure.objects.get(case=case).answers)
        draft = start_disclosure(self.actor(persona), answers=answers["danger"])
        for code, said in answers.items():
            draft = save_page(self.actor(persona), reference=draft.reference, page=code, answers=said, revision=draft.revision)
        return draft.reference

    def log_now(self, persona):
        """Logged at once, because somebody was in danger: the rest waits."""
        answers = self.answers(300, self.now - timedelta(minutes=20), "direct")
        answers = {code: answers[code] for code in ("received", "victim")} | {"danger": {"danger": "yes"}, "emergency": {"pace": "log_now"}}
        return demo_world.log_disclosure(self.actor(persona), answers=answers).case

    def arrange(self):
        now = timezone.now()
        self.attempt = record_contact(
            self.officer, self.fresh, at=now - timedelta(hours=1), outcome="no_answer", channel="visit", audience="agency",
            override_reason="A neighbour said that he had left for work."
        )
        change_address(
            self.officer, self.fresh, party_id=self.victim(self.fresh).pk, lines="Flat 2\n19 Plover Court", postcode="ZZ99 2CD", visibility="confidential",
            from_at=now,
        )
        share(
            self.officer, self.fresh, agency=self.agencies["lantern_outreach"], level="partner", basis="vital_interests", victim_told=True,
            necessity="Outreach begins this week.", risk_believed="He waits outside her work.", restrictions="Call only in the mornings.",
        )
        bar(self.manager, self.fresh, user=self.users["other_housing_officer"], reason="Related to the alleged perpetrator.", understood=True)
        self.known = self.again("housing_officer", self.fresh)
        added = self.again("housing_officer", self.fresh)
        join_disclosure(self.officer, self.fresh, draft=added, draft_revision=Disclosure.objects.get(reference=added).revision)
        start_disclosure(self.officer, answers={"danger": {"danger": "no"}})
        for kind in ("idva", "standard_support"):
            refer(self.officer, self.fresh, kind)
        self.programme_link = refer_to_programme(self.officer, self.fresh)
        self.participants = [self.programme_link.referral_id, take_participants(self.actor("programme_worker"))]
        self.orders(now)
        self.on_record_twice()
        self.draft_dash = start_assessment(self.advocate, self.assessed, with_victim=True)
        self.answer(self.draft_dash, self.assessed, yes=9)
        self.assess(self.advocate, self.lowered, yes=16)
        lower = start_assessment(self.advocate, self.lowered, with_victim=True)
        lower = self.answer(lower, self.lowered, yes=4)
        self.waiting_dash = sign_assessment(
            self.advocate, self.lowered, assessment_id=lower.pk, assessment_revision=lower.revision, final_level="standard", level_basis="judgement",
            rationale="He has moved abroad, and she has said so twice.",
        )
        record_risk_event(self.advocate, self.lowered, kind="court", happened_on=timezone.localdate() + timedelta(days=12))
        record_risk_event(self.advocate, self.lowered, kind="incident", happened_on=timezone.localdate())
        self.ask_further(self.advocate, self.lowered, "s11", yes=5)
        for moment in ("intake", "exit"):
            self.ask_further(self.advocate, self.lowered, "grid4", yes=0, moment=moment)
        self.draft_honour = self.further(self.advocate, self.lowered, "h10", yes=4)
        add_letters(self.officer, self.fresh)
        add_letters(self.officer, self.fresh)
        wrong = Attachment.objects.filter(case=self.fresh, audience="partners").latest("pk")
        withdraw_file(self.officer, self.fresh, attachment_id=wrong.pk, reason="It was added twice.")
        self.flag(self.officer, self.fresh, now, "no_home_visits")
        self.flag(self.officer, self.fresh, now, "dogs")
        dogs = SafetyFlag.objects.get(case=self.fresh, kind="dogs")
        self.make_plan(self.officer, self.fresh, now)
        self.make_plan(self.officer, self.fresh, now)
        start_plan(self.officer, self.fresh)
        start_plan(self.officer, self.finished)
        self.removal = propose_removal(self.officer, self.fresh, flag_id=dogs.pk, reason="The dogs went with him when he left.")
        add_note(self.officer, self.fresh, title="To ask", text="Whether the door opens outwards.", audience="agency", happened_at=now)
        add_note(
            self.officer, self.fresh, title="Locks", text="The landlord changes the locks on Thursday.", audience="partners", happened_at=now,
        )
        record_pathway_step(self.officer, self.fresh, step="T14", state="not_needed", reason="No meeting has asked for anything.")
        for case in (self.received, self.accepted, self.complete):
            self.assess(self.advocate, case, yes=16)
        for case in (self.received, self.accepted):
            self.refer(self.advocate, case, now)
        self.fill_in_referral(self.advocate, self.complete)
        accept_referral(self.actor("marac_coordinator"), self.accepted, referral_id=self.accepted.marac_referrals.get().pk)
        self.children(now)
        self.line_day()
        self.asked_in_writing()
        self.home(now)
        self.housing()
        self.reach(self.finished)
        self.reach(self.closed, breach_reason="She was away until today.")
        close_case(self.manager, self.closed, closing_reason="needs_met", summary="Safe and settled.", audience="partners", **ENDED)

    def housing(self):
        """Found homeless because of abuse, in a place that was looked at, with a plan of both sides."""
        case = self.homeless = self.log("housing_officer", hours=6)
        for topic, answer in (("eligible", "yes"), ("homeless", "homeless"), ("priority", "abuse")):
            housing.decide(self.officer, case, topic=topic, answer=answer, why="She told us, and her passport shows it." if topic == "eligible" else "")
        looked_at = {"areas_checked": True, "is_safe": True, "is_suitable": True, "is_affordable": True}
        housing.decide(self.officer, case, topic="interim", answer="placed", **looked_at)
        self.housing_step = housing.add_step(self.officer, case, side="council", words="Look at two flats together by Friday.", by_on=timezone.localdate() + timedelta(days=4))
        done = housing.add_step(self.officer, case, side="applicant", words="Bring the birth certificates.")
        housing.end_step(self.officer, case, step_id=done.pk, ending="done")
        housing.agree_plan(self.officer, case, is_agreed=True)

    def orders(self, now):
        """An order that ends soon and was breached, a notice that waits for the court, an order not served, a request half-way, a marker."""
        case, today = self.fresh, timezone.localdate()
        him, her = case.parties.get(role="perpetrator").pk, self.victim(case).pk
        common = {"respondent": him, "protected": [her], "state": "made", "starts_on": today, "court": "Vale Combined Court"}
        self.order = add_order(
            self.officer, case, kind="non_molestation", ends_on=today + timedelta(days=20), served_at=now, police_informed=True, power_of_arrest=True,
            terms="Not to contact her in any way, and not to come within 100 metres of her home.", case_number="ZZ26F00001", **common,
        )
        self.notice = add_order(self.officer, case, kind="dvpn", served_at=now, terms="To leave the home.", **common)
        add_order(self.officer, case, kind="restraining_conviction", **common)
        self.unserved = add_order(self.officer, case, kind="occupation", ends_on=today + timedelta(days=200), **common)
        log_breach(
            self.officer, case, order_id=self.order.pk, happened_at=timezone.now(), what="He waited outside the school at three.", audience="partners",
            is_reported=True, police_reference="ZZ-0001", done_about_it="Rang the police, who have spoken to him.",
        )
        self.dvds = add_request(self.officer, case, route="third_party", applicant="her mother", at_risk=her, subject=him, asked_at=now)
        record_step(self.officer, case, request_id=self.dvds.pk, step="checks", happened_at=timezone.now(), audience="agency", text="Two forces answered.")
        set_marker(
            self.officer, case, party_id=him, mappa_category="2", mappa_level="2", is_iom=True, review_on=today + timedelta(days=40), source="Probation, case manager",
        )

    def children(self, now):
        """A child of whom everything is known, one not yet born, one of age; a referral at each step, and a school to be told."""
        case, officer = self.family, self.actor("specialist_da_officer")
        self.child = add_person(officer, case, role="child", given_name="Linnet", approximate_age=9, relationship="child")
        add_person(officer, case, role="child", is_unborn=True, expected_on=timezone.localdate() + timedelta(days=80))
        teasel = add_person(officer, case, role="child", given_name="Teasel", approximate_age=14, relationship="other", lives_with_victim=False)
        add_person(officer, case, role="adult", given_name="Aurelia", approximate_age=79, relationship="parent")
        self.teasel = teasel
        for way in ({"channel": "phone", "value": "07700 900321", "code_word": "kingfisher"}, {"channel": "letter", "value": "Care of the school", "style": "neutral"}):
            add_safe_contact(officer, case, party_id=teasel.pk, is_safe="yes", times="any", voicemail="no", is_checked=True, **way)
        decide_child(officer, case, party_id=self.child.pk, decision="not_affected", reason="Thought to be with his grandmother all along.")
        decide_child(officer, case, party_id=self.child.pk, decision="victim", effects=["heard", "felt_effects"], reason="He heard it through the wall.")
        change_child(
            officer, case, party_id=self.child.pk, to_perpetrator="child", lives_with="victim", parental_responsibility="Both parents", school="Heron Lane Primary",
            gp="Meadow Surgery", at_incident="in_home", contact="supervised", contact_arrangement="Saturdays at the centre", own_worker="School nurse",
        )
        for kind, text in (("account", "“I put the pillow over my head.”"), ("plan", "Go to Bryony next door. Say: can I feed the cat?")):
            note_child(officer, case, party_id=self.child.pk, kind=kind, text=text, audience="partners")
        judge_risk(officer, case, party_id=self.child.pk, scale=2, has_special_needs=True, reason="He hears it, and has stopped speaking at table.", protective="His aunt.")
        self.assess(officer, case, yes=11)
        self.onward = self.child.onward.get(route="social_care")
        self.asked = teasel.onward.get(route="social_care")
        told = {"sent_at": timezone.now(), "method": "portal", "receiver_name": "First contact team", "is_told": True, "audience": "partners", "concern": "As told."}
        send_referral(officer, case, referral_id=self.asked.pk, **told)
        self.adult = add_referral(
            officer, case, party_id=self.victim(case).pk, route="adult", why="She cannot leave the house alone, and he answers for her.", needs_care=True,
            cannot_protect=True,
        )
        send_referral(officer, case, referral_id=self.adult.pk, **told | {"consent": "given", "sent_at": timezone.now()})
        answer_referral(officer, case, referral_id=self.adult.pk, outcome="enquiry", happened_at=timezone.now(), who="Duty team", note="Visit on Thursday")
        self.told_school = add_notice(officer, case, party_id=self.child.pk, incident_at=now, is_attended=True)

    def home(self, now):
        """Security measures that wait for a fitter and others that nobody has checked, a charge that is waived, the tenancy, and what is done about him."""
        case, officer, day = self.fresh, self.officer, timezone.localdate()
        self.measures = security.order_security(officer, case, lines={"door_chain": (1, 2500), "letterbox": (1, 9900)}, is_urgent=True, fears_fire=True)
        visit = {"visit_at": now + timedelta(hours=20), "override_reason": "She asked for that hour herself."}
        security.plan_visit(officer, case, order_id=self.measures.pk, **visit)
        self.fitted = security.order_security(officer, case, lines={"window_alarm": (3, 4800)}, is_urgent=False)
        pks = list(self.fitted.measures.values_list("pk", flat=True))
        security.fit_security(officer, case, order_id=self.fitted.pk, measures=pks, fitted_at=timezone.now(), fitter="Joiner, Vale Repairs")
        repairs.decide_repair(officer, case, damage="The back door was kicked in.", caused="perpetrator", asked=18000, decision="waived", audience="partners")
        said = {"wishes": "said", "wishes_said": "To stay near the school.", "happened_on": day, "audience": "agency"}
        self.tenancy_action = tenancy.add_action(officer, case, kind="sole_tenancy", state="decided", protection="lifetime", next_on=day + timedelta(days=7), **said)
        him = case.parties.get(role="perpetrator").pk
        self.possession = tenancy.add_action(officer, case, kind="possession", party_id=him, state="considered", **said)
        tenancy.add_action(officer, case, kind="breach", party_id=him, state="under_way", what_happened="Recorded; nothing has been said to him.", **said)

    def on_record_twice(self):
        """A proposal that waits for a second person, two records that became one, and a proposal to undo that."""
        why = "She said so herself when she came in."
        self.merge = self.propose(self.missed, self.victim(self.missed), self.victim(self.finished), why)
        him, same = (case.parties.select_related("person").get(role="perpetrator") for case in (self.missed, self.finished))
        proposed = self.propose(self.missed, him, same, why)
        opened_with = merging.Pair(proposed.kept, proposed.absorbed).mark()
        self.made_one = decide_merge(self.manager, self.missed, merge_id=proposed.pk, decision="approved", reason=why, opened_with=opened_with)
        self.undoing = propose_undo(self.officer, self.missed, merge_id=self.made_one.pk, reason="He has a brother of that name.")

    def propose(self, case, party, other, why):
        pair = merging.pair_of(party.person, other.person)
        holds = dict.fromkeys(merging.rules.to_ask(*pair.facts()), "kept")
        return propose_merge(self.officer, case, party_id=party.pk, other_id=other.pk, holds=holds, reason=why, opened_with=pair.mark())

    def victim(self, case):
        return case.parties.get(role="victim")

    def in_danger_and_all(self):
        """The answers that call for every page of the notes."""
        draft = Disclosure.objects.filter(state="draft", author=self.users["housing_officer"]).first()
        draft.answers |= {"danger": {"danger": "yes"}, "contact": {"any": "yes"}, "children": {"any": "yes"}}
        Disclosure.objects.filter(pk=draft.pk).update(answers=draft.answers)

    def answer(self, assessment, case, *, yes):
        given = {item: Given("yes" if item <= yes else "no") for item in latest().items}
        return save_answers(self.advocate, case, assessment_id=assessment.pk, given=given, opened_with=mark_of(assessment.answers.all()))

    def reach(self, case, **facts):
        record_contact(
            self.officer, case, at=timezone.now(), outcome="reached", channel="in_person", talked_it_through=True, audience="partners", note="Met at the library.",
            **facts,
        )

    def waiting_return(self):
        return ask_for_return(self.actor("commissioner"), quarter=quarter_of(timezone.now()).previous)

    def finished_return(self):
        run = self.waiting_return()
        assert prepare(run.pk), ReturnRun.objects.get(pk=run.pk).error
        return run
