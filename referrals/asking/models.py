"""What was asked in writing by somebody without an account, and attempts to answer it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from referrals.asking import codes
from vault.fields import SealedPages, SealedText

_USER = settings.AUTH_USER_MODEL


class PublicRequest(models.Model):
    """One request. It belongs to the agency that runs the line, before notes are opened from it and after; nobody can read it back where it was sent."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="public_requests")
    token = models.UUIDField(unique=True, help_text="of the form and what stood in it: sent twice it makes one")
    asked_at = models.DateTimeField()
    is_in_hours = models.BooleanField()
    who = models.CharField(max_length=12, choices=list(codes.WHO_READ.items()))
    danger = models.CharField(max_length=10, choices=list(codes.DANGER.items()))
    reach_by = models.CharField(max_length=6, choices=list(codes.BY_READ.items()))
    safe = models.CharField(max_length=8, choices=list(codes.SAFE.items()), default="unknown")
    they_know = models.CharField(max_length=8, choices=list(codes.KNOWS.items()), blank=True, help_text="of somebody who asks for another")
    formats = ArrayField(models.CharField(max_length=12, choices=list(codes.FORMATS.items())), default=list, blank=True)
    # Who asked, about whom, how to reach them, what they wrote: each part sealed.
    said = SealedPages(default=dict)
    # The promise to answer, frozen (domain 8.2; ASSUME).
    due_at = models.DateTimeField()
    basis = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True, blank=True)
    late_reason = SealedText(max_length=1000, blank=True)
    disclosure = models.OneToOneField("referrals.Disclosure", on_delete=models.PROTECT, null=True, blank=True, related_name="asked")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end = models.CharField(max_length=12, choices=list(codes.ALL_ENDINGS.items()), blank=True)
    end_reason = SealedText(max_length=1000, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(answered_at=None) | Q(answered_at__gte=models.F("asked_at")), name="asked_before_answered"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end="") | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end=""), name="asked_ended_in_full"
            ),
        ]
        indexes = [models.Index(fields=["agency", "due_at"], condition=Q(ended_at=None), name="asked_waiting")]

    def __str__(self):
        return f"asked {self.pk}"

    @property
    def about(self):
        """How a promise names this request."""
        return f"asked:{self.pk}"

    @property
    def is_waiting(self):
        """Is there something left to do about it?"""
        return self.ended_at is None


class AnswerAttempt(models.Model):
    """One attempt to answer a request."""

    request = models.ForeignKey(PublicRequest, on_delete=models.PROTECT, related_name="attempts")
    happened_at = models.DateTimeField()
    outcome = models.CharField(max_length=14, choices=list(codes.ATTEMPTS.items()))
    note = SealedText(max_length=1000, blank=True)
    made_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["happened_at", "id"]
