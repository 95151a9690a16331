"""A homeless application as its page shows it, and what a pathway asks of it. Reads only."""

from datetime import datetime, time

from cases.models import Clock
from cases.rules.clocks import LONDON
from referrals.homeless import rules
from referrals.homeless.models import HousingAgreement, HousingDecision, HousingStep


def decisions(case):
    """{topic: the decision that holds}: one query."""
    found = HousingDecision.objects.filter(case=case).order_by("topic", "-pk").distinct("topic").select_related("decided_by", "agency")
    return {one.topic: one for one in found}


def duties(case):
    """The prevention and relief duties and reviews of a case, the newest first."""
    return list(Clock.objects.filter(case=case, kind__in=[*rules.DUTIES, rules.REVIEW]).select_related("agency", "owner").order_by("-started_at", "-pk"))


def steps(case):
    """The Personalised Housing Plan, ours first."""
    return list(HousingStep.objects.filter(case=case).select_related("added_by", "ended_by").order_by("-side", "pk"))


def agreement(case):
    """How the plan was last gone through with them; None before."""
    return HousingAgreement.objects.filter(case=case).select_related("agreed_by").first()


def start_of(day, at):
    """The instant from which eight weeks count that begin on a day: its beginning, or now where that is today."""
    return min(datetime.combine(day, time(), LONDON), at)


def _decided(topic):
    def query(actor, case, at):
        found = HousingDecision.objects.filter(case=case, topic=topic)
        return found.order_by("decided_at").values("decided_at")

    return query


# For the steps of a pathway: when each became true.
FACTS = {
    "eligibility_decided": ("Decide on eligibility", _decided(rules.ELIGIBLE)),
    "homelessness_decided": ("Decide whether they are homeless or threatened with it", _decided(rules.HOMELESS)),
    "priority_decided": ("Decide on priority need", _decided(rules.PRIORITY)),
    "stays_somewhere": (
        "Find somewhere to stay",
        lambda actor, case, at: HousingDecision.objects.filter(case=case, topic=rules.INTERIM).exclude(answer="none").order_by("decided_at").values("decided_at"),
    ),
    "plan_gone_through": ("Go through the plan with them", lambda actor, case, at: HousingAgreement.objects.filter(case=case).order_by("agreed_at").values("agreed_at")),
    "duty_ended": (
        "Carry the duty through",
        # The first that ended, and none runs: prevention that turned into relief is not over.
        lambda actor, case, at: Clock.objects.filter(case=case, kind__in=rules.DUTIES, stopped_at__isnull=False)
        .exclude(case__clocks__in=Clock.objects.filter(kind__in=rules.DUTIES, stopped_at=None, case=case)).order_by("-stopped_at").values("stopped_at"),
    ),
    "main_duty_decided": ("Decide on the main duty", _decided(rules.MAIN)),
}
