"""The invented partnership looks at the risk again: what happened meanwhile, the next assessment, and a second person's decision on a lower level."""

from datetime import timedelta

from cases.actions.assessment import decide_downgrade
from cases.actions.risk import record_risk_event
from cases.models import Assessment
from cases.rules.clocks import LONDON
from config.demo_protection import at

HAPPENED = ("incident", "court", "contact", "release")


class OverTime:
    """What the World does with a case some weeks on."""

    def look_again(self, actor, assessor, case, number, when):
        """Something happened, and the risk was assessed again; of some nobody has done that yet, and some are lower than before."""
        if number % 3:
            return
        happened_at = when + timedelta(days=9)
        if happened_at > self.now - timedelta(days=1):
            return
        with at(happened_at):
            record_risk_event(actor, case, kind=HAPPENED[number % len(HAPPENED)], happened_on=happened_at.astimezone(LONDON).date())
        if number % 9 == 6:
            return
        with at(happened_at + timedelta(hours=20)):
            self.assess(assessor, case, yes=(12, 16, 5)[number // 3 % 3])
        waiting = Assessment.objects.filter(case=case, decided_at=None, agency=self.agencies["northvale_housing"]).exclude(proposed_level="").first()
        if waiting:
            with at(happened_at + timedelta(hours=30)):
                decide_downgrade(
                    self.actor("housing_manager"), case, assessment_id=waiting.pk, decision="approved", reason="Seen together; he is in another part of the country.",
                )
