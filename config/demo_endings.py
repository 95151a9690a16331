"""How cases of the invented partnership end, with what came of them; and one of whom somebody comes back."""

from datetime import timedelta

from cases.actions.case_file import finish_task
from cases.actions.closing import close_case, safe_ways
from cases.models import Task
from config.demo_protection import at

# Nobody here may close a case: their lead is asked to.
CANNOT_CLOSE = ("health_visitor", "call_handler")
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
        with at(when):
            actor = self.actor(persona)
            for task in Task.objects.filter(case=case, done_at=None, raised_at__lte=when):
                finish_task(assessor if task.agency_id == assessor.agency_id else actor, case, task_id=task.pk, was_needed=True, outcome="Done before the case was closed.")
            ways = list(safe_ways(case, when)) if is_planned else []
            close_case(
                actor, case, closing_reason=reason, audience="partners", is_planned=is_planned, housing=housing, safeguarding="ended" if number % 2 else "not_needed",
                onward=onward, onward_note="", outcomes=outcomes | {"children": "yes" if number % 2 else "none"}, survey="yes" if ways else "not_asked",
                survey_contact=ways[0] if ways else None, summary="The plan was gone through together once more. If they come back: by the same safe way, the same word.",
            )
        self.last_ended = case

    def come_back(self, answers):
        """The same person again, in the answers of a new disclosure."""
        person = self.last_ended.parties.get(role="victim").person
        answers["victim"] |= {"given_name": person.given_name, "family_name": person.family_name, "date_of_birth": person.date_of_birth.isoformat()}
