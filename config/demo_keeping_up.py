"""The weekly round of the invented partnership: what was due on its older cases was done, or else every list would open with the spring. Nobody here exists."""

from datetime import timedelta

from agencies.actors import actor_for
from cases import plans
from cases.actions.case_file import finish_task
from cases.actions.flags import review_flag
from cases.actions.safe_contact import verify_safe_contact
from cases.actions.work import read_notices
from cases.models import Case, SafeContact, SafetyFlag, Task
from cases.reassessing import REASSESS
from config.demo_in_full import NUMBER, day_of
from config.demo_protection import at
from marac.actions.listing import list_referral
from marac.actions.referral import submit_referral, withdraw_referral
from marac.actions.triage import accept_referral
from marac.models import Meeting, Referral
from referrals.models import SafeguardingReferral

# How many Yes keep a level where it is.
SAME = {"high": 16, "medium": 12, "standard": 5}
BEHIND = 7  # every so many a case is behind with all of it: nobody got round to it yet
STILL_FRESH = timedelta(days=10)


class KeepingUp:
    """The part of an invented world in which people do their weekly round."""

    def keep_up(self):
        """Each open case that is older than some days, but a few: checked with them, reviewed, assessed again where that was due."""
        for place, case in enumerate(Case.objects.filter(status="open", opened_at__lt=self.now - STILL_FRESH).exclude(pk=self.full.pk).order_by("opened_at")):
            if place % BEHIND == BEHIND - 1 and case.opened_at > self.now - timedelta(days=60):
                continue
            when, actor = self.now - timedelta(days=2 + place % 7, hours=place % 9), actor_for(case.opened_by)
            self.go_round(actor, actor if actor.may("assess_risk") else self.actor("specialist_da_officer"), case, when)
        self.clear_the_desk()
        for user in self.users.values():
            actor = actor_for(user)
            if actor.may("search_cases"):
                read_notices(actor)

    def clear_the_desk(self):
        """The coordinator accepts what came in, but what came today, and lists it on the next meeting that still takes it."""
        coordinator, coming = self.actor("marac_coordinator"), Meeting.objects.filter(referrals_due_at__gt=self.now, state="planned").order_by("starts_at").first()
        for sent in Referral.objects.filter(state="submitted", submitted_at__lt=self.now - timedelta(days=3)).select_related("case"):
            with at(sent.submitted_at + timedelta(hours=20)):
                accept_referral(coordinator, sent.case, referral_id=sent.pk)
            if coming:
                list_referral(coordinator, sent.case, referral_id=sent.pk, meeting_id=coming.pk)

    def go_round(self, actor, assessor, case, when):
        """One case in that round."""
        today = day_of(self.now)
        with at(when):
            for contact in SafeContact.objects.filter(case=case, ended_at=None, is_safe="yes", verified_at__lt=when - timedelta(days=14)):
                verify_safe_contact(actor, case, contact_id=contact.pk)
            for flag in SafetyFlag.objects.filter(case=case, removed_at=None, review_on__lte=today):
                review_flag(actor, case, flag_id=flag.pk, note="Talked over with the team: it holds.", review_on=today + timedelta(days=28))
        newest = plans.newest(case)
        if newest and newest.review_on <= today:
            self.make_plan(actor, case, when)
        if Task.objects.filter(case=case, done_at=None, kind=REASSESS, due_at__lt=self.now).exists():
            with at(when + timedelta(hours=1)):
                self.assess(assessor, case, yes=SAME[case.risk_level])
        for begun in Referral.objects.filter(case=case, state="draft"):
            with at(when + timedelta(hours=2)):
                self.refer_or_not(assessor if begun.agency_id == assessor.agency_id else actor_for(begun.prepared_by), case, begun)
        for one in SafeguardingReferral.objects.filter(case=case, state="proposed").exclude(route="school").order_by("pk"):
            self.refer_on(assessor, case, one, NUMBER, when + timedelta(hours=3))
        with at(when + timedelta(hours=4)):
            for task in Task.objects.filter(case=case, done_at=None, kind__startswith="children.", agency__in=[actor.agency_id, assessor.agency_id]):
                finish_task(actor if task.agency_id == actor.agency_id else assessor, case, task_id=task.pk, was_needed=True, outcome="Talked over with the school nurse.")

    def refer_or_not(self, actor, case, begun):
        """What waits to be sent to MARAC is sent where the case was never heard; where it was, and nothing is new, it is not."""
        if Referral.objects.filter(case=case).exclude(pk=begun.pk).exclude(state="withdrawn").exists():
            withdraw_referral(actor, case, referral_id=begun.pk, reasons="Heard at the last meeting; nothing is new since.")
        elif referral := self.fill_in_referral(actor, case):
            submit_referral(actor, case, referral_id=referral.pk, receiver_id=self.agencies["vale_police"].pk)
