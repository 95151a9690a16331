"""Referrals out of a case to a service, and each step of what became of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models import Case, Party, SharingDecision
from cases.models.sharing import LawfulBasis
from referrals.directory.models import DirectoryEntry, DirectoryVersion
from referrals.onward.rules import ANSWERS, DECLINED, OUTCOMES
from vault.fields import SealedText


class OutState(models.TextChoices):
    SENT = "sent", "Sent"
    RECEIVED = "received", "Received"
    TRIAGED = "triaged", "Being looked at"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    REPORTED = "reported", "Outcome reported"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Taken back"


class Channel(models.TextChoices):
    WAYMARK = "waymark", "In Waymark"
    PHONE = "phone", "Telephone"
    PORTAL = "portal", "Their online form"
    SECURE_MAIL = "secure_mail", "Secure e-mail"
    IN_PERSON = "in_person", "In person"


class ReferralOut(models.Model):
    """One person referred to one service. `version` is what the service said of itself then; what is due next stands on the row."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals_out")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(DirectoryEntry, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(DirectoryVersion, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="who chases the answer")
    # Stays when the chasing passes to another agency: what one agency said does not go with the work.
    told_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="whose words these are")
    receiver = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="where the service works in Waymark")
    state = models.CharField(max_length=10, choices=OutState, default=OutState.SENT)
    channel = models.CharField(max_length=12, choices=Channel)
    sent_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_for = SealedText(max_length=5000, help_text="what is asked, and what they were told")
    despite = SealedText(max_length=500, blank=True, help_text="why all the same, where the service does not usually take the person")
    due_at = models.DateTimeField(help_text="of their answer")
    due_basis = models.CharField(max_length=200)
    # --- on what basis (domain 7.3)
    basis = models.CharField(max_length=20, choices=LawfulBasis)
    necessity = models.TextField(max_length=10_000, blank=True)
    risk_believed = models.TextField(max_length=10_000, blank=True)
    restrictions = models.TextField(max_length=10_000, blank=True)
    victim_told = models.BooleanField(null=True)
    victim_not_told_reason = models.CharField(max_length=500, blank=True)
    # What the receiver sees until it answers, and what it sees once it has accepted; both were decided when it was sent.
    decision_now = models.ForeignKey(SharingDecision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision_then = models.ForeignKey(SharingDecision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # --- what they answered
    declined_because = models.CharField(max_length=12, choices=list(DECLINED.items()), blank=True)
    outcome = models.CharField(max_length=12, choices=list(OUTCOMES.items()), blank=True)

    class Meta:
        verbose_name_plural = "referrals out"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state="declined") & ~Q(declined_because="") | ~Q(state="declined") & Q(declined_because=""), name="out_declined_in_full"),
            models.CheckConstraint(condition=~Q(state__in=["reported", "closed"]) | ~Q(outcome=""), name="out_reported_in_full"),
            models.UniqueConstraint(fields=["party", "entry"], condition=Q(state__in=["sent", "received", "triaged", "accepted"]), name="one_referral_out_under_way"),
        ]
        indexes = [
            models.Index(fields=["receiver", "due_at"], condition=Q(state__in=["sent", "received", "triaged"]), name="out_waiting"),
            models.Index(fields=["agency", "due_at"], condition=Q(state__in=["sent", "received", "triaged"]), name="out_to_chase"),
        ]

    @property
    def is_waiting(self):
        return self.state in (OutState.SENT, OutState.RECEIVED, OutState.TRIAGED)

    @property
    def is_inside(self):
        return self.receiver_id is not None


class OutStep(models.Model):
    """Something that was done about a referral out. Written once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(ReferralOut, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10)
    said = SealedText(max_length=2000, blank=True)
    who = SealedText(max_length=200, blank=True, help_text="who answered, where they do not work in Waymark")
    happened_at = models.DateTimeField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["happened_at", "id"]

    @property
    def words(self):
        return {"chase": "Chased", "withdraw": "Taken back", "close": "Closed"}.get(self.step) or ANSWERS[self.step]
