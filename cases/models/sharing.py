"""Who may see a case: the grants of each agency, the decision behind each grant, and the bars that beat them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase

from agencies.models import Agency
from cases.levels import LEVELS
from cases.models.case import Case


class LawfulBasis(models.TextChoices):
    """A first short list from domain 7.1; the full register comes with the sharing issue."""

    CONSENT = "consent", "With the person's consent"
    PUBLIC_TASK = "public_task", "Public task (UK GDPR 6(1)(e))"
    VITAL_INTERESTS = "vital_interests", "Life at risk (UK GDPR 6(1)(d), 9(2)(c))"
    SAFEGUARDING = "safeguarding", "Safeguarding (9(2)(g), DPA 2018 Sch 1 para 18)"
    CRIME_PREVENTION = "crime_prevention", "Preventing crime (DPA 2018 Sch 1 para 10; Crime and Disorder Act 1998 s115)"
    LEAD = "lead", "The agency that received the disclosure"


class SharingDecision(models.Model):
    """The recorded reason why an agency holds a grant (SEED-116 to SEED-119)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sharing_decisions")
    recipient = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, choices=[(code, label) for code, (label, _) in LEVELS.items()])
    basis = models.CharField(max_length=20, choices=LawfulBasis)
    necessity = models.TextField(max_length=10_000, blank=True, help_text="why this agency needs it")
    risk_believed = models.TextField(max_length=10_000, blank=True, help_text="the risk believed to exist, and to whom")
    restrictions = models.TextField(max_length=10_000, blank=True, help_text="what the recipient may not do with it")
    victim_told = models.BooleanField(null=True)
    victim_not_told_reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deciding_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-decided_at", "-id"]


class Standing(models.IntegerChoices):
    """In which group of a worklist a case stands, the first at the top. What nobody has assessed may be anything, so it is not the last."""

    IN_DANGER = 0, "In danger when reported, and not dealt with yet"
    PROMISED = 1, "A promise is running"
    HIGH = 2, "High risk"
    MEDIUM = 3, "Medium risk"
    NOT_ASSESSED = 4, "Not assessed yet"
    STANDARD = 5, "Standard risk"


class Grant(GroupObjectPermissionBase):
    """What one agency holds on one case: django-guardian's object grant with a level, a span and a decision.

    An agency holds at most one grant of summary, partner or lead, and beside it at most one of meeting.
    """

    # guardian's own columns: group and permission; `content_object` is its name for the case.
    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="grants")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="grants")
    level = models.CharField(max_length=10, choices=[(code, label) for code, (label, _) in LEVELS.items()])
    decision = models.ForeignKey(SharingDecision, on_delete=models.PROTECT, related_name="grants")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    # This agency's own worker on the case.
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="caseload")
    # The earliest running clock of the case, kept here by cases/clocks.py so that a worklist is one walk along one index.
    next_due_at = models.DateTimeField(null=True, blank=True)
    # Kept right by two triggers, this table's and the case's: whoever changes a risk level or settles a danger need not know of worklists.
    standing = models.PositiveSmallIntegerField(choices=Standing, db_default=Standing.NOT_ASSESSED)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        unique_together = ["group", "permission", "content_object"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "content_object"], condition=~Q(level="meeting"), name="one_grant_an_agency"),
            models.UniqueConstraint(fields=["agency", "content_object"], condition=Q(level="meeting"), name="one_meeting_grant_an_agency"),
        ]
        indexes = [
            # What one worker holds: a kind of work after the other asks for it.
            models.Index(fields=["worker", "agency"], name="grant_held"),
            models.Index(
                models.F("agency"), models.F("standing"), models.F("next_due_at").asc(nulls_last=True), models.F("content_object"), name="grant_worklist",
                condition=~Q(level="meeting"),
            ),
            models.Index(
                models.F("worker"), models.F("standing"), models.F("next_due_at").asc(nulls_last=True), models.F("content_object"), name="grant_caseload",
                condition=~Q(level="meeting"),
            ),
            models.Index(fields=["content_object", "agency"], name="grant_case"),
            # Everything that the predicate of access asks, so that counting what an agency sees never touches the table.
            models.Index(fields=["agency", "level", "content_object"], include=["started_at", "ends_at"], name="grant_visible"),
        ]
        triggers = [
            # That somebody was in danger is for everyone to know who may go there, or ring: the level of the grant does not matter.
            pgtrigger.Trigger(
                name="standing_is_the_cases",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("next_due_at", "standing"),
                when=pgtrigger.Before,
                func=f"""
                    SELECT CASE
                        WHEN c.danger_reported_at IS NOT NULL AND c.danger_settled_at IS NULL THEN {Standing.IN_DANGER}
                        WHEN NEW.next_due_at IS NOT NULL THEN {Standing.PROMISED}
                        WHEN c.risk_level = 'high' THEN {Standing.HIGH}
                        WHEN c.risk_level = 'medium' THEN {Standing.MEDIUM}
                        WHEN c.risk_level = 'standard' THEN {Standing.STANDARD}
                        ELSE {Standing.NOT_ASSESSED} END
                      INTO NEW.standing FROM cases_case c WHERE c.id = NEW.content_object_id;
                    RETURN NEW;
                """,  # noqa: S608 codes of this code, and no words of anybody's
            ),
        ]


class Exclusion(models.Model):
    """A bar: this person, or this whole agency, must never see this case. It beats every grant."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exclusions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(user=None, agency__isnull=False) | Q(user__isnull=False, agency=None), name="exclusion_bars_one"),
            models.CheckConstraint(condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False), name="exclusion_lifted_in_full"),
        ]
        indexes = [
            models.Index(fields=["case", "user"], condition=Q(lifted_at=None), name="exclusion_user"),
            models.Index(fields=["case", "agency"], condition=Q(lifted_at=None), name="exclusion_agency"),
        ]
