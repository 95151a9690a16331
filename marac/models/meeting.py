"""A MARAC meeting: when, for which area, and by when a referral has to be in."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency


class MeetingState(models.TextChoices):
    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


class Meeting(models.Model):
    """One meeting. The deadline and the minutes for each case are frozen when its time is set: a later setting never moves them."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="marac_meetings", help_text="the agency that coordinates it")
    area = models.CharField(max_length=120, help_text="which MARAC: Derby City, North Derbyshire ...")
    starts_at = models.DateTimeField()
    referrals_due_at = models.DateTimeField(help_text="a referral is in time before this instant")
    deadline_basis = models.CharField(max_length=200)
    minutes_per_case = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    state_at = models.DateTimeField()
    state_reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Counts up with each change, so that a form opened before somebody else's change can say so.
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(referrals_due_at__lte=F("starts_at")), name="marac_deadline_before_meeting")]
        indexes = [models.Index(fields=["agency", "starts_at"], name="marac_meeting_starts")]

    def __str__(self):
        return f"{self.area}, {self.starts_at:%Y-%m-%d}"

    @property
    def last_day(self):
        """The last day on which a referral is in time."""
        return self.referrals_due_at - timedelta(microseconds=1)

    def is_open(self, at):
        """May its list still change? Until it starts, while it is planned."""
        return self.state == MeetingState.PLANNED and at < self.starts_at
