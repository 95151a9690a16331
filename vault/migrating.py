"""For migrations: puts columns that stood in clear under seal, in place, a batch at a time."""

from vault.cipher import seal

BATCH = 2000


def seal_columns(schema_editor, table, columns, also=None):
    """Turn text or date columns of a table into sealed ones. `also`, if given, takes a row's old values as a dict and gives further columns to set."""
    with schema_editor.connection.cursor() as cursor:
        for name in columns:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {name}_sealed bytea")
        last = 0
        while True:
            cursor.execute(f"SELECT id, {', '.join(columns)} FROM {table} WHERE id > %s ORDER BY id LIMIT {BATCH}", [last])  # noqa: S608 a migration's own words
            rows = cursor.fetchall()
            if not rows:
                break
            last = rows[-1][0]
            cursor.executemany(*_update(table, columns, rows, also or (lambda old: {})))
        for name in columns:
            cursor.execute("SELECT is_nullable FROM information_schema.columns WHERE table_name = %s AND column_name = %s", [table, name])
            (is_nullable,) = cursor.fetchone()
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
            cursor.execute(f"ALTER TABLE {table} RENAME COLUMN {name}_sealed TO {name}")
            if is_nullable == "NO":
                cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL")


def _update(table, columns, rows, also):
    values, others = [], []
    for number, *old in rows:
        held = dict(zip(columns, old, strict=True))
        more = also(held)
        others = list(more)
        values.append([*(_sealed(value, f"{table}.{name}") for name, value in held.items()), *more.values(), number])
    setting = ", ".join([*(f"{name}_sealed = %s" for name in columns), *(f"{name} = %s" for name in others)])
    return f"UPDATE {table} SET {setting} WHERE id = %s", values  # noqa: S608 a migration's own words


def _sealed(value, about):
    if value is None:
        return None
    return seal((value if isinstance(value, str) else value.isoformat()).encode(), about)
