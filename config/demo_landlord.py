"""What the landlord of the invented partnership does: locks and chains, charges that are waived, tenancies, and what is done about whoever caused it. Nobody here exists."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Policy
from cases.models import Case
from config.demo_protection import at
from referrals.landlord.actions.repairs import decide_repair
from referrals.landlord.actions.security import check_security, fit_security, order_security, plan_visit
from referrals.landlord.actions.tenancy import add_action, take_step
from ui.times import LONDON

LINES = [
    {"door_chain": (1, 2800), "window_alarm": (4, 6400)}, {"letterbox": (1, 11500), "smoke_alarm": (2, 4200)}, {"broken_window": (1, 18600), "window_restraint": (3, 3900)},
    {"door_chain": (2, 5600), "smoke_alarm": (1, 2100), "window_alarm": (2, 3200)},
]
ASKED_FOR = "She asked for this morning herself: he is at work, and her sister is there."


class Home:
    """The part of an invented world that a landlord does."""

    def made_safe(self):
        """Of the open cases of the landlord: what was ordered months ago is fitted and checked; what was ordered today waits."""
        landlord = self.agencies["northvale_housing"]
        Policy.objects.create(
            key="security.budget_pounds", agency=landlord, value="6500", effective_from=self.now - timedelta(days=390), reason="Agreed with the housing committee",
            set_by=self.users["agency_lead"], set_at=self.now - timedelta(days=390),
        )
        found = list(Case.objects.filter(lead_agency=landlord, status="open", opened_at__lt=self.now - timedelta(days=1)).order_by("opened_at"))
        officer = self.actor("housing_officer")
        for number, case in enumerate(found[:14]):
            began = max(case.opened_at + timedelta(days=2), self.now - timedelta(days=160 - number))
            if began < self.now - timedelta(days=6):
                self.fit(officer, case, number, began)
        for number, case in enumerate(found[-3:]):
            with at(self.now - timedelta(hours=3 + number)):
                order = order_security(officer, case, lines=LINES[number], is_urgent=number == 1, fears_fire=number == 1)
                if number:
                    plan_visit(officer, case, order_id=order.pk, visit_at=self.now + timedelta(hours=5 * number), override_reason=ASKED_FOR)

    def fit(self, officer, case, number, began):
        lines = LINES[number % len(LINES)]
        with at(began):
            order = order_security(officer, case, lines=lines, is_urgent=number % 3 == 0, fears_fire="letterbox" in lines)
        pks, day = list(order.measures.values_list("pk", flat=True)), began + timedelta(hours=19)
        with at(day):
            fit_security(officer, case, order_id=order.pk, measures=pks, fitted_at=day, fitter="Joiner, Vale Repairs")
        if number % 5 != 4:
            with at(day + timedelta(days=2)):
                check_security(officer, case, order_id=order.pk, measures=pks, checked_at=day + timedelta(days=2), is_sound=True)
        with at(day + timedelta(days=3)):
            today = timezone.now().astimezone(LONDON).date()
            if number % 3 == 0:
                decide_repair(officer, case, damage="The front door was kicked in and its frame split.", caused="perpetrator", asked=24000, decision="waived", audience="partners")
            if number % 3 == 1:
                self.keep_home(officer, case, today)

    def keep_home(self, officer, case, today):
        """Advice first, then a tenancy of their own; and about him what they wanted."""
        said = {"wishes": "said", "wishes_said": "To stay near the school, and that his name comes off the tenancy.", "happened_on": today, "audience": "partners"}
        advice = add_action(officer, case, kind="legal_advice", state="under_way", **said)
        take_step(officer, case, action_id=advice.pk, state="done", **said | {"what_happened": "An hour with the law centre; they have it in writing."})
        add_action(officer, case, kind="sole_tenancy", state="decided", protection="lifetime", **said)
        him = case.parties.filter(role="perpetrator").values_list("pk", flat=True).first()
        if him:
            add_action(officer, case, kind="possession", party_id=him, state="considered", **said | {"audience": "agency"})
