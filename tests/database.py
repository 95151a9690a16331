"""The test database: which rows it was born with, and how it is emptied as its owner, since the application's role may not."""

from psycopg import sql

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' ORDER BY tablename"
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
    " AND is_generated = 'NEVER' ORDER BY ordinal_position"
)


def _names(cursor, query, parameters=None):
    cursor.execute(query, parameters)
    return [name for (name,) in cursor.fetchall()]


def _with_rows(cursor):
    tables = _names(cursor, _TABLES)
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM public.{})").format(sql.Literal(table), sql.Identifier(table))
        for table in tables
    ]
    return _names(cursor, sql.SQL(" UNION ALL ").join(asked)) if asked else []


def remember_seed(cursor):
    """Keep a copy of the rows that the migrations wrote. A kept database whose migrations have not changed goes back to its copy."""
    cursor.execute("SELECT count(*)::text FROM django_migrations")
    migrations = cursor.fetchone()[0]
    cursor.execute("SELECT obj_description(oid) FROM pg_namespace WHERE nspname = 'seed'")
    found = cursor.fetchone()
    if found and found[0] == migrations:
        empty(cursor)
        return
    remember(cursor, "seed")
    cursor.execute(sql.SQL("COMMENT ON SCHEMA seed IS {}").format(sql.Literal(migrations)))


def remember(cursor, name):
    """Keep a copy of every row there is now, under this name. An older copy of that name goes."""
    kept = sql.Identifier(name)
    cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(kept))
    cursor.execute(sql.SQL("CREATE SCHEMA {}").format(kept))
    for table in _with_rows(cursor):
        cursor.execute(sql.SQL("CREATE TABLE {}.{t} AS TABLE public.{t}").format(kept, t=sql.Identifier(table)))


def empty(cursor):
    """Put every table back to what the migrations wrote."""
    go_back(cursor, "seed")


def go_back(cursor, name):
    """Put every table back to the rows kept under this name, past the triggers that refuse it. One transaction, as the owner."""
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute("SET LOCAL lock_timeout = '20s'")
    for table in _with_rows(cursor):
        cursor.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(table)))
    for table in _names(cursor, "SELECT tablename FROM pg_tables WHERE schemaname = %s", [name]):
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in _names(cursor, _COLUMNS, [table]))
        cursor.execute(
            sql.SQL("INSERT INTO public.{t} ({columns}) SELECT {columns} FROM {kept}.{t}").format(t=sql.Identifier(table), columns=columns, kept=sql.Identifier(name))
        )
