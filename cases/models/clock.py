"""Promises as rows: a clock, the notices that it owes, and who has been told. What is promised before there is a case stands in referrals/promises."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency
from cases.models.case import Case


class ClockOutcome(models.TextChoices):
    MET = "met", "Kept"
    NOT_NEEDED = "not_needed", "Not needed, with a reason"
    UNABLE = "unable", "Unable to contact, approved by a manager"


class Promised(models.Model):
    """A promise of one agency: started, due, and stopped when it was kept. `due_at` and `basis` are frozen at the start.

    `breached_at` is stamped with `due_at` by the sweep (when it became true); what a page says never depends on it.
    """

    kind = models.CharField(max_length=30)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    basis = models.CharField(max_length=200)
    stopped_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=ClockOutcome, blank=True)
    outcome_reason = models.CharField(max_length=500, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    breach_reason = models.CharField(max_length=1000, blank=True)
    breach_explained_at = models.DateTimeField(null=True, blank=True)
    breach_explained_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What the sweep does next to this row, and when; empty once every stage is behind it.
    next_stage = models.CharField(max_length=12, blank=True)
    next_stage_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_running(self):
        return self.stopped_at is None

    def is_breached(self, at):
        """Was the promise missed, as things stand at `at`? The truth, whether or not a sweep has noticed."""
        return (self.stopped_at or at) > self.due_at

    @property
    def is_explained(self):
        return self.breach_explained_at is not None


class Clock(Promised):
    """One promise to one person on a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    about = models.CharField(max_length=40, blank=True, default="", db_default="", help_text="of several of a kind, what this one speaks of, as kind:id")

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(stopped_at=None, outcome="") | Q(stopped_at__isnull=False) & ~Q(outcome=""), name="clock_stopped_in_full"),
            models.CheckConstraint(condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")), name="clock_stops_after_start"),
            models.CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="clock_due_after_start"),
            models.CheckConstraint(condition=Q(breached_at=None) | Q(breached_at=F("due_at")), name="clock_breached_when_due"),
            models.CheckConstraint(
                condition=Q(breach_explained_at=None, breach_explained_by=None, breach_reason="")
                | Q(breach_explained_at__isnull=False, breach_explained_by__isnull=False) & ~Q(breach_reason=""),
                name="breach_explained_in_full",
            ),
            models.UniqueConstraint(fields=["case", "kind", "agency", "about"], condition=Q(stopped_at=None), name="one_running_clock_a_kind"),
        ]
        indexes = [
            # Exactly the rows that the sweep asks for, and nothing else.
            models.Index(fields=["next_stage_at"], condition=Q(stopped_at=None, next_stage_at__isnull=False), name="clock_sweep"),
            models.Index(fields=["case", "due_at"], condition=Q(stopped_at=None), name="clock_running"),
            models.Index(fields=["agency", "due_at"], condition=Q(stopped_at=None), name="clock_agency_due"),
            models.Index(fields=["owner", "agency", "due_at"], condition=Q(stopped_at=None), name="clock_held_due"),
            models.Index(fields=["kind", "started_at"], name="clock_kind_started"),
        ]


class ClockNotice(models.Model):
    """A notice that a clock owes at a stage: written once when the stage is reached, delivered once in a second pass."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="notices")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=12)
    became_true_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "stage"], name="one_notice_a_stage")]
        indexes = [models.Index(fields=["id"], condition=Q(delivered_at=None), name="notice_undelivered")]


class Notification(models.Model):
    """Something told to one person inside Waymark. It carries no name and no sentence: the page words it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notifications")
    # Empty where it speaks of what has no case yet: a promise of one agency, named by `about`.
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    about = models.CharField(max_length=60, blank=True, default="", db_default="", help_text="without a case: what was promised, as kind:id/promise")
    kind = models.CharField(max_length=40, help_text="clock.half, clock.breach, attempts.limit ...")
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications")
    order_alert = models.ForeignKey("cases.OrderAlert", on_delete=models.PROTECT, null=True, blank=True, related_name="notifications")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "clock", "kind"], condition=Q(clock__isnull=False), name="told_once"),
            models.UniqueConstraint(fields=["user", "order_alert"], condition=Q(order_alert__isnull=False), name="told_once_of_an_order"),
            models.UniqueConstraint(fields=["user", "kind", "about"], condition=Q(case=None), name="told_once_before_a_case"),
            models.CheckConstraint(
                condition=Q(case__isnull=False, agency=None, about="") | Q(case=None, agency__isnull=False, clock=None, order_alert=None) & ~Q(about=""),
                name="notification_of_a_case_or_before_it",
            ),
        ]
        indexes = [models.Index(fields=["user", "-at"], name="notification_user"), models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread")]
