"""Queries whose SQL is made once a process and not once a page, and several of them asked of the database in one statement.

They stay querysets, so that what somebody may see is still said in one place (cases/access.py). They are made once with stand-ins
for the actor, the case and the time, in whose places stand names for which each run gives the real ones. A query is a function of
(actor, case, at) that gives one. It must ask the same of everybody: it may filter by
`actor.agency_id`, `actor.user_id`, `case` and `at`, but not branch on them. Whatever it does not ask of, a run may leave out (None).

The database plans each once a connection as well: what a page asks takes longer to plan than to answer (docs/adr/0014).
"""

import json
import re
from datetime import UTC, datetime

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.query import get_related_populators
from psycopg import ClientCursor, Cursor
from psycopg.types.numeric import Int8

from agencies.actors import Actor
from agencies.capabilities import CAPABILITIES
from vault.fields import Sealed

# Stand-ins that no real row can equal.
_USER, _AGENCY, _CASE = -7_700_000_000_000_001, -7_700_000_000_000_002, -7_700_000_000_000_003
_AT = datetime(1707, 1, 1, tzinfo=UTC)
_ACTOR = Actor(_USER, "", _AGENCY, "", "", frozenset(CAPABILITIES), "system")
_STAND_INS = {_USER: "%(user)s::bigint", _AGENCY: "%(agency)s::bigint", _CASE: "%(case)s::bigint", _AT: "%(at)s::timestamptz"}
_PLACE = re.compile("%[s%]")


class Rows:
    """One query, made once: gives its rows as tuples. `more` names further values that a query takes and a run gives, as stand-in strings."""

    def __init__(self, query, *more):
        self._query, self._more = query, {name: f"\x00{name}" for name in more}
        self._made = None

    def __call__(self, actor, at, *, case=None, **more):
        sql, sealed = self._made = self._made or _made(self._query, **self._more)
        with prepared() as cursor:
            cursor.execute(sql, _real(actor, case, at, more))
            return [_opened(row, sealed) for row in cursor.fetchall()]


class Objects:
    """One query for objects of a model, made once, with what it annotates and joins. It must not defer fields or prefetch."""

    def __init__(self, query, *more):
        self._query, self._more = query, {name: f"\x00{name}" for name in more}
        self._made = None

    def __call__(self, actor, at, *, case=None, **more):
        compiler, sql = self._made = self._made or self._make()
        with prepared() as cursor:
            cursor.execute(sql, _real(actor, case, at, more))
            found = cursor.fetchall()
        # What Django's own ModelIterable does with the rows of a compiler.
        concrete = [column[0].target.attname for column in compiler.select[: compiler.klass_info["select_fields"][-1] + 1]]
        joined = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
        objects = []
        for row in compiler.results_iter([found]):
            one = compiler.klass_info["model"].from_db(DEFAULT_DB_ALIAS, concrete, row[: len(concrete)])
            for populator in joined:
                populator.populate(row, one)
            for name, place in compiler.annotation_col_map.items():
                setattr(one, name, row[place])
            objects.append(one)
        return objects

    def _make(self):
        query = _asked(self._query, **self._more).query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        return compiler, _text(compiler)


class Statement:
    """Several queries in one statement, made once: gives their rows as dicts, by the name of the query.

    Dates and times come as the database writes them: see `instant`.
    """

    def __init__(self, **queries):
        self._queries = queries
        self._made = None

    def __call__(self, actor, case, at):
        sql, sealed = self._made = self._made or self._make()
        with prepared() as cursor:
            cursor.execute(sql, _real(actor, case, at, {}))
            row = cursor.fetchone()
        return {name: _rows(rows, sealed[name]) for name, rows in zip(self._queries, row, strict=True)}

    def _make(self):
        columns, sealed = [], {}
        for name, query in self._queries.items():
            sql, sealed[name] = _made(query)
            columns.append(f"(SELECT coalesce(json_agg(part), '[]') FROM ({sql}) part)")  # noqa: S608 the ORM's own SQL, its values apart
        return f"SELECT {', '.join(columns)}", sealed


def instant(text):
    """An instant as a statement gives it; None where there is none."""
    return datetime.fromisoformat(text) if text else None


def _asked(query, **more):
    from cases.models import Case

    return query(_ACTOR, Case(pk=_CASE), _AT, **more)


def _made(query, **more):
    """The SQL, and which columns come sealed: place in the row -> the field that opens it."""
    compiler = _asked(query, **more).query.get_compiler(DEFAULT_DB_ALIAS)
    sql = _text(compiler)
    fields = [column[0]._output_field_or_none for column in compiler.select]
    return sql, {place: field for place, field in enumerate(fields) if isinstance(field, Sealed)}


def _text(compiler):
    """The SQL with what is the same in every run written into it, as the driver writes values, and a name where each run gives its own."""
    sql, parameters = compiler.as_sql()
    values = iter(parameters)
    connection.ensure_connection()
    written = ClientCursor(connection.connection)
    return _PLACE.sub(lambda found: _written(next(values), written) if found[0] == "%s" else "%%", sql)


def _written(value, cursor):
    # Numbers, times and words only: anything else (a list, a range) is never a stand-in, and may not be hashable.
    if isinstance(value, int | datetime) and value in _STAND_INS:
        return _STAND_INS[value]
    if isinstance(value, str) and value.startswith("\x00"):
        return f"%({value[1:]})s::text"
    return cursor.mogrify("%s", [value]).replace("%", "%%")


class _Prepared(Cursor):
    """Asks the database to keep the plan of what it is asked, for this connection."""

    def execute(self, query, params=None):
        return super().execute(query, params, prepare=True)


def prepared():
    """A cursor for what was made once; refused in a broken transaction as any other of Django's. Where queries are logged it is one of those, which logs their values."""
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    return connection.make_cursor(_Prepared(connection.connection))


def _opened(row, sealed):
    if not sealed:
        return row
    row = list(row)
    for place, field in sealed.items():
        row[place] = field.opened(row[place])
    return tuple(row)


def _rows(rows, sealed):
    """A statement's rows as dicts. PostgreSQL keeps the order of the columns in each, so that the sealed ones are found by their place."""
    rows = json.loads(rows) if isinstance(rows, str) else rows
    for row in rows if sealed else ():
        names = list(row)
        for place, field in sealed.items():
            row[names[place]] = field.opened(row[names[place]])
    return rows


def _real(actor, case, at, more):
    # Eight bytes each, however small: the database keeps one plan for each width of number that it meets.
    keys = {"user": actor and actor.user_id, "agency": actor and actor.agency_id, "case": case and case.pk}
    return {name: key and Int8(key) for name, key in keys.items()} | {"at": at} | more
