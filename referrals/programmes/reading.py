"""Programmes as pages show them: participants to those who run them, and to a case what has become of those whom it referred."""

from cases.models import Party
from cases.models.people import Role
from referrals.models import ProgrammeLink
from referrals.programmes import rules
from referrals.programmes.actions import participants
from referrals.programmes.catalogue import programmes

PAGE = 50
COLOURS = {"referred": "orange", "suitable": "blue", "unsuitable": "red", "started": "green", "finished": "grey", "left": "red", "withdrawn": "grey"}


class Row:
    """One participant for a list."""

    def __init__(self, one):
        self.one = one

    @property
    def programme(self):
        return programmes(self.one.version)[self.one.programme]

    @property
    def tag(self):
        return rules.STATES[self.one.state], COLOURS[self.one.state]

    @property
    def answers(self):
        """What they or the referrer answered, in words."""
        one = self.one
        asked = (
            ("On bail", one.on_bail), ("Under investigation", one.under_investigation), ("Police case", one.police_case),
            ("Abusive to a partner or former partner", one.is_abusive),
            ("Recognises some of it", one.recognises), ("Willing to change", one.is_willing),
        )
        return [{"key": "Harm", "value": one.get_level_display()}, *({"key": key, "value": rules.KNOWN[value]} for key, value in asked)]


def desk(actor, *, after=0):
    """The participants of one's own programmes, the newest first, and whether there are more."""
    found = list(participants(actor).order_by("-pk")[after:after + PAGE + 1])
    return [Row(one) for one in found[:PAGE]], len(found) > PAGE


def of_case(case):
    """Those whom a case referred, each with the way to them."""
    return [(link, Row(link.referral)) for link in ProgrammeLink.objects.filter(case=case).select_related("referral", "party__person", "made_by")]


def to_refer(case):
    """The alleged perpetrators of a case."""
    return list(Party.objects.filter(case=case, role=Role.PERPETRATOR).select_related("person"))
