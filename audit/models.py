"""What was done, by whom, when: codes, dates and ids only, with no foreign key, so that the log outlives what it describes."""

import pgtrigger
from django.db import models
from django.db.models.expressions import RawSQL

_APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="never_emptied", operation=pgtrigger.Truncate, level=pgtrigger.Statement, when=pgtrigger.Before,
        func="RAISE EXCEPTION 'the audit log is append-only';",
    ),
]


class Outcome(models.TextChoices):
    DONE = "done", "Done"
    READ = "read", "Read"
    REFUSED = "refused", "Refused by a rule"
    DENIED = "denied", "Not allowed"


class Event(models.Model):
    """One line of the log. `before` and `after` hold codes, dates and ids, never a sentence that somebody wrote."""

    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10, choices=Outcome)
    actor = models.CharField(max_length=60, help_text="user:12, or system:sweep")
    role = models.CharField(max_length=40, blank=True)
    agency = models.BigIntegerField(null=True, help_text="id of the agency that the actor acted for")
    case_reference = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=80, blank=True, help_text="what was acted on, as kind:id")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True, help_text="codes of the reasons given or of the refusal")
    channel = models.CharField(max_length=20)
    request_id = models.CharField(max_length=40, blank=True)
    # Which database transaction wrote the row. The sealer takes only rows of transactions that can no longer be running,
    # so a late commit can never slip in behind a seal.
    transaction = models.BigIntegerField(
        db_default=RawSQL("(pg_current_xact_id()::text::bigint)", []), editable=False
    )

    class Meta:
        db_table = "audit_event"
        indexes = [
            models.Index(fields=["case_reference", "at"], name="audit_case_at"),
            models.Index(fields=["actor", "at"], name="audit_actor_at"),
            models.Index(fields=["transaction", "id"], name="audit_transaction"),
        ]
        triggers = _APPEND_ONLY


class Seal(models.Model):
    """A hash over the rows of a span of transactions, chained to the seal before it."""

    sealed_at = models.DateTimeField()
    from_transaction = models.BigIntegerField()
    to_transaction = models.BigIntegerField(unique=True, help_text="exclusive")
    rows = models.IntegerField()
    digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True, unique=True)

    class Meta:
        db_table = "audit_seal"
        triggers = _APPEND_ONLY
