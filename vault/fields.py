"""Model fields whose values are sealed on their way into the database and opened on their way out.

They cannot be searched, ordered or compared in SQL, and say so; a `Tokens` field beside them can be searched.
"""

import base64
import json
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, IsNull

from vault.cipher import seal, unseal
from vault.tokens import tokens


class _IsEmpty(Exact):
    """The one comparison that a sealed field allows: whether it is empty."""

    def get_prep_lookup(self):
        if self.rhs is None:
            return None  # asked as IS NULL
        if self.rhs != "":
            raise FieldError("A sealed field cannot be compared in the database. Search its tokens.")
        return b""

    def get_db_prep_lookup(self, value, connection):
        return "%s", [b""]


class Sealed:
    """What the sealed fields have in common: stored as bytes, opened when read."""

    def db_type(self, connection):
        return "bytea"

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return IsNull
        if lookup_name == "exact":
            return _IsEmpty
        raise FieldError(f"{self.name} is sealed: it cannot be compared in the database. Search its tokens.")

    def get_transform(self, lookup_name):
        raise FieldError(f"{self.name} is sealed: nothing in it can be reached in the database.")

    @property
    def about(self):
        """What a value is authenticated as: the place that it stands in."""
        return f"{self.model._meta.db_table}.{self.column}"

    def sealed(self, value):
        """A value as it is stored."""
        return None if value is None else seal(self.to_text(value).encode(), self.about)

    def opened(self, stored):
        """A stored value as it was: bytes as the driver gives them, or the text that PostgreSQL writes bytes as inside JSON."""
        if stored is None:
            return None
        raw = bytes.fromhex(stored[2:]) if isinstance(stored, str) else bytes(stored)
        return self.from_text(unseal(raw, self.about).decode())

    def get_db_prep_value(self, value, connection, prepared=False):
        if hasattr(value, "resolve_expression"):
            raise FieldError(f"{self.name} is sealed: it cannot be computed in the database.")
        return self.sealed(value if prepared else self.get_prep_value(value))

    def get_db_prep_save(self, value, connection):
        return self.get_db_prep_value(value, connection)

    def from_db_value(self, stored, expression, connection):
        return self.opened(stored)

    def to_text(self, value):
        return value

    def from_text(self, text):
        return text


class SealedText(Sealed, models.CharField):
    """A short text that identifies somebody."""


class SealedDate(Sealed, models.DateField):
    """A day that identifies somebody."""

    def to_text(self, value):
        return value.isoformat()

    def from_text(self, text):
        return date.fromisoformat(text)


class Pages(dict):
    """Pages of answers as they were opened, which remember how they were sealed: a page that did not change is stored as it stood."""

    def __init__(self, pages=(), kept=()):
        super().__init__(pages)
        self.kept = dict(kept)

    def __or__(self, more):
        return Pages(super().__or__(more), self.kept)

    def __reduce__(self):
        return dict, (dict(self),)


class SealedPages(Sealed, models.JSONField):
    """A JSON object whose keys are in clear and whose values are sealed one by one."""

    def db_type(self, connection):
        return "jsonb"

    def get_prep_value(self, value):
        return value

    def get_db_prep_value(self, value, connection, prepared=False):
        return connection.ops.adapt_json_value(self.sealed(value), None)

    def sealed(self, value):
        if value is None:
            return None
        return sealed_pages(value, self.about, getattr(value, "kept", {}))

    def opened(self, stored):
        if stored is None:
            return None
        held = json.loads(stored) if isinstance(stored, str) else stored
        texts = {key: unseal(base64.b64decode(one), f"{self.about}.{key}").decode() for key, one in held.items()}
        return Pages({key: json.loads(text) for key, text in texts.items()}, {key: (texts[key], one) for key, one in held.items()})


def sealed_pages(pages, about, kept=()):
    """Pages as they are stored, each sealed for its place; one of those `kept` (page -> its text, as it stands sealed) that says the same stays as it is."""
    kept, out = dict(kept), {}
    for key, page in pages.items():
        text = json.dumps(page, sort_keys=True, ensure_ascii=False)
        before, stored = kept.get(key, ("", ""))
        out[key] = stored if stored and before == text else base64.b64encode(seal(text.encode(), f"{about}.{key}")).decode()
    return out


class Tokens(ArrayField):
    """The tokens of what stands sealed in the same row, made anew at each save. `marks` takes the row and gives `(kind, text)` marks.

    It is written whenever its row is: `save(update_fields=...)` names it beside what it is made of, and nothing sealed is written
    by `QuerySet.update` (tests/guards/test_sealed.py).
    """

    def __init__(self, marks=None, **options):
        self.marks = marks
        super().__init__(**{"base_field": models.BigIntegerField(), "default": list, "editable": False} | options)

    def deconstruct(self):
        name, _, arguments, options = super().deconstruct()
        return name, "django.contrib.postgres.fields.ArrayField", arguments, options

    def pre_save(self, row, add):
        made = tokens(self.marks(row))
        setattr(row, self.attname, made)
        return made


class ReadOff(models.PositiveSmallIntegerField):
    """A number that is read off the same row at each save and kept in clear, such as a year of birth. `read` takes the row."""

    def __init__(self, read=None, **options):
        self.read = read
        super().__init__(**{"null": True, "editable": False} | options)

    def deconstruct(self):
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.PositiveSmallIntegerField", arguments, options

    def pre_save(self, row, add):
        value = self.read(row)
        setattr(row, self.attname, value)
        return value
