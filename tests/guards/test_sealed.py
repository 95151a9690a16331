"""What identifies a person is sealed: a stolen copy of the database names nobody, and no code writes past the tokens."""

import ast

import pytest
from django.apps import apps
from django.db import connection

from tests.guards.source import files
from tests.referrals import walk
from vault.fields import ReadOff, Sealed, Tokens

# What walk.YES types of people: none of it may stand in clear anywhere in the database.
PLANTED = ["Saoirse", "Dálaigh", "Nwosu", "1994-05-17", "Plover Court", "ZZ99 3VZ", "900123", "bluebell"]


def _sealed_names():
    return {field.name for model in apps.get_models() for field in model._meta.fields if isinstance(field, Sealed | Tokens | ReadOff)}


@pytest.mark.django_db
def test_a_copy_of_the_database_names_nobody(client_for):
    draft = walk.fill(client_for("housing_officer"))
    walk.log(client_for("housing_officer"))
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
        for (table,) in cursor.fetchall():
            for words in PLANTED:
                cursor.execute(f'SELECT count(*) FROM "{table}" AS one WHERE one::text ILIKE %s', [f"%{words}%"])
                if cursor.fetchone()[0]:
                    found.append((table, words))
        cursor.execute("SELECT answers::text FROM referrals_disclosure WHERE reference = %s", [draft])
        assert "victim" in cursor.fetchone()[0]  # the search above looked where they are
    assert found == []


def test_nothing_sealed_is_written_by_update_or_without_its_tokens():
    """`QuerySet.update` passes by what is read off a row; so does a save that names one field and not its tokens."""
    names, strays = _sealed_names() - {"value", "lines", "answers", "unfinished"}, []
    for name, (tree, _) in files().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "update" and names & {keyword.arg for keyword in node.keywords} and not name.startswith("vault/"):
                strays.append(f"{name} line {node.lineno}: update")
            if node.func.attr == "save":
                fields = {part.value for keyword in node.keywords if keyword.arg == "update_fields" for part in ast.walk(keyword.value) if isinstance(part, ast.Constant)}
                if fields & names and not {"tokens"} <= fields:
                    strays.append(f"{name} line {node.lineno}: save")
    assert strays == []


def test_a_person_is_saved_with_what_is_read_off():
    from cases.models import Person

    made = {field.name for field in Person._meta.fields if isinstance(field, Tokens | ReadOff)}
    assert made == set(Person.READ_OFF)
    assert {field.name for field in Person._meta.fields if isinstance(field, Sealed)} == set(Person.IDENTIFYING)
