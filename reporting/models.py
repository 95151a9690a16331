"""Returns that somebody asked for, how far each one is and what it said; and the numbers of each quarter, published once. No case, no name."""

from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from reporting.quarters import parse_quarter


class RunState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Being prepared"
    READY = "ready", "Ready"
    FAILED = "failed", "Not prepared"


class Stage(models.TextChoices):
    WAITING = "waiting", "Waiting for its turn."
    COUNTING = "counting", "Counting the quarter."
    DRAWING = "drawing", "The numbers are there. Making the document."
    DONE = "done", "The return is ready."


# How much of the way is behind at each stage, for the progress bar.
PERCENT = {Stage.WAITING: 5, Stage.COUNTING: 25, Stage.DRAWING: 65, Stage.DONE: 100}


class PublishedQuarter(models.Model):
    """The numbers of one quarter as printed, the same in every return of every agency that shows it.

    Two sets of numbers of one quarter, taken at two moments, can be subtracted, and the difference speaks of the few people who came
    between. So a quarter is counted for publication once, and the table keeps it from being changed.
    """

    quarter = models.CharField(max_length=7, help_text="2025-q4")
    edition = models.CharField(max_length=20)
    taken_at = models.DateTimeField(help_text="the moment that the numbers speak of")
    below = models.PositiveSmallIntegerField(help_text="the number below which counts were hidden at that moment")
    basis = models.CharField(max_length=300, help_text="where that number came from")
    counts = models.JSONField(help_text="the numbers as printed; hidden ones are null")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quarter", "edition"], name="quarter_published_once")]
        triggers = [pgtrigger.Protect(name="published_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"numbers of {self.quarter}"


class ReturnRun(models.Model):
    """One return of one quarter, prepared for one agency.

    What is kept of the numbers is what is printed: a hidden count is nowhere in this table. Once ready it never changes, so that
    the same return comes out identical to the byte for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    quarter = models.CharField(max_length=7, help_text="2025-q4")
    edition = models.CharField(max_length=20, help_text="the edition of the return that it is counted and worded by")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.WAITING)
    error = models.CharField(max_length=20, blank=True, help_text="a code; the page words it")
    # --- which worker has it: a claim that is older than the lease may be taken over, and then this token is another one
    claim = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    # --- set once the numbers are there
    taken_at = models.DateTimeField(null=True, blank=True, help_text="the moment that the numbers speak of")
    published = models.JSONField(null=True, blank=True, help_text="the numbers as printed; hidden ones are null")
    # --- set once the document is there, all at once
    finished_at = models.DateTimeField(null=True, blank=True)
    pdf = models.BinaryField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ready", stage="done", finished_at__isnull=False, pdf__isnull=False, published__isnull=False) & ~Q(sha256="")
                | ~Q(state="ready") & Q(finished_at=None, pdf=None, sha256=""),
                name="return_ready_in_full",
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None, published__isnull=True) | Q(taken_at__isnull=False, published__isnull=False), name="return_counted_in_full"
            ),
            models.CheckConstraint(condition=Q(claim=None, claimed_at=None) | Q(claim__isnull=False, claimed_at__isnull=False), name="return_claimed_in_full"),
            models.CheckConstraint(condition=Q(state="failed") & ~Q(error="") | ~Q(state="failed") & Q(error=""), name="return_failed_with_code"),
            # Asking twice for what is being prepared leads to the same run.
            models.UniqueConstraint(fields=["agency", "quarter"], condition=Q(state__in=["queued", "running"]), name="one_return_in_preparation"),
        ]
        indexes = [models.Index(fields=["agency", "-asked_at"], name="return_agency_asked")]
        triggers = [
            pgtrigger.Protect(name="ready_is_kept", operation=pgtrigger.Update | pgtrigger.Delete, condition=pgtrigger.Q(old__state="ready")),
        ]

    def __str__(self):
        return f"return {self.quarter}"

    @property
    def period(self):
        return parse_quarter(self.quarter)

    @property
    def is_ready(self):
        return self.state == RunState.READY

    @property
    def is_under_way(self):
        return self.state in (RunState.QUEUED, RunState.RUNNING)

    @property
    def percent(self):
        return PERCENT[self.stage]
