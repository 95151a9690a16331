"""How a case ended: the reason, what came of it, what the victim/survivor said of it, and that it was opened again (domain 6, SEED-095)."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency
from cases.models.assessment import Assessment
from cases.models.case import Case, ClosingReason, RiskLevel
from cases.models.chronology import Entry
from cases.models.contact import SafeContact
from cases.rules.outcomes import MEASURES, ONWARD


class HousingOutcome(models.TextChoices):
    """What came of the help with housing (SEED-095)."""

    STAYED = "stayed", "Stayed safely where they lived"
    MOVED_TENANCY = "moved_tenancy", "Moved to a tenancy, social or private"
    TEMPORARY = "temporary", "In temporary accommodation"
    REFUGE = "refuge", "In a refuge or other safe accommodation"
    FAMILY = "family", "Staying with family or friends"
    WITH_PERPETRATOR = "with_perpetrator", "Went back to, or stayed with, the alleged perpetrator"
    OTHER = "other", "Something else; the summary says what"
    NOT_NEEDED = "not_needed", "No help with housing was needed"
    UNKNOWN = "unknown", "Not known"


class SafeguardingOutcome(models.TextChoices):
    """What came of safeguarding, of children and of adults (SEED-095)."""

    NOT_NEEDED = "not_needed", "No safeguarding concern"
    ENDED = "ended", "A referral was made, and that work has ended"
    GOES_ON = "goes_on", "A referral was made, and that work goes on"
    NOT_TAKEN_UP = "not_taken_up", "A referral was made, and was not taken up"
    NOT_REFERRED = "not_referred", "A concern, not referred; the summary says why"


class Survey(models.TextChoices):
    """May somebody ask them afterwards how it was, and by which way."""

    YES = "yes", "Yes, by a way that is safe"
    NO = "no", "They said no"
    UNSAFE = "unsafe", "No way is safe"
    NOT_ASKED = "not_asked", "They were not asked"


class Closing(models.Model):
    """One closing. Never changed; that the case was opened again is added once. What was written stands in the chronology, for its audience."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="closings")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(help_text="when the case was opened, or opened again")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=ClosingReason)
    is_planned = models.BooleanField(null=True, blank=True)
    housing = models.CharField(max_length=20, choices=HousingOutcome, blank=True)
    safeguarding = models.CharField(max_length=20, choices=SafeguardingOutcome, blank=True)
    onward = ArrayField(models.CharField(max_length=20, choices=list(ONWARD.items())), default=list, blank=True)
    onward_note = models.CharField(max_length=500, blank=True, help_text="to whom, and what came of it")
    exit_assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    no_exit_dash_reason = models.CharField(max_length=500, blank=True)
    level_at_start = models.CharField(max_length=10, choices=RiskLevel, blank=True, help_text="of the first signed assessment")
    level_at_exit = models.CharField(max_length=10, choices=RiskLevel, blank=True)
    outcomes = models.JSONField(default=dict, help_text=f"codes by measure: {', '.join(MEASURES)}")
    survey = models.CharField(max_length=10, choices=Survey, blank=True)
    survey_contact = models.ForeignKey(SafeContact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    summary = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    # --- added once, where the case was opened again
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reopened_because = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-closed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(closed_at__gte=F("began_at")), name="closing_after_beginning"),
            models.CheckConstraint(
                condition=Q(reopened_at=None, reopened_by=None, reopened_because=None)
                | Q(reopened_at__isnull=False, reopened_by__isnull=False, reopened_because__isnull=False),
                name="closing_reopened_in_full",
            ),
            models.CheckConstraint(condition=Q(survey="yes", survey_contact__isnull=False) | ~Q(survey="yes") & Q(survey_contact=None), name="closing_survey_by_a_way"),
            models.UniqueConstraint(fields=["case"], condition=Q(reopened_at=None), name="one_standing_closing"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="closing_is_kept",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF OLD.reopened_at IS NULL
                       AND to_jsonb(NEW) - '{reopened_at,reopened_by_id,reopened_because_id}'::text[]
                         = to_jsonb(OLD) - '{reopened_at,reopened_by_id,reopened_because_id}'::text[]
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'how a case ended is not changed afterwards';
                """,
            ),
            pgtrigger.Protect(name="closing_is_never_deleted", operation=pgtrigger.Delete),
        ]

    @property
    def days(self):
        """How long it lasted."""
        return (self.closed_at - self.began_at).days


class EarlierCase(models.Model):
    """A case whose victim/survivor is likely the same person as in one that was closed not long before. Who may see both is told (cases/repeat_victims.py)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="earlier_cases")
    earlier = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "earlier"], name="linked_once"),
            models.CheckConstraint(condition=~Q(case=F("earlier")), name="linked_to_another"),
        ]
