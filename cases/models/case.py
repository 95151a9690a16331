"""The case: the guarded object that everything about a person hangs on."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency
from agencies.types import AREAS
from cases.levels import LEVELS


class RiskLevel(models.TextChoices):
    """SEED-039; some agencies say low where others say standard: one code (domain 17.8)."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    STANDARD = "standard", "Standard"


class CaseStatus(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Priority(models.TextChoices):
    """How soon a case must be worked on, as triage sees it; not a level of risk (domain 6, Leicestershire)."""

    A = "A", "A: visible risk, a plan is needed at once"
    B = "B", "B: risk, but nothing is needed at once"
    C = "C", "C: not enough is known yet"


class ClosingReason(models.TextChoices):
    """Domain 6 (closure reasons)."""

    NEEDS_MET = "needs_met", "Needs met"
    STEPPED_DOWN = "stepped_down", "Risk reduced and stepped down"
    TRANSFERRED = "transferred", "Transferred to another service or area"
    WITHDREW = "withdrew", "The victim/survivor withdrew"
    UNABLE_TO_CONTACT = "unable_to_contact", "Unable to contact"
    DECLINED = "declined", "Support declined"
    MOVED_AWAY = "moved_away", "Moved away"
    DECEASED = "deceased", "Deceased"
    NOT_SUITABLE = "not_suitable", "Service not suitable"
    DUPLICATE = "duplicate", "Duplicate"
    IMPRISONED = "imprisoned", "Alleged perpetrator imprisoned (after review)"


class Case(models.Model):
    """One victim/survivor's situation, shared by the agencies that hold a grant on it."""

    reference = models.CharField(max_length=12, unique=True)
    lead_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="leads")
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.OPEN)
    pathway = models.CharField(max_length=20)
    area = models.CharField(max_length=30, choices=list(AREAS.items()), blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closing_reason = models.CharField(max_length=20, choices=ClosingReason, blank=True)
    # The level of the latest signed assessment; empty until somebody has assessed.
    risk_level = models.CharField(max_length=10, choices=RiskLevel, blank=True)
    risk_level_at = models.DateTimeField(null=True, blank=True)
    priority = models.CharField(max_length=1, choices=Priority, blank=True, default="", db_default="")
    has_stalking_element = models.BooleanField(null=True, help_text="SEED-092; empty means not known")
    # Somebody was in danger when this was reported, and since when that has been dealt with; both empty where nobody was.
    danger_reported_at = models.DateTimeField(null=True, blank=True)
    danger_settled_at = models.DateTimeField(null=True, blank=True)
    # Counts up with each change, so that a form opened before somebody else's change can say so.
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        permissions = [(f"{level}_case", label) for level, (label, _) in LEVELS.items()]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None, closed_by=None) | Q(status="closed", closed_at__isnull=False, closed_by__isnull=False),
                name="case_closed_in_full",
            ),
            models.CheckConstraint(
                condition=Q(danger_settled_at=None) | Q(danger_reported_at__isnull=False, danger_settled_at__gte=F("danger_reported_at")),
                name="case_danger_reported_before_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["lead_agency", "status"], name="case_lead"),
            models.Index(fields=["opened_at"], name="case_opened"),
        ]
        triggers = [
            # The grants' copy of where the case stands on a worklist (models/sharing.py) follows.
            pgtrigger.Trigger(
                name="standing_follows",
                operation=pgtrigger.UpdateOf("risk_level", "danger_reported_at", "danger_settled_at"),
                when=pgtrigger.After,
                condition=pgtrigger.AnyChange("risk_level", "danger_reported_at", "danger_settled_at"),
                func="UPDATE cases_grant SET standing = standing WHERE content_object_id = NEW.id; RETURN NULL;",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_open(self):
        return self.status == CaseStatus.OPEN

    @property
    def is_danger_unsettled(self):
        """Was somebody in danger, and has nobody dealt with it yet?"""
        return self.danger_reported_at is not None and self.danger_settled_at is None
