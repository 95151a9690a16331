"""The services of the directory, and what each says of itself from an instant on. No address stands here: where a refuge is, no directory says."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from referrals.directory.rules import KINDS, Criteria


def _codes(**options):
    return ArrayField(models.CharField(max_length=30), default=list, blank=True, **options)


class DirectoryEntry(models.Model):
    """One service. What can change about it stands in its versions; a service that has closed stays to be read."""

    kind = models.CharField(max_length=24, choices=list(KINDS.items()))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="who provides it, where they work in Waymark")
    provider = models.CharField(max_length=120, blank=True, help_text="who provides it, where they do not")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True, help_text="the first day on which it takes nobody")
    closed_reason = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "directory entries"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(agency__isnull=False, provider="") | Q(agency=None) & ~Q(provider=""), name="directory_one_provider"),
            models.CheckConstraint(condition=Q(closed_on=None, closed_reason="") | Q(closed_on__isnull=False) & ~Q(closed_reason=""), name="directory_closed_in_full"),
        ]

    @property
    def provided_by(self):
        return self.agency.name if self.agency else self.provider


class DirectoryVersion(models.Model):
    """What a service is called, takes and offers, from an instant on. Never edited: a later one supersedes it. An empty list takes all."""

    entry = models.ForeignKey(DirectoryEntry, on_delete=models.PROTECT, related_name="versions")
    name = models.CharField(max_length=120)
    summary = models.CharField(max_length=1000)
    levels = _codes()
    genders = _codes()
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(null=True, blank=True)
    areas = _codes()
    needs = _codes(help_text="by and for whom, and what it is ready for")
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    access = _codes()
    hours = models.JSONField(default=list, blank=True, help_text="[weekday, first minute, last minute] of each time at which it is open")
    is_open_on_holidays = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    how_to_refer = models.CharField(max_length=500, blank=True)
    answers_within = models.CharField(max_length=10, blank=True, help_text="like 48h or 2wd; empty for what the partnership has agreed")
    effective_from = models.DateTimeField()
    why = models.CharField(max_length=300)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-effective_from", "-id"]
        constraints = [models.CheckConstraint(condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=models.F("age_from")), name="directory_ages_in_order")]
        indexes = [models.Index(fields=["entry", "-effective_from"], name="directory_in_force")]

    def __str__(self):
        return self.name

    @property
    def criteria(self):
        return Criteria(tuple(self.levels), tuple(self.genders), self.age_from, self.age_to, tuple(self.areas))

    @property
    def spans(self):
        return tuple(tuple(span) for span in self.hours)
