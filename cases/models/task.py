"""Something to do on a case, for one agency, with a day by which."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models.case import Case

COUNTERSIGN = "countersign"  # the kind of the action that a proposed lower level raises: the second person's decision alone ends it


class Task(models.Model):
    """A thing to do. `kind` and `origin` say what raised it, so that the same cause never raises it twice."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=40)
    origin = models.CharField(max_length=80, help_text="what raised it, as kind:id")
    title = models.CharField(max_length=200)
    why = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "agency", "kind", "origin"], name="task_raised_once"),
            models.CheckConstraint(condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False), name="task_done_in_full"),
        ]
        indexes = [models.Index(fields=["agency", "due_at"], condition=Q(done_at=None), name="task_to_do")]
