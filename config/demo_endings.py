"""How cases of the invented partnership end, with what came of them; and one of whom somebody comes back."""

from datetime import timedelta

from cases import clocks
from cases.actions.assessment import decide_downgrade
from cases.actions.case_file import finish_task
from cases.actions.clock import explain_breach
from cases.actions.closing import close_case, safe_ways
from cases.models import Assessment, Task
from config.demo_protection import at
from marac.actions.referral import withdraw_referral
from marac.models import Referral
from referrals.models import SafeguardingReferral
from referrals.safeguarding.actions import answer_referral, override_referral, tell_school

# Nobody here may close a case: their lead is asked to.
CANNOT_CLOSE = ("health_visitor", "call_handler")
# Who decides on a lower level, by agency.
SECOND = {"northvale_housing": "housing_manager", "harbour_idva": "idva_manager"}
ENDS = [
    ("needs_met", True, "stayed", ["counselling"], {"abuse": "ceased", "safer": "yes", "confident": "yes", "life": "yes", "contact": "none", "home": "yes"}),
    ("stepped_down", True, "moved_tenancy", ["outreach", "group"], {"abuse": "reduced", "safer": "yes", "confident": "yes", "life": "same", "contact": "yes", "home": "yes"}),
    ("withdrew", False, "with_perpetrator", ["none"], {"abuse": "same", "safer": "no", "confident": "unknown", "life": "unknown", "contact": "no", "home": "yes"}),
    ("moved_away", True, "refuge", ["refuge", "childrens"], {"abuse": "ceased", "safer": "yes", "confident": "same", "life": "yes", "contact": "none", "home": "no"}),
]


class Endings:
    """The part of an invented world in which cases end."""

    def end(self, persona, assessor, case, number, when):
        """A case of low risk is assessed once more and closed; every other of those who ended it well may be asked how it was."""
        reason, is_planned, housing, onward, outcomes = ENDS[number % len(ENDS)]
        with at(when - timedelta(days=2)):
            self.assess(assessor, case, yes=2)
        with at(when - timedelta(days=1)):
            self.approve_lower(case)
        with at(when):
            actor = self.actor(persona)
            self.settle_referrals(assessor, case, when)
            for clock in clocks.missed_without_reason(case, when):
                explain_breach(assessor if clock.agency_id == assessor.agency_id else actor, case, clock_id=clock.pk, reason="They were rung twice, and answered late.")
            for task in Task.objects.filter(case=case, done_at=None, raised_at__lte=when):
                finish_task(assessor if task.agency_id == assessor.agency_id else actor, case, task_id=task.pk, was_needed=True, outcome="Done before the case was closed.")
            ways = list(safe_ways(case, when)) if is_planned else []
            close_case(
                actor, case, closing_reason=reason, audience="partners", is_planned=is_planned, housing=housing, safeguarding="ended" if number % 2 else "not_needed",
                onward=onward, onward_note="", outcomes=outcomes | {"children": "yes" if number % 2 else "none"}, survey="yes" if ways else "not_asked",
                survey_contact=ways[0] if ways else None, summary="The plan was gone through together once more. If they come back: by the same safe way, the same word.",
            )
        self.last_ended = case

    def approve_lower(self, case):
        """A second person of the assessing agency approves whatever lower level waits."""
        for lower in Assessment.objects.filter(case=case, decided_at=None, agency__slug__in=SECOND).exclude(proposed_level=""):
            approver = self.actor(SECOND[lower.agency.slug])
            decide_downgrade(approver, case, assessment_id=lower.pk, decision="approved", reason="Read with the worker; what fell has stayed so for weeks.")

    def settle_referrals(self, actor, case, when):
        """Nothing is left open: what the last assessment proposed for a child is decided, what was sent is answered, and no MARAC referral is still being written."""
        for begun in Referral.objects.filter(case=case, state="draft", agency=actor.agency_id):
            withdraw_referral(actor, case, referral_id=begun.pk, reasons="The risk has fallen, and a second person has agreed.")
        for one in SafeguardingReferral.objects.filter(case=case, state__in=["proposed", "sent"]).order_by("pk"):
            if one.state == "sent":
                answer_referral(actor, case, referral_id=one.pk, outcome="no_further_action", happened_at=when, who="First contact team")
            elif one.route == "school":
                tell_school(actor, case, referral_id=one.pk, told_at=when, method="phone", key_adult="Head of year")
            else:
                override_referral(actor, case, referral_id=one.pk, reason="The school nurse sees them each week, and goes on after this case is closed.")

    def come_back(self, answers):
        """The same person again, in the answers of a new disclosure."""
        person = self.last_ended.parties.get(role="victim").person
        answers["victim"] |= {"given_name": person.given_name, "family_name": person.family_name, "date_of_birth": person.date_of_birth.isoformat()}
