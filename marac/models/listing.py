"""A case on the list of a meeting. A row stands here while the case is listed; what happened to it is kept in the referral's steps."""

from django.conf import settings
from django.db import models

from cases.models import Case
from marac.models.meeting import Meeting
from marac.models.referral import Referral


class Listing(models.Model):
    """One case on one meeting's list, in its place."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="listings")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="listings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="marac_listings")
    position = models.PositiveSmallIntegerField()
    listed_at = models.DateTimeField()
    listed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    leave_note = models.CharField(max_length=500, blank=True, help_text="who gave leave to list it after the deadline, and why")

    class Meta:
        ordering = ["position"]
        constraints = [
            # Checked at the end of the transaction, so that two cases can change places.
            models.UniqueConstraint(fields=["meeting", "position"], name="marac_one_case_a_place", deferrable=models.Deferrable.DEFERRED),
            models.UniqueConstraint(fields=["meeting", "referral"], name="marac_listed_once_a_meeting"),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="marac_position_from_one"),
        ]

    def __str__(self):
        return f"listing {self.pk}"
