"""Moving what is sealed from an old key to the current one, and tokens likewise, while people work (docs/keys.md).

Each value is exchanged only if it is still the one that was read: what somebody saves meanwhile is sealed with the current key already and
stays. Stopped half-way it loses nothing, and begun again it goes on.
"""

import base64
import json
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from vault.cipher import seal, unseal
from vault.fields import Sealed, SealedPages, Tokens
from vault.keys import field_ring

BATCH = 500


@dataclass(frozen=True)
class Progress:
    """How far a table has come."""

    table: str
    done: int
    of: int
    changed: int


def tables():
    """The models that hold something sealed."""
    return [model for model in apps.get_models() if any(isinstance(field, Sealed) for field in model._meta.fields)]


def move(model):
    """Bring every row of one model under the current keys, a batch to a transaction. Yields a Progress after each. As the owner of the tables."""
    total, last, done, changed = model.objects.count(), 0, 0, 0
    while True:
        with transaction.atomic():
            rows = list(model.objects.filter(pk__gt=last).order_by("pk")[:BATCH])
            if not rows:
                return
            changed += _reseal(model, [row.pk for row in rows]) + sum(_retoken(model, row) for row in rows)
        last, done = rows[-1].pk, done + len(rows)
        yield Progress(model._meta.db_table, done, max(total, done), changed)


def left(model):
    """How many rows of a model hold a value that the current key did not seal."""
    fields = _sealed(model)
    count, last = 0, 0
    while rows := _raw(model, fields, last):
        count += sum(any(_is_old(field, raw) for field, raw in zip(fields, row[1:], strict=True)) for row in rows)
        last = rows[-1][0]
    return count


def _sealed(model):
    return [field for field in model._meta.fields if isinstance(field, Sealed)]


def _raw(model, fields, after):
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {columns} FROM {model._meta.db_table} WHERE id > %s ORDER BY id LIMIT {BATCH}", [after])  # noqa: S608 the models' own words
        return cursor.fetchall()


def _is_old(field, raw):
    number = field_ring().current[0]
    if isinstance(field, SealedPages):
        return any(base64.b64decode(one)[1] != number for one in _pages(raw).values())
    return bool(raw) and bytes(raw)[1] != number


def _pages(raw):
    return json.loads(raw) if isinstance(raw, str) else raw or {}


def _reseal(model, numbers):
    changed = 0
    for field in _sealed(model):
        table, column = model._meta.db_table, field.column
        kind = "jsonb" if isinstance(field, SealedPages) else "bytea"
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT id, "{column}" FROM {table} WHERE id = ANY(%s)', [numbers])  # noqa: S608 the models' own words
            for pk, raw in cursor.fetchall():
                if not _is_old(field, raw):
                    continue
                new, old = (json.dumps(value) if kind == "jsonb" else value for value in (_again(field, raw), _pages(raw) if kind == "jsonb" else bytes(raw)))
                cursor.execute(f'UPDATE {table} SET "{column}" = %s::{kind} WHERE id = %s AND "{column}" = %s::{kind}', [new, pk, old])  # noqa: S608
                changed += cursor.rowcount
    return changed


def _again(field, raw):
    if isinstance(field, SealedPages):
        opened = {key: (base64.b64decode(one), f"{field.about}.{key}") for key, one in _pages(raw).items()}
        return {key: base64.b64encode(seal(unseal(one, about), about)).decode() for key, (one, about) in opened.items()}
    return seal(unseal(bytes(raw), field.about), field.about)


def _retoken(model, row):
    """Tokens do not say which key made them: they are made again and compared."""
    changed = 0
    for field in model._meta.fields:
        if isinstance(field, Tokens):
            held = getattr(row, field.attname)
            made = field.pre_save(row, add=False)
            if made != held:
                changed += model.objects.filter(pk=row.pk, **{field.attname: held}).update(**{field.attname: made})
    return changed
