"""A partnership's licensed wording: checked in full, loaded by who may, dated, audited; what was started before keeps its own words."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Event
from cases.actions.wording import load_wording
from cases.dash.reading import questions_of
from cases.models import Wording
from cases.rules import wording as rules
from tests.cases.dash.acts import text_of, url

VERSIONS, MANY = {"ric24": "2026", "s11": "2026"}, {"ric24": 24, "s11": 11}


def raw(numbers=range(1, 25), **changes):
    return {"tool": "ric24", "version": "2026", "edition": "Licence 7", "labels": {str(n): f"Licensed words {n}" for n in numbers}} | changes


def text(words="Licensed words", numbers=range(1, 25), tool="ric24", edition="Licence 7"):
    return f'tool = "{tool}"\nversion = "2026"\nedition = "{edition}"\n[labels]\n' + "\n".join(f'{number} = "{words} {number}"' for number in numbers)


# --- the rule


def test_a_whole_file_is_fit():
    assert rules.reasons_unfit(raw(), VERSIONS, MANY) == []
    assert rules.words_of(raw(labels={"1": " two  \n words "})) == {"1": "two words"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tool": "other"}, "tool: say which form"), ({"tool": None}, "tool: say which form"), ({"version": "2020"}, "version: Waymark asks"), ({"version": None}, "says nothing"),
        ({"edition": " "}, "edition: say"), ({"edition": 7}, "edition: say"), ({"edition": "x" * 101}, "edition: say"), ({"labels": "x"}, "labels: give each"),
        ({"help": {}}, "not known: help"), ({"labels": {}}, "missing 1, 2"), ({"labels": raw()["labels"] | {"25": "x"}}, "25 is not on the form"),
        ({"labels": raw()["labels"] | {"25": "x", "99": "y"}}, "25, 99 are not"), ({"labels": raw()["labels"] | {"7": " "}}, "item 7 has no words"),
        ({"labels": raw()["labels"] | {"7": 7}}, "item 7 has no words"), ({"labels": raw()["labels"] | {"7": "x" * 601}}, "item 7 has 601 characters"),
        ({"labels": raw()["labels"] | {"7": "licensed  WORDS 8"}}, "items 7 and 8 have the same words"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(changes, words):
    assert words in "\n".join(rules.reasons_unfit(raw(**changes), VERSIONS, MANY))


@given(st.sets(st.integers(1, 30)))
def test_every_missing_and_every_unknown_number_is_named(numbers):
    said = "\n".join(rules.reasons_unfit(raw(numbers), VERSIONS, MANY))
    assert (said == "") == (numbers == set(range(1, 25)))
    for number in set(range(1, 25)) - numbers | {n for n in numbers if n > 24}:
        assert str(number) in said


AT = datetime(2026, 3, 18, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "newest", "words"),
    [(AT, None, ""), (AT - timedelta(seconds=1), None, "from today"), (AT + timedelta(days=2), AT, ""), (AT + timedelta(days=2), AT + timedelta(days=2), "Choose a later day")],
)
def test_history_is_not_rewritten(begins, newest, words):
    said = rules.reasons_day_impossible(begins, AT, newest)
    assert (words in said[0]) if words else said == []


# --- loading


@pytest.fixture
def load(people):
    def loaded(words="Licensed words", *, days=0, tool="ric24", numbers=range(1, 25), persona="partnership_administrator"):
        return load_wording(people.actor(persona), text=text(words, numbers, tool), effective_from=timezone.now() + timedelta(days=days))

    return loaded


@pytest.mark.django_db
@pytest.mark.parametrize("persona", ["outsider", "superuser", "idva", "agency_lead", "administrator", "commissioner", "auditor"])
def test_who_may_not_load_one(load, persona):
    with pytest.raises(PermissionDenied):
        load(persona=persona)
    assert not Wording.objects.exists()


@pytest.mark.django_db
def test_what_is_started_from_then_on_is_asked_in_its_words_and_what_was_before_is_not(a_signed, a_case, start, load, client):
    signed, draft = a_signed(yes=[15]), start(a_case(given_name="Ottilie"))
    made = load()
    assert Event.objects.get(verb="wording.load", outcome="done").after["checksum"] == made.checksum
    later = start(a_case(given_name="Perdita"))
    assert later.wording == made and questions_of(later).items[15].label == "Licensed words 15"
    page = text_of(client.get(url("assessment_page", later.case, later.pk, "part-4")))
    assert "15. Licensed words 15" in page and "Strangulation: do this now" in page
    for one, name in ((signed, "assessment"), (draft, "assessment_check")):
        page = text_of(client.get(url(name, one.case, one.pk)))
        assert "15. Strangled" in page and "Licensed" not in page


@pytest.mark.django_db
def test_each_version_is_kept_for_what_was_made_under_it(a_case, start, load):
    load("First words")
    first = start(a_case())
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        load("Second words")
        second = start(a_case(given_name="Ottilie"))
    assert [questions_of(one).items[1].label for one in (first, second)] == ["First words 1", "Second words 1"]


@pytest.mark.django_db
def test_one_of_a_day_ahead_waits_for_it_and_of_another_form_changes_nothing(a_case, start, load):
    load("Tomorrow", days=1)
    load("Stalking", tool="s11", numbers=range(1, 12))
    case = a_case()
    assert start(case).wording is None and start(case, tool="s11").wording.labels["1"] == "Stalking 1"
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert start(a_case(given_name="Ottilie")).wording.labels["1"] == "Tomorrow 1"


@pytest.mark.django_db
def test_nothing_changes_a_wording(load):
    made = load()
    for sql in ("UPDATE cases_wording SET edition = 'x' WHERE id = %s", "DELETE FROM cases_wording WHERE id = %s"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [made.pk])


# --- the command


def run(path, *more):
    said = StringIO()
    call_command("load_wording", str(path), *more, stdout=said)
    return said.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "wording.toml"
    path.write_text(text())
    return path


@pytest.mark.django_db
def test_the_command_loads_in_somebodys_name(people, file):
    by = people.partnership_administrator.email
    assert "all 24 items have their words. Nothing was loaded." in run(file, "--check") and not Wording.objects.exists()
    assert "Loaded: ric24, Licence 7, 24 items" in run(file, "--by", by)
    made = Wording.objects.get()
    assert (made.loaded_by, made.labels["24"]) == (people.partnership_administrator, "Licensed words 24")
    assert Event.objects.get(verb="wording.load").channel == "command"
    with time_machine.travel(made.effective_from, tick=False), pytest.raises(CommandError, match="holds from that day or later"):
        run(file, "--by", by)


@pytest.mark.django_db
def test_the_command_refuses_in_clear_lines(people, file, tmp_path):
    by = people.partnership_administrator.email
    refused = [
        ([tmp_path / "none.toml"], "cannot be read"), ([file], "--by: name"), ([file, "--by", "nobody@example.org"], "--by: name"),
        ([file, "--by", people.idva.email], "only a partnership administrator"), ([file, "--by", by, "--from", "soon"], "write the day like"),
        ([file, "--by", by, "--from", "2020-01-01"], "from today or later"),
    ]
    for arguments, words in refused:
        with pytest.raises(CommandError, match=words):
            run(*arguments)
    broken = tmp_path / "broken.toml"
    broken.write_text("tool = ")
    with pytest.raises(CommandError, match="not a file of wording"):
        run(broken, "--by", by)
    broken.write_text(text(numbers=[*range(1, 24), 77]))
    with pytest.raises(CommandError) as refusal:
        run(broken, "--check")
    assert str(refusal.value).splitlines() == ["labels: missing 24. The form has the items 1 to 24.", "labels: 77 is not on the form. It has the items 1 to 24."]
    assert not Wording.objects.exists()
