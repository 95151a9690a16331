"""A DASH, or another question set: answers under one version of the question set, signed once and immutable from then on."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.dash import FOLLOW_ON
from cases.models.case import Case, RiskLevel
from cases.models.chronology import Audience
from cases.models.wording import Wording


class LevelBasis(models.TextChoices):
    """Why the final level is what it is (domain 1.5)."""

    SCORE = "score", "The score"
    JUDGEMENT = "judgement", "Professional judgement"
    ESCALATION = "escalation", "Potential escalation"
    REPEAT = "repeat", "MARAC repeat"
    # Never chosen: it is so while a level below the case's own waits for a second person, and where they did not approve it.
    HELD = "held", "The level that the case had"


class Said(models.TextChoices):
    """Don't know is not No: a forced No gives a false low score (domain 1.2)."""

    YES = "yes", "Yes"
    NO = "no", "No"
    DONT_KNOW = "dont_know", "Don’t know"


class Assessment(models.Model):
    """One assessment. A draft until `signed_at`; a level below the suggested one or the case's own also waits for a second person."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    tool = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="empty: under Waymark’s own labels")
    # A DASH is for all who work on the case. Of a follow-on set its agency decides.
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PARTNERS, db_default=Audience.PARTNERS)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    with_victim = models.BooleanField(null=True, blank=True, help_text="completed with the victim/survivor, or from what is held")
    revision = models.PositiveIntegerField(default=0)
    # --- the practitioner's section after the last item (domain 1.2); nothing of it scores
    other_concerns = models.TextField(max_length=10_000, blank=True, help_text="what else may raise the risk")
    will_engage = models.CharField(max_length=10, choices=Said, blank=True, help_text="is the victim/survivor willing to take up support")
    weapon_access = models.TextField(max_length=10_000, blank=True, help_text="an occupation or interest that gives access to weapons")
    priorities = models.TextField(max_length=10_000, blank=True, help_text="what matters most to the victim/survivor for their safety")
    critical_factors = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="what the practitioner ticked (domain 1.5); they never lower")
    # --- set once, at signing
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    suggested_level = models.CharField(max_length=10, choices=RiskLevel, blank=True)
    bands = models.CharField(max_length=200, blank=True, help_text="the bands that were in force, and where they came from")
    final_level = models.CharField(max_length=10, choices=RiskLevel, blank=True)
    level_basis = models.CharField(max_length=12, choices=LevelBasis, blank=True)
    rationale = models.TextField(max_length=10_000, blank=True)
    # --- a proposed downgrade waits here until a second person has decided; until then the suggested level holds, or the case's own
    proposed_level = models.CharField(max_length=10, choices=RiskLevel, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=10, blank=True, choices=[("approved", "Approved"), ("declined", "Not approved")])
    decision_reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None, score=None, suggested_level="", final_level="")
                | Q(signed_at__isnull=False, signed_by__isnull=False, score__isnull=False)
                & (
                    ~Q(suggested_level="") & ~Q(final_level="") & ~Q(level_basis="")
                    # A follow-on set never leads to a level by itself (domain 1.4).
                    | Q(tool__in=FOLLOW_ON, suggested_level="", final_level="", level_basis="", proposed_level="")
                ),
                name="assessment_signed_in_full",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decision="") | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision=""),
                name="assessment_decided_in_full",
            ),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=models.F("signed_by")), name="second_person_is_another"),
            models.UniqueConstraint(fields=["case", "agency", "tool"], condition=Q(signed_at=None), name="one_draft_an_agency"),
        ]
        indexes = [models.Index(fields=["case", "-signed_at"], name="assessment_case_signed"), models.Index(fields=["signed_at"], name="assessment_signed")]
        triggers = [
            # Signed is signed. The one thing that may still be added is the second person's decision on a proposed downgrade,
            # and with it the final level; even that only once.
            pgtrigger.Trigger(
                name="signed_is_immutable",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
                func="""
                    IF OLD.proposed_level <> '' AND OLD.decided_at IS NULL AND NEW.decided_at IS NOT NULL
                       AND to_jsonb(NEW) - '{decided_at,decided_by_id,decision,decision_reason,final_level,level_basis}'::text[]
                         = to_jsonb(OLD) - '{decided_at,decided_by_id,decision,decision_reason,final_level,level_basis}'::text[]
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a signed assessment cannot be changed';
                """,
            ),
            pgtrigger.Protect(name="signed_is_kept", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__signed_at__isnull=False)),
        ]

    @property
    def gives_level(self):
        """Does it lead to a level of the case, once signed?"""
        return self.tool not in FOLLOW_ON

    @property
    def is_signed(self):
        return self.signed_at is not None

    @property
    def awaits_second_person(self):
        return bool(self.proposed_level) and self.decided_at is None


class Source(models.TextChoices):
    VICTIM = "victim", "The victim/survivor"
    POLICE_RECORD = "police_record", "Police record"
    HEALTH_RECORD = "health_record", "Health record"
    SOCIAL_CARE = "social_care", "Social care"
    FAMILY = "family", "Family"
    OTHER_PROFESSIONAL = "other_professional", "Another professional"
    OWN_OBSERVATION = "own_observation", "Own observation"


class Answer(models.Model):
    """The answer to one item."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="answers")
    item = models.PositiveSmallIntegerField()
    said = models.CharField(max_length=10, choices=Said, blank=True)
    source = models.CharField(max_length=20, choices=Source, default=Source.VICTIM)
    comment = models.TextField(max_length=10_000, blank=True)

    class Meta:
        ordering = ["item"]
        constraints = [models.UniqueConstraint(fields=["assessment", "item"], name="one_answer_an_item")]
        triggers = [
            pgtrigger.Trigger(
                name="answers_of_signed_are_immutable",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("signed", "timestamptz")],
                func="""
                    SELECT signed_at INTO signed FROM cases_assessment
                      WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.assessment_id ELSE NEW.assessment_id END;
                    IF signed IS NOT NULL THEN RAISE EXCEPTION 'a signed assessment cannot be changed'; END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
                """,
            ),
        ]
