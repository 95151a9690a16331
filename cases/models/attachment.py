"""Files that belong to a case: letters, photographs, orders. The row says what they are; the content lies sealed in the vault (vault/files.py)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models.case import Case
from cases.models.chronology import Audience
from cases.rules.file_types import TYPES
from vault.fields import SealedText


class Attachment(models.Model):
    """One file, for the audience that its agency chose. Never changed and never deleted: another takes its place, or it is withdrawn with a reason."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience)
    title = SealedText(max_length=200, help_text="what it is, in a few words")
    name = SealedText(max_length=200, help_text="as it was called where it came from; may carry people's names")
    kind = models.CharField(max_length=10, choices=[(code, one.label) for code, one in TYPES.items()])
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content")
    stored_as = models.CharField(max_length=32, unique=True)
    is_read_whole = models.BooleanField(help_text="every word in it was read when it was added; false for a picture or a scan")
    is_protected = models.BooleanField(default=False, help_text="it shows a protected place: for those alone who may see such (domain 8.3)")
    waits = models.BooleanField(default=False, help_text="it was meant for partners and names a protected place: somebody has to decide who else may open it")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    why = models.CharField(max_length=300, blank=True, help_text="why it took the place of another")
    shared_at = models.DateTimeField(null=True, blank=True, help_text="when it was shared with partners after it had been the agency's own")
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-added_at", "-id"]
        indexes = [
            models.Index(fields=["case", "-added_at", "-id"], name="attachment_case_added"),
            models.Index(fields=["agency", "added_at"], condition=Q(waits=True), name="attachment_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="") | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason=""),
                name="attachment_withdrawn_in_full",
            ),
            models.CheckConstraint(condition=Q(shared_at=None, shared_by=None) | Q(shared_at__isnull=False, shared_by__isnull=False), name="attachment_shared_in_full"),
            models.CheckConstraint(condition=Q(waits=False) | Q(audience="agency", is_protected=True, withdrawn_at=None), name="attachment_waits_with_its_agency"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="attachment_stays_as_added",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    -- The table's owner may seal the same name with another key (docs/keys.md), and change nothing beside it.
                    IF current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
                       AND to_jsonb(NEW) - '{title,name}'::text[] = to_jsonb(OLD) - '{title,name}'::text[]
                    THEN RETURN NEW; END IF;
                    IF OLD.withdrawn_at IS NOT NULL OR to_jsonb(NEW) - '{audience,is_protected,waits,shared_at,shared_by_id,withdrawn_at,withdrawn_by_id,withdrawn_reason}'::text[]
                       <> to_jsonb(OLD) - '{audience,is_protected,waits,shared_at,shared_by_id,withdrawn_at,withdrawn_by_id,withdrawn_reason}'::text[]
                    THEN RAISE EXCEPTION 'a file stays as it was added, and one that was withdrawn stays withdrawn'; END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="attachment_is_kept", operation=pgtrigger.Delete),
        ]

    @property
    def is_withdrawn(self):
        return self.withdrawn_at is not None
