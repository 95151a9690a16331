"""What stood in clear goes under seal where it stands: nothing of it is lost, and nothing of it is left."""

import json
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from cases.actions.children import change_child
from cases.actions.equality import record_equality
from cases.models import Attachment, ChildDetails, Equality
from config.database_roles import become_owner
from referrals.models import OnwardStep, SchoolNotice
from referrals.safeguarding.actions import add_notice, tell_school
from referrals.safeguarding.models import SafeguardingReferral
from tests.cases.attaching import added
from tests.cases.test_merging import made, undone

pytestmark = pytest.mark.django_db(transaction=True)

CASES = import_module("cases.migrations.0033_sealed_and_safe_contact")
REFERRALS = import_module("referrals.migrations.0005_sealed_too")
RECEIVER = import_module("referrals.migrations.0007_sealed_receiver")
TEXTS = [
    (Attachment, ("title", "name")), (ChildDetails, ("in_whose_care", "parental_responsibility", "own_worker")), (OnwardStep, ("who",)), (SchoolNotice, ("key_adult",)),
    (SafeguardingReferral, ("receiver_name",)),
]


class Undone(Exception):
    """The database goes back to how it was."""


@contextmanager
def as_owner():
    """As a migration runs: the owner of the tables, in one transaction, which is taken back."""
    give_back = become_owner(connection)
    try:
        with pytest.raises(Undone), transaction.atomic():
            yield connection.cursor()
            raise Undone
    finally:
        give_back()


def in_clear(cursor, model, names):
    """Put a table back to what it was before: text in the place of what is sealed."""
    table, rows = model._meta.db_table, list(model.objects.values("pk", *names))
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for name in names:
        cursor.execute(f"ALTER TABLE {table} DROP COLUMN {name}, ADD COLUMN {name} varchar(300) NOT NULL DEFAULT ''")
    for row in rows:
        for name in names:
            cursor.execute(f"UPDATE {table} SET {name} = %s WHERE id = %s", [row[name], row["pk"]])
    return rows


@pytest.fixture
def planted(people, a_case):
    case = a_case()
    officer, child, victim, now = people.actor("housing_officer"), case.parties.get(role="child"), case.parties.get(role="victim"), timezone.now()
    added(people, case, content=b"A letter.", title="PLANTED title", name="PLANTED name.txt")
    change_child(officer, case, party_id=child.pk, in_whose_care="PLANTED care", own_worker="PLANTED worker")
    record_equality(officer, case, party_id=victim.pk, answers={"language": "self", "religion": "muslim"}, words={"language": "PLANTED"}, asked_on=timezone.localdate())
    notice = add_notice(officer, case, party_id=child.pk, incident_at=now, is_attended=True)
    tell_school(officer, case, referral_id=notice.pk, told_at=timezone.now(), method="phone", key_adult="PLANTED adult")
    notice.refresh_from_db()
    notice.receiver_name = "PLANTED receiver"
    notice.save()
    return case


def test_what_stood_in_clear_is_sealed_where_it_stands(planted):
    said = {"answers": {"language": "self", "religion": "muslim"}, "words": {"language": "PLANTED"}}
    with as_owner() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        before = [in_clear(cursor, model, names) for model, names in TEXTS]
        cursor.execute("UPDATE cases_equality SET answers = %s::jsonb, words = %s::jsonb", [json.dumps(said["answers"]), json.dumps(said["words"])])
        with connection.schema_editor() as editor:
            CASES.put_under_seal(apps, editor)
            REFERRALS.put_under_seal(apps, editor)
            RECEIVER.put_under_seal(apps, editor)
        assert [list(model.objects.values("pk", *names)) for model, names in TEXTS] == before
        assert Equality.objects.values("answers", "words").get() == said
        assert any("PLANTED" in str(rows) for rows in before)
        for model in (*(model for model, _ in TEXTS), Equality):
            table = model._meta.db_table
            cursor.execute(f"SELECT count(*) FROM {table} AS one WHERE one::text ILIKE '%PLANTED%' OR one::text LIKE '%muslim%'")
            assert cursor.fetchone() == (0,), table
            cursor.execute("SELECT count(*) FROM information_schema.columns WHERE table_name = %s AND column_name LIKE '%%\\_sealed'", [table])
            assert cursor.fetchone() == (0,), table
        for model, names in TEXTS:
            cursor.execute(
                "SELECT DISTINCT data_type, is_nullable FROM information_schema.columns WHERE table_name = %s AND column_name = ANY(%s)", [model._meta.db_table, list(names)]
            )
            assert cursor.fetchall() == [("bytea", "NO")]


def test_the_name_of_a_file_is_exchanged_by_the_owner_alone_and_nothing_beside_it(planted):
    """To change keys. The application itself may never call a file otherwise."""
    file = Attachment.objects.get()
    with pytest.raises(Exception, match="stays as it was added"):
        Attachment.objects.filter(pk=file.pk).update(title="Another")
    with as_owner():
        file.title = "PLANTED title"
        file.save(update_fields=["title"])
        with pytest.raises(Exception, match="stays as it was added"), transaction.atomic():
            Attachment.objects.filter(pk=file.pk).update(title="Another", size=1)


@pytest.mark.parametrize("since", ["put together", "parted again"])
def test_answers_of_one_person_find_the_part_they_were_given_on(people, a_case, since):
    """Before, they were kept by person: what was asked on a case stays there, also where the record has been put into another since, or was when it was asked."""
    move = import_module("cases.migrations.0032_equality_by_case")
    state = MigrationLoader(connection).project_state(("cases", "0031_merging"))
    move.Migration.operations[0].state_forwards("cases", state)  # as the tables are while rows are moved
    case, other = a_case(clock=None), a_case(given_name="Mari", clock=None)
    theirs, today = other.parties.get(role="victim"), timezone.localdate()
    was = theirs.person_id
    merge = made(people, case, other)
    if since == "parted again":
        undone(people, other, merge)
        was = merge.kept_id
    officer = people.actor("housing_officer")
    record_equality(officer, other, party_id=theirs.pk, answers={"religion": "none"}, words={}, asked_on=today)
    record_equality(officer, case, party_id=case.parties.get(role="child").pk, answers={"religion": "none"}, words={}, asked_on=today)
    with as_owner() as cursor:
        before = list(Equality.objects.order_by("pk").values_list("pk", "party"))
        cursor.execute("ALTER TABLE cases_equality ADD COLUMN person_id bigint, ALTER party_id DROP NOT NULL")
        cursor.execute("UPDATE cases_equality SET person_id = (SELECT person_id FROM cases_party p WHERE p.id = party_id)")
        cursor.execute("UPDATE cases_equality SET person_id = %s WHERE party_id = %s", [was, theirs.pk])
        cursor.execute("UPDATE cases_equality SET party_id = NULL")
        with connection.schema_editor() as editor:
            move.find_the_part(state.apps, editor)
        assert list(Equality.objects.order_by("pk").values_list("pk", "party")) == before
