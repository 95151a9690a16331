"""Calls of an agency's line, attempts to return a message, and the hours in which the line is answered."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from agencies.types import AGENCY_TYPES
from referrals.calls import codes
from vault.fields import SealedPages, SealedText

_USER = settings.AUTH_USER_MODEL


class OpeningHours(models.Model):
    """When an agency's line is answered, from an instant on (SEED-044, SEED-045). Never edited: superseded."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="opening_hours")
    effective_from = models.DateTimeField()
    days = ArrayField(models.PositiveSmallIntegerField())
    opens = models.TimeField()
    closes = models.TimeField()
    on_bank_holidays = models.BooleanField(default=False)
    other_line = models.CharField(max_length=60, help_text="under which name calls outside these hours count")
    counts_from = models.CharField(max_length=10, choices=codes.choices(codes.COUNTS_FROM), default=codes.FROM_OPENING)
    reason = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-effective_from", "-id"]
        indexes = [models.Index(fields=["agency", "-effective_from"], name="opening_hours_in_force")]

    def __str__(self):
        return f"{self.agency_id} from {self.effective_from}"


class Call(models.Model):
    """One call. It belongs to one agency before there is a case and after: what it led to is reached through its own door."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="calls")
    taken_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(help_text="when the call screen was opened")
    received_at = models.DateTimeField(help_text="when they rang: of a message, when it was left")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it was logged")
    returns = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="returned_in", help_text="the message that this call returned")
    result = models.CharField(max_length=10, choices=codes.choices(codes.RESULTS))
    # Frozen from the opening hours in force then.
    is_in_hours = models.BooleanField()
    series = models.CharField(max_length=60)
    caller = models.CharField(max_length=12, choices=codes.choices(codes.CALLERS), blank=True)
    is_anonymous = models.BooleanField(default=False)
    professional_type = models.CharField(max_length=30, choices=list(AGENCY_TYPES.items()), blank=True)
    could_be_mail = models.BooleanField(null=True, blank=True, help_text="SEED-177; empty means nobody asked")
    danger = models.CharField(max_length=10, choices=codes.choices(codes.DANGER), blank=True)
    concern = models.CharField(max_length=10, choices=codes.choices(codes.CONCERN), default="unknown")
    is_fishing = models.BooleanField(default=False, help_text="tried to learn where somebody is")
    advice = ArrayField(models.CharField(max_length=20, choices=codes.choices(codes.ADVICE)), default=list, blank=True)
    signposts = ArrayField(models.CharField(max_length=20, choices=codes.choices(codes.SIGNPOSTS)), default=list, blank=True)
    outcome = models.CharField(max_length=12, choices=codes.choices(codes.ALL_OUTCOMES), blank=True)
    # Who rang, about whom, how to reach them, what was said: each part sealed.
    said = SealedPages(default=dict)
    disclosure = models.OneToOneField("referrals.Disclosure", on_delete=models.PROTECT, null=True, blank=True, related_name="call")
    # --- of a message with a number: the promise to return it (SEED-176), frozen; how it ended
    callback_due_at = models.DateTimeField(null=True, blank=True)
    callback_basis = models.CharField(max_length=200, blank=True)
    callback_ended_at = models.DateTimeField(null=True, blank=True)
    callback_ended_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    callback_end = models.CharField(max_length=12, choices=codes.choices(codes.ENDINGS), blank=True)
    callback_reason = SealedText(max_length=1000, blank=True)

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")), name="call_ends_after_start"),
            models.CheckConstraint(condition=Q(callback_due_at=None) | Q(result="message"), name="call_returned_if_message"),
            models.CheckConstraint(condition=Q(disclosure=None) | Q(is_fishing=False) & ~Q(caller=codes.PERPETRATOR), name="call_of_perpetrator_opens_nothing"),
            models.CheckConstraint(
                condition=Q(callback_ended_at=None, callback_ended_by=None, callback_end="")
                | Q(callback_due_at__isnull=False, callback_ended_at__isnull=False, callback_ended_by__isnull=False) & ~Q(callback_end=""),
                name="callback_ended_in_full",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-received_at"], name="call_of_agency"),
            models.Index(fields=["agency", "callback_due_at"], condition=Q(callback_due_at__isnull=False, callback_ended_at=None), name="call_waiting"),
        ]

    def __str__(self):
        return f"call {self.pk}"

    @property
    def is_quiet(self):
        """Is this a call from which nothing may be opened, rung back or attached?"""
        return self.is_fishing or self.caller == codes.PERPETRATOR

    @property
    def is_waiting(self):
        """Does a message wait to be returned?"""
        return self.callback_due_at is not None and self.callback_ended_at is None

    @property
    def about(self):
        """How a promise names this call."""
        return f"call:{self.pk}"


class CallbackAttempt(models.Model):
    """One attempt to return a message."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="attempts")
    happened_at = models.DateTimeField()
    outcome = models.CharField(max_length=14, choices=codes.choices(codes.ATTEMPTS))
    note = SealedText(max_length=1000, blank=True)
    made_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["happened_at", "id"]
