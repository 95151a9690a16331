"""What happened for which the risk of a case is assessed again."""

import pgtrigger
from django.conf import settings
from django.db import models

from agencies.models import Agency
from cases.models.case import Case
from cases.models.chronology import Audience
from cases.rules.reassessment import CAUSES


class RiskEvent(models.Model):
    """Something that can change the risk, and its day, which may be ahead. What exactly happened stands in the chronology."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="risk_events")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=[(code, cause.label) for code, cause in CAUSES.items()])
    happened_on = models.DateField(help_text="the day of it, also one that is ahead")
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PARTNERS)
    origin = models.CharField(max_length=40, blank=True, help_text="what the case file noticed it by, as kind:id; empty where a person said it")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["happened_on", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "agency", "kind", "happened_on", "origin"], name="risk_event_said_once")]
        triggers = [pgtrigger.Protect(name="risk_event_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
