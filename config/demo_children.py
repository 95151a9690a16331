"""The children of the invented partnership: what was decided about each, where they were referred, what came back. Nobody here exists."""

from datetime import timedelta

from cases.actions.children import change_child, decide_child, judge_risk, note_child
from cases.models.people import Role
from config.demo_protection import at
from referrals.models import SafeguardingReferral
from referrals.safeguarding.actions import add_notice, answer_referral, override_referral, send_referral, tell_school

ANSWERS = {
    "social_care": ["child_in_need", "no_further_action", "section_47", "early_help", "known", "protection_plan"],
    "early_help": ["early_help", "universal", "family_declined"], "adult": ["enquiry", "other_help"],
}
SCHOOLS = ["Heron Lane Primary", "Coldwater Academy", "Three Oaks Nursery"]
UNANSWERED = (2, 5, 8, 11)  # sent, and nobody has answered: late, to be chased


class Children:
    """What a World does about the children of a case."""

    def look_after(self, actor, assessor, case, number, when):
        """Decide about each child and record the referrals; every sixth case still waits for somebody."""
        if number % 6 == 0:
            return
        for place, child in enumerate(case.parties.filter(role=Role.CHILD).order_by("pk")):
            with at(when):
                self.decide(actor, case, child, number + place)
            if place == 0 and number % 9 == 1 and (child.person.approximate_age or 0) >= 5:
                self.tell_school(actor, case, child, when)
        for one in SafeguardingReferral.objects.filter(case=case, state="proposed").exclude(route="school").order_by("pk"):
            self.refer_on(assessor, case, one, number, when)

    def decide(self, actor, case, child, number):
        if number % 7 == 3:
            decide_child(actor, case, party_id=child.pk, decision="not_affected", reason="Lives with an aunt in another county, and has not seen either of them since birth.")
            return
        effects = (["heard", "felt_effects"], ["saw", "heard"], ["felt_effects"])[number % 3]
        decide_child(actor, case, party_id=child.pk, decision="victim", effects=effects, reason="Wakes at night, and asks whether the door is locked.")
        if actor.may("edit_people") and case.lead_agency_id == actor.agency_id:
            change_child(
                actor, case, party_id=child.pk, to_perpetrator="child", lives_with="victim", parental_responsibility="Both parents", at_incident="in_home",
                school=SCHOOLS[number % len(SCHOOLS)], gp="Meadow Surgery", contact="supervised" if number % 2 else "none",
            )
        if actor.may("assess_risk") and number % 3 == 0:
            judge_risk(
                actor, case, party_id=child.pk, scale=1 + number % 3, has_special_needs=number % 6 == 0, reason="Wakes at night; holds on to her brother.",
                protective="Sees an aunt each week.",
            )
        if number % 4 == 0:
            note_child(actor, case, party_id=child.pk, kind="plan", text="Go next door to Bryony. The word is marmalade. Never come between.", audience="partners")

    def tell_school(self, actor, case, child, when):
        with at(when):
            notice = add_notice(actor, case, party_id=child.pk, incident_at=when - timedelta(hours=3), is_attended=True)
        told = min(notice.due_at - timedelta(minutes=40), self.now)
        if told > when:
            with at(told):
                tell_school(actor, case, referral_id=notice.pk, told_at=told, method="phone", key_adult="Designated safeguarding lead", follow_up="A quiet word each morning")

    def refer_on(self, assessor, case, one, number, when):
        with at(when):
            if number % 10 == 4:
                override_referral(assessor, case, referral_id=one.pk, reason="Open to the same team since last month; their own social worker was rung today.")
                return
            consent = "given" if one.route in ("early_help", "adult") else ""
            send_referral(
                assessor, case, referral_id=one.pk, sent_at=when, method="portal", audience="agency", receiver_name="First contact team", is_told=True, consent=consent,
                concern="What was said, the level of risk, and who lives in the home.",
            )
        heard = when + timedelta(hours=20)
        if number not in UNANSWERED and heard < self.now:
            answers = ANSWERS[one.route]
            with at(heard):
                answer_referral(assessor, case, referral_id=one.pk, outcome=answers[number % len(answers)], happened_at=heard, who="Social work manager")
