"""A promise of one agency before there is a case, and the notices that it owes."""

from django.db import models
from django.db.models import F, Q

from cases.models.clock import Promised


class Promise(Promised):
    """One promise about what `about` names ("call:12"). Only its agency's people see it, and of them those who may see what it is about."""

    about = models.CharField(max_length=40)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(stopped_at=None, outcome="") | Q(stopped_at__isnull=False) & ~Q(outcome=""), name="promise_stopped_in_full"),
            models.CheckConstraint(condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")), name="promise_stops_after_start"),
            models.CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="promise_due_after_start"),
            models.CheckConstraint(condition=Q(breached_at=None) | Q(breached_at=F("due_at")), name="promise_breached_when_due"),
            models.CheckConstraint(condition=~Q(about=""), name="promise_about_something"),
            models.CheckConstraint(
                condition=Q(breach_explained_at=None, breach_explained_by=None, breach_reason="")
                | Q(breach_explained_at__isnull=False, breach_explained_by__isnull=False) & ~Q(breach_reason=""),
                name="promise_breach_explained_in_full",
            ),
            models.UniqueConstraint(fields=["kind", "about"], condition=Q(stopped_at=None), name="one_running_promise_a_kind"),
        ]
        indexes = [
            models.Index(fields=["next_stage_at"], condition=Q(stopped_at=None, next_stage_at__isnull=False), name="promise_sweep"),
            models.Index(fields=["agency", "kind", "due_at"], condition=Q(stopped_at=None), name="promise_running"),
            models.Index(fields=["agency", "kind", "started_at"], name="promise_kind_started"),
            models.Index(fields=["about"], name="promise_about"),
        ]

    def __str__(self):
        return f"{self.kind} {self.about}"


class PromiseNotice(models.Model):
    """A notice that a promise owes at a stage: written once when the stage is reached, delivered once in a second pass."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="notices")
    stage = models.CharField(max_length=12)
    became_true_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["promise", "stage"], name="one_promise_notice_a_stage")]
        indexes = [models.Index(fields=["id"], condition=Q(delivered_at=None), name="promise_notice_undelivered")]
