"""Sealing the log: a hash over the rows of the transactions that are over, chained to the seal before it."""

import hashlib

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from audit.models import Seal

# One seal a time, however many workers: a lock that the transaction's end releases.
_LOCK = 0x57A1


def seal(at=None):
    """Seal every row of a transaction that can no longer be running. Returns the new Seal, or None where there was nothing to seal."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        start = Seal.objects.aggregate(end=Max("to_transaction"))["end"] or 0
        # Everything below the oldest transaction still running is finished: nothing can be added there any more.
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        end = cursor.fetchone()[0]
        if end <= start:
            return None
        digest, rows = _digest(start, end)
        if not rows:
            return None
        last = Seal.objects.order_by("-to_transaction").values_list("digest", flat=True).first() or ""
        return Seal.objects.create(
            sealed_at=at or timezone.now(), from_transaction=start, to_transaction=end, rows=rows,
            digest=hashlib.sha256(f"{last}{digest}".encode()).hexdigest(), previous_digest=last,
        )


def verify():
    """The first seal that no longer matches its rows, or None where the log is whole."""
    previous = ""
    for one in Seal.objects.order_by("to_transaction"):
        digest, rows = _digest(one.from_transaction, one.to_transaction)
        expected = hashlib.sha256(f"{previous}{digest}".encode()).hexdigest()
        if one.digest != expected or one.previous_digest != previous or one.rows != rows:
            return one
        previous = one.digest
    return None


def _digest(start, end):
    """One hash over the rows of a span, in the order in which they were numbered; computed in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(coalesce(string_agg(encode(sha256(convert_to(e::text, 'UTF8')), 'hex'), '' ORDER BY id), '')::bytea), 'hex'), count(*)"
            ' FROM audit_event e WHERE "transaction" >= %s AND "transaction" < %s',
            [start, end],
        )
        return cursor.fetchone()
