"""The worker's chronology: what happened, in order, each entry with the audience that its agency chose."""

from django.conf import settings
from django.db import models

from agencies.models import Agency
from cases.models.case import Case


class Audience(models.TextChoices):
    AGENCY = "agency", "My agency only"
    PARTNERS = "partners", "The case's partners"


class Entry(models.Model):
    """One entry. Never edited: a correction is a new entry that supersedes it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=10_000, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by")
    why = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="why it takes the place of the wording before it")
    # The agency's own at first, and shared with partners later.
    shared_at = models.DateTimeField(null=True, blank=True)
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["-happened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shared_at=None, shared_by=None) | models.Q(shared_at__isnull=False, shared_by__isnull=False, audience="partners"),
                name="entry_shared_in_full",
            ),
        ]
        indexes = [models.Index(fields=["case", "-happened_at", "-id"], name="entry_case_happened")]
