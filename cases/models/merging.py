"""Two records of one person become one, and two again: each takes two people, and everything that is needed to go back is kept."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency
from cases.models.case import Case
from cases.models.people import Person
from vault.fields import SealedPages


class ProposalEnd(models.TextChoices):
    """What became of a proposal. The last two are nobody's decision on it: its author took it back, or the same was settled where another case is open."""

    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Not approved"
    WITHDRAWN = "withdrawn", "Taken back"
    OVERTAKEN = "overtaken", "Settled on another case"


class _Proposal(models.Model):
    """Somebody proposes, on a case; another person decides, once, or whoever proposed it takes it back."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=1000)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=10, blank=True, choices=ProposalEnd)
    decision_reason = models.TextField(max_length=1000, blank=True)

    class Meta:
        abstract = True
        ordering = ["proposed_at", "id"]

    @property
    def how_it_ended(self):
        """What became of it, in words; where it was settled because of another record, wherever that was, its reason says so."""
        return "Settled" if self.decision == ProposalEnd.OVERTAKEN and self.decision_reason else self.get_decision_display()


def _decided_in_full(name):
    return models.CheckConstraint(
        condition=Q(decided_at=None, decided_by=None, decision="") | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision=""), name=f"{name}_decided_in_full"
    )


def _takes_another(name):
    return models.CheckConstraint(
        condition=Q(decided_by=None) | Q(decision=ProposalEnd.OVERTAKEN) | Q(decision=ProposalEnd.WITHDRAWN, decided_by=F("proposed_by"))
        | ~Q(decision=ProposalEnd.WITHDRAWN) & ~Q(decided_by=F("proposed_by")),
        name=f"{name}_takes_another",
    )


def _begins_open(name):
    return pgtrigger.Trigger(
        name=f"{name}_begins_open", operation=pgtrigger.Insert, when=pgtrigger.Before, condition=pgtrigger.Q(new__decided_at__isnull=False),
        func="RAISE EXCEPTION 'a proposal is decided by somebody else, later';",
    )


class PersonMerge(_Proposal):
    """The parts of `absorbed` are to be those of `kept`. The row of `absorbed` stays as it is, without a part, until that is undone."""

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Of each fact in which they differ, whose value holds: kept or absorbed.
    holds = models.JSONField(default=dict)
    # What the kept record said before and after, and which parts came to it; empty until it is approved.
    before = SealedPages(default=dict)
    written = SealedPages(default=dict)
    moved = ArrayField(models.BigIntegerField(), default=list)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta(_Proposal.Meta):
        constraints = [
            _decided_in_full("merge"),
            _takes_another("merge"),
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="merge_takes_two_records"),
            models.CheckConstraint(condition=Q(undone_at=None) | Q(decision="approved"), name="merge_made_before_undone"),
            models.UniqueConstraint(fields=["absorbed"], condition=Q(decision="approved", undone_at=None), name="one_place_for_a_record"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="merge_decided_once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    -- The table's owner may seal the same values with another key (docs/keys.md), and change nothing beside them.
                    IF current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
                       AND to_jsonb(NEW) - '{before,written}'::text[] = to_jsonb(OLD) - '{before,written}'::text[]
                    THEN RETURN NEW; END IF;
                    IF OLD.decided_at IS NULL
                       AND to_jsonb(NEW) - '{decided_at,decided_by_id,decision,decision_reason,before,written,moved}'::text[]
                         = to_jsonb(OLD) - '{decided_at,decided_by_id,decision,decision_reason,before,written,moved}'::text[]
                    THEN RETURN NEW; END IF;
                    IF OLD.decision = 'approved' AND OLD.undone_at IS NULL AND to_jsonb(NEW) - 'undone_at' = to_jsonb(OLD) - 'undone_at'
                       AND EXISTS (SELECT 1 FROM cases_mergeundo WHERE merge_id = NEW.id AND decision = 'approved' AND decided_by_id <> proposed_by_id)
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a merge is decided once, and undone by two people';
                """,
            ),
            _begins_open("merge"),
            pgtrigger.Protect(name="merge_is_kept", operation=pgtrigger.Delete),
        ]


class MergeUndo(_Proposal):
    """Somebody proposes that a merge be undone; a second person decides."""

    merge = models.ForeignKey(PersonMerge, on_delete=models.PROTECT, related_name="undoings")

    class Meta(_Proposal.Meta):
        constraints = [
            _decided_in_full("undo"),
            _takes_another("undo"),
            models.UniqueConstraint(fields=["merge"], condition=Q(decided_at=None), name="one_open_undo_a_merge"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="undo_decided_once",
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
            _begins_open("undo"),
            pgtrigger.Protect(name="undo_is_kept", operation=pgtrigger.Delete),
        ]
