"""The whole invented partnership of the demonstration: the months of `demo_world`, and beside them whatever the months do not happen to show."""

from datetime import timedelta

from cases.actions.sharing import allocate, share
from config.demo_in_full import InFull
from config.demo_keeping_up import KeepingUp
from config.demo_known import KnownAlready
from config.demo_landlord import Home
from config.demo_protection import at
from config.demo_world import World
from referrals.actions import log_disclosure


class Partnership(InFull, KnownAlready, KeepingUp, Home, World):
    """A World in which there is something of everything, and something to do for everybody who signs in."""

    SHOWN = ("told_in_full", "one_person", "came_back", "of_others")
    LATELY = ("last_days", "joined", "elsewhere", "line_months", "line_day", "asked_in_writing", "made_safe")

    def meetings(self):
        super().meetings()
        self.keep_up()

    def came_back(self):
        """Closed in spring with all that came of it, and here again: the new case says so at its top."""
        case, answers = self.open_plainly("idva", 78, timedelta(days=140), yes=6, children={"any": "no"})
        before = self.last_ended
        self.end("idva", self.actor("idva"), case, 76, self.now - timedelta(days=60))
        self.last_ended = before
        opened = self.now - timedelta(days=2, hours=3)
        again = answers | {"received": {"received_at": (opened - timedelta(minutes=15)).isoformat()}, "danger": {"danger": "no"}}
        with at(opened):
            log_disclosure(self.actor("idva"), answers=again)

    def of_others(self):
        """Outreach and the refuge have cases of their own, and one that was shared with them."""
        mine, _ = self.open_plainly("outreach_worker", 75, timedelta(days=12), yes=11)
        self.make_plan(self.actor("outreach_worker"), mine, self.now - timedelta(days=10))
        self.open_plainly("refuge_worker", 76, timedelta(days=5), yes=15, route="homeless")
        given, _ = self.open_plainly("housing_officer", 77, timedelta(days=3), yes=5, consent={"state": "given", "scope": "Housing and the outreach service"})
        with at(self.now - timedelta(days=1)):
            share(self.actor("housing_officer"), given, agency=self.agencies["lantern_outreach"], level="partner", basis="consent", victim_told=True)
            allocate(self.actor("outreach_worker"), given, worker=self.users["outreach_worker"])
