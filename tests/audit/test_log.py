"""The log: added to, read, and never changed, by anyone; sealed so that a change by its owner would show."""

import time

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit import APPEND_ONLY_TABLES
from audit.models import Event, Seal
from audit.seal import seal, verify
from audit.writer import Line, write


def a_line(**facts):
    return Line(**{"at": timezone.now(), "verb": "test.line", "outcome": "done", "actor": "system:test", "channel": "test", **facts})


def sealed():
    """Seal what was written. Transactions of other databases of the cluster (other tests) hold a seal back until they end."""
    for _ in range(300):
        made = seal()
        if made:
            return made
        time.sleep(0.1)
    raise AssertionError("nothing could be sealed within 30 seconds")


def refused(sql):
    with pytest.raises(DatabaseError) as problem, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(problem.value)


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY_TABLES)
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}"])
def test_the_applications_role_can_neither_change_nor_empty_it(table, sql):
    message = refused(sql.format(table))
    assert "permission denied" in message or "must be owner" in message


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sql", ["UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"])
def test_the_owner_is_stopped_by_a_trigger(owner_connection, sql):
    write(a_line())
    with pytest.raises(Exception, match=r"append.only|Cannot (update|delete)"):
        owner_connection.execute(sql)
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_the_application_is_not_a_superuser_and_owns_no_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_it_has_no_foreign_keys():
    assert not [field for model in (Event, Seal) for field in model._meta.get_fields() if field.is_relation]


@pytest.mark.django_db(transaction=True)
def test_a_row_changed_after_its_seal_is_found(owner_connection):
    write(a_line(), a_line(verb="test.second"))
    assert sealed().rows == 2
    write(a_line(verb="test.third"))
    second = sealed()
    assert second.rows == 1
    assert second.previous_digest == Seal.objects.get(rows=2).digest
    assert verify() is None
    owner_connection.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    owner_connection.execute("UPDATE audit_event SET actor = 'system:somebody' WHERE verb = 'test.second'")
    owner_connection.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    assert verify().rows == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_slips_in_behind_a_seal(owner_connection):
    """A transaction that began before a seal and commits after it is sealed by the next one."""
    with owner_connection.transaction():
        owner_connection.execute(
            "INSERT INTO audit_event (at, verb, outcome, actor, role, case_reference, subject, before, after, reason, channel, request_id)"
            " VALUES (now(), 'test.slow', 'done', 'system:test', '', '', '', '{}', '{}', '', 'test', '')"
        )
        write(a_line(verb="test.quick"))
        assert seal() is None
    assert sealed().rows == 2
    assert verify() is None


@pytest.mark.django_db(transaction=True)
def test_there_is_nothing_to_seal_twice():
    write(a_line())
    assert sealed().rows == 1
    assert seal() is None
