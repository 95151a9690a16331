"""What people record of a pathway on a case: a step that is done or not needed, and a change of pathway with its reason."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models import Case
from referrals.routes import PATHWAYS


class StepState(models.TextChoices):
    DONE = "done", "Done"
    NOT_NEEDED = "not_needed", "Not needed"


class StepRecord(models.Model):
    """Somebody recorded a step by hand. Taken back, it stays, with who and when."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    pathway = models.CharField(max_length=12, choices=list(PATHWAYS.items()))
    version = models.CharField(max_length=4)
    step = models.CharField(max_length=6)
    state = models.CharField(max_length=10, choices=StepState)
    reason = models.CharField(max_length=500, blank=True, help_text="why it is not needed, or what was done; partners read it")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "pathway", "step"], condition=Q(withdrawn_at=None), name="one_record_a_step"),
            models.CheckConstraint(condition=Q(withdrawn_at=None, withdrawn_by=None) | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False), name="step_withdrawn_in_full"),
            models.CheckConstraint(condition=~Q(state="not_needed") | ~Q(reason=""), name="step_not_needed_has_reason"),
        ]
        indexes = [models.Index(fields=["case"], condition=Q(withdrawn_at=None), name="step_records")]


class PathwayChange(models.Model):
    """A case went over to another pathway, or to the newest version of its own; what was done under the one before stays with it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=12, choices=list(PATHWAYS.items()))
    reason = models.CharField(max_length=500)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["changed_at", "id"]
        indexes = [models.Index(fields=["case", "-changed_at"], name="pathway_changes")]
