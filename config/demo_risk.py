"""The invented partnership looks at the risk again: what happened meanwhile, the next assessment, and a second person's decision on a lower level."""

from datetime import timedelta

from cases.actions.assessment import decide_downgrade, save_answers, start_assessment
from cases.actions.follow_on import sign_follow_on
from cases.actions.risk import record_risk_event
from cases.dash import GRID, STALKING11, latest
from cases.dash.reading import Given, mark_of
from cases.models import Assessment
from cases.rules.clocks import LONDON
from config.demo_protection import at

HAPPENED = ("incident", "court", "contact", "release")


# What the grid says at the beginning, at a review and at the end: how severe each kind of abuse is, and what is getting worse.
GRIDS = {
    "intake": ("high", "moderate", "standard", "high", "yes"), "review": ("moderate", "none", "moderate", "high", "no"),
    "exit": ("standard", "none", "standard", "moderate", "no"),
}


class OverTime:
    """What the World does with a case some weeks on."""

    def further(self, actor, case, tool, *, yes, moment="intake"):
        """A follow-on set, answered and not signed yet: of a screening so many Yes, of the grid what it says at a moment."""
        draft, grades = start_assessment(actor, case, with_victim=True, tool=tool), iter(GRIDS[moment])
        worse = GRIDS[moment][-1]
        given = {
            number: Given({"moment": moment, "said": worse if tool == GRID else "yes" if number <= yes else "no"}.get(item.answers) or next(grades))
            for number, item in latest(tool).items.items()
        }
        return save_answers(actor, case, assessment_id=draft.pk, given=given, opened_with=mark_of(draft.answers.all()))

    def ask_further(self, actor, case, tool, **said):
        """The same, signed."""
        draft = self.further(actor, case, tool, **said)
        sign_follow_on(actor, case, assessment_id=draft.pk, assessment_revision=draft.revision, audience=draft.audience)

    def look_again(self, actor, assessor, case, number, when):
        """Something happened, and the risk was assessed again; of some nobody has done that yet, and some are lower than before."""
        if number % 3:
            return
        with at(when + timedelta(hours=6)):
            self.ask_further(assessor, case, GRID, yes=0)
            if number % 2:
                self.ask_further(assessor, case, STALKING11, yes=4)
        happened_at = when + timedelta(days=9)
        if happened_at > self.now - timedelta(days=1):
            return
        with at(happened_at):
            record_risk_event(actor, case, kind=HAPPENED[number % len(HAPPENED)], happened_on=happened_at.astimezone(LONDON).date())
        if number % 9 == 6:
            return
        with at(happened_at + timedelta(hours=20)):
            self.assess(assessor, case, yes=(12, 16, 5)[number // 3 % 3])
            self.ask_further(assessor, case, GRID, yes=0, moment="exit")
        waiting = Assessment.objects.filter(case=case, decided_at=None, agency=self.agencies["northvale_housing"]).exclude(proposed_level="").first()
        if waiting:
            with at(happened_at + timedelta(hours=30)):
                decide_downgrade(
                    self.actor("housing_manager"), case, assessment_id=waiting.pk, decision="approved", reason="Seen together; he is in another part of the country.",
                )
