"""What the application's database role may do: read and write rows, own nothing, empty nothing, and only add to the audit."""

from django.conf import settings
from psycopg import sql

from audit import APPEND_ONLY_TABLES

SCHEMA = sql.Identifier("public")


class UnsafeRole(Exception):
    """The application's role could undo what protects the audit; the message says how to put it right."""


def become_owner(connection):
    """Point this Django connection at the role that owns the tables. Returns a function that points it back."""
    from config import env  # reads nothing until it is called

    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
    owner = env.database(settings.DATABASE_OWNER_URL) if settings.DATABASE_OWNER_URL else before

    def point_at(who):
        connection.close()
        connection.settings_dict.update({key: who[key] for key in before})

    point_at(owner)
    return lambda: point_at(before)


def reasons_unsafe(connection, role):
    """Why this role must not be the application's, in plain words; empty when it is safe."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        if found is None:
            return [
                f'There is no database role "{role}". As a database administrator type: CREATE ROLE {role} LOGIN PASSWORD ...;'
            ]
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [role, owner])
        is_member = cursor.fetchone()[0]
    reasons = []
    if role == owner:
        reasons.append(f'"{role}" owns the tables. Give the application a role of its own (DATABASE_APP_ROLE, DATABASE_URL).')
    elif is_member and not found[0]:
        reasons.append(f'"{role}" is a member of the owner "{owner}". Type: REVOKE {owner} FROM {role};')
    if found[0]:
        reasons.append(f'"{role}" is a superuser, whom no revoke binds. Type: ALTER ROLE {role} NOSUPERUSER;')
    if found[1]:
        reasons.append(f'"{role}" bypasses row security. Type: ALTER ROLE {role} NOBYPASSRLS;')
    if found[2]:
        reasons.append(f'"{role}" may make roles. Type: ALTER ROLE {role} NOCREATEROLE;')
    return reasons


def grant_application_role(connection, role=None):
    """Grant the application's role what it needs and take away the rest. Run as the owner, after migrating; safe to repeat."""
    role = role or settings.DATABASE_APP_ROLE
    reasons = reasons_unsafe(connection, role)
    if reasons:
        raise UnsafeRole(" ".join(reasons))
    app = sql.Identifier(role)
    statements = [
        "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
        "GRANT USAGE ON SCHEMA {schema} TO {app}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {app}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {app}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(schema=SCHEMA, app=app))
        for table in APPEND_ONLY_TABLES:
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), app))
        # What has been migrated is a fact about the schema, so the application only reads it.
        cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(app))
