"""Safety flags: what whoever works on a case must know before they go near it. Two people take one away (domain 8.6)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency
from cases.models.case import Case
from cases.rules.flags import KINDS


class SafetyFlag(models.Model):
    """One flag on a case, from `raised_at` until `removed_at`. The case's partners read it, always: it is there for their workers' safety."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=20, choices=[(code, kind.label) for code, kind in KINDS.items()])
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=1000)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind"], condition=Q(removed_at=None), name="one_flag_of_a_kind")]
        triggers = [
            # Whatever the code above does: no flag goes unless a second person has approved it, and none comes back or is reworded.
            pgtrigger.Trigger(
                name="flag_takes_two_to_remove",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF OLD.removed_at IS NOT NULL
                       OR to_jsonb(NEW) - '{review_on,removed_at}'::text[] <> to_jsonb(OLD) - '{review_on,removed_at}'::text[]
                    THEN RAISE EXCEPTION 'a flag is not changed, and one that was removed stays removed'; END IF;
                    IF NEW.removed_at IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM cases_flagremoval
                          WHERE flag_id = NEW.id AND decision = 'approved' AND decided_by_id <> proposed_by_id
                    ) THEN RAISE EXCEPTION 'a second person has not approved that this flag is removed'; END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="flag_begins_standing",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__removed_at__isnull=False),
                func="RAISE EXCEPTION 'a flag stands until two people remove it';",
            ),
            pgtrigger.Protect(name="flag_is_kept", operation=pgtrigger.Delete),
        ]

    @property
    def what_to_do(self):
        return KINDS[self.kind].what_to_do


class FlagReview(models.Model):
    """Somebody looked whether a flag still holds: it does, until the next review."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    flag = models.ForeignKey(SafetyFlag, on_delete=models.PROTECT, related_name="reviews")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(max_length=1000)
    review_on = models.DateField(help_text="the next review")

    class Meta:
        ordering = ["at", "id"]


class Decision(models.TextChoices):
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Not approved"


class FlagRemoval(models.Model):
    """Somebody proposes that a flag be removed; a second person decides. Until then it stands."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    flag = models.ForeignKey(SafetyFlag, on_delete=models.PROTECT, related_name="removals")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=1000)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=10, blank=True, choices=Decision)
    decision_reason = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decision="") | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision=""),
                name="flag_removal_decided_in_full",
            ),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="flag_removal_takes_another"),
            models.UniqueConstraint(fields=["flag"], condition=Q(decided_at=None), name="one_open_removal_a_flag"),
        ]
        triggers = [
            # A proposal is decided once; who proposed it, and why, is never changed. Nor is it entered as decided.
            pgtrigger.Trigger(
                name="flag_removal_decided_once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF OLD.decided_at IS NULL
                       AND to_jsonb(NEW) - '{decided_at,decided_by_id,decision,decision_reason}'::text[]
                         = to_jsonb(OLD) - '{decided_at,decided_by_id,decision,decision_reason}'::text[]
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a proposal is decided once, and not changed';
                """,
            ),
            pgtrigger.Trigger(
                name="flag_removal_begins_open",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__decided_at__isnull=False),
                func="RAISE EXCEPTION 'a proposal is decided by somebody else, later';",
            ),
            pgtrigger.Protect(name="flag_removal_is_kept", operation=pgtrigger.Delete),
        ]
