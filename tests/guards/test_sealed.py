"""What identifies a person is sealed: a stolen copy of the database names nobody, and no code writes past the tokens."""

import ast

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from cases.actions.children import change_child
from cases.actions.equality import record_equality
from cases.actions.people import change_talking
from cases.actions.safe_contact import add_safe_contact
from cases.models import Attachment, Equality
from referrals.models import OnwardStep
from referrals.safeguarding.actions import add_notice, tell_school
from tests.cases.attaching import added
from tests.guards.source import files
from tests.referrals import walk
from vault.fields import ReadOff, Sealed, Tokens

# What walk.YES types of people: none of it may stand in clear anywhere in the database.
PLANTED = ["Saoirse", "Dálaigh", "Nwosu", "1994-05-17", "Plover Court", "ZZ99 3VZ", "900123", "bluebell"]


# And what is written on a case about a child, its files, its referrals, and for equality monitoring.
PLANTED_LATER = [
    "PLANTED-FILE", "PLANTED-TITLE", "PLANTED-CARE", "PLANTED-PARENT", "PLANTED-OWN", "PLANTED-SCHOOL", "PLANTED-ADULT", "PLANTED-WHO", "PLANTED-WORDS", "white_roma",
    "PLANTED-DURESS", "PLANTED-AUNT", "PLANTED-UNCLE", "PLANTED-TONGUE", "PLANTED-NEVER", "PLANTED-RECEIVER",
]


def _sealed_names(*, beside_tokens=False):
    """The names of what is sealed, with what is read off it; `beside_tokens` for those alone of which some row keeps something read off."""
    models = [model for model in apps.get_models() if not beside_tokens or any(isinstance(field, Tokens | ReadOff) for field in model._meta.fields)]
    return {field.name for model in models for field in model._meta.fields if isinstance(field, Sealed | Tokens | ReadOff)}


def _found_in_clear(words):
    """Which of these words stand in which table, whatever the column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
        tables = [table for (table,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT word FROM unnest(%s::text[]) AS word WHERE EXISTS (SELECT 1 FROM "{table}" AS one WHERE one::text ILIKE \'%%\' || word || \'%%\')', [words])
            found += [(table, word) for (word,) in cursor.fetchall()]
    return found


@pytest.mark.django_db
def test_a_copy_of_the_database_names_nobody(client_for):
    draft = walk.fill(client_for("housing_officer"))
    walk.log(client_for("housing_officer"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers::text FROM referrals_disclosure WHERE reference = %s", [draft])
        assert "victim" in cursor.fetchone()[0]  # the search above looked where they are
    assert _found_in_clear(PLANTED) == []


@pytest.mark.django_db
def test_nor_does_it_say_what_a_file_is_called_who_looks_after_a_child_or_what_somebody_believes(people, a_case):
    case, officer, now = a_case(), people.actor("housing_officer"), timezone.now()
    child, victim = case.parties.get(role="child").pk, case.parties.get(role="victim").pk
    added(people, case, content=b"A letter.", title="PLANTED-TITLE", name="PLANTED-FILE.txt")
    change_child(officer, case, party_id=child, in_whose_care="PLANTED-CARE", parental_responsibility="PLANTED-PARENT", own_worker="PLANTED-OWN", school="PLANTED-SCHOOL")
    answers = {"language": "self", "ethnicity": "white_roma"}
    record_equality(officer, case, party_id=victim, answers=answers, words={"language": "PLANTED-WORDS"}, asked_on=timezone.localdate())
    notice = add_notice(officer, case, party_id=child, incident_at=now, is_attended=True)
    tell_school(officer, case, referral_id=notice.pk, told_at=timezone.now(), method="phone", key_adult="PLANTED-ADULT")
    notice.refresh_from_db()
    notice.receiver_name = "PLANTED-RECEIVER"
    notice.save()
    step = OnwardStep.objects.create(
        case=case, referral=notice, who="PLANTED-WHO", happened_at=now, agency=case.lead_agency, recorded_at=now, recorded_by=people.housing_officer,
    )
    add_safe_contact(
        officer, case, channel="text", value="07700 900456", is_safe="yes", times="any", voicemail="no", duress_word="PLANTED-DURESS", may_take="PLANTED-AUNT",
        must_not="PLANTED-UNCLE",
    )
    change_talking(officer, case, speaks="PLANTED-TONGUE", interpreter="spoken", interpreter_note="PLANTED-NEVER")
    assert (Attachment.objects.get().title, step.who, Equality.objects.get().answers) == ("PLANTED-TITLE", "PLANTED-WHO", answers)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers::text FROM cases_equality")
        assert "ethnicity" in cursor.fetchone()[0]  # which questions were answered is no secret
    assert _found_in_clear(PLANTED_LATER) == []


def test_nothing_sealed_is_written_by_update_or_without_its_tokens():
    """`QuerySet.update` passes by what is read off a row; so does a save that names one field and not its tokens."""
    names, strays = _sealed_names(), []
    # A save seals what it names, so what has no tokens beside it (the answers of a disclosure) may be saved alone. An update may name none of them.
    kept = _sealed_names(beside_tokens=True)
    for name, (tree, _) in files().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "update" and names & {keyword.arg for keyword in node.keywords} and not name.startswith("vault/"):
                strays.append(f"{name} line {node.lineno}: update")
            if node.func.attr == "save":
                fields = {part.value for keyword in node.keywords if keyword.arg == "update_fields" for part in ast.walk(keyword.value) if isinstance(part, ast.Constant)}
                if fields & kept and not {"tokens"} <= fields:
                    strays.append(f"{name} line {node.lineno}: save")
    assert strays == []


def test_a_person_is_saved_with_what_is_read_off():
    from cases.models import Person

    made = {field.name for field in Person._meta.fields if isinstance(field, Tokens | ReadOff)}
    assert made == set(Person.READ_OFF)
    assert {field.name for field in Person._meta.fields if isinstance(field, Sealed)} == set(Person.IDENTIFYING)
