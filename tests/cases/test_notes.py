"""Notes and their corrections: who reads them, what a mistake costs, and that the first wording is kept."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from cases.actions.case_file import add_note, correct_entry
from cases.models import Entry
from tests.cases.ends import HOUR, send


@pytest.fixture
def officer(client_for):
    return client_for("housing_officer")


def note_facts(**facts):
    at = timezone.localtime() - HOUR
    when = {"happened_at_day": at.day, "happened_at_month": at.month, "happened_at_year": at.year, "happened_at_time": f"{at:%H:%M}"}
    return {"title": "A visit", "text": "What was seen", "audience": "agency"} | when | facts


def test_the_page_says_by_name_who_will_read_a_note(officer, a_case, share):
    case = a_case()
    share(case, "harbour_idva", "partner")
    share(case, "lantern_outreach", "summary")
    share(case, "vale_police", "meeting")
    text = officer.get(reverse("note_add", args=[case.reference])).content.decode()
    assert "Will be read by: Northvale Borough Council Housing, Harbour IDVA Service." in text
    assert "Lantern" not in text and "Vale Police" not in text


def test_a_note_goes_to_whom_its_writer_chose(officer, a_case, share, client_for):
    case = a_case()
    share(case, "harbour_idva", "partner")
    assert send(officer, case, "note_add", **note_facts(title="Ours")).status_code == 302
    assert send(officer, case, "note_add", **note_facts(title="Theirs too", audience="partners")).status_code == 302
    text = client_for("idva").get(reverse("case", args=[case.reference])).content.decode()
    assert "Theirs too" in text and "Ours" not in text


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"audience": ""}, "Who may read this?"),
        ({"title": ""}, "Enter heading"),
        ({"text": ""}, "Enter note"),
        ({"text": "x" * 10_001}, "10,000 characters or fewer"),
        ({"happened_at_year": "2999"}, "in the past"),
        ({"happened_at_time": "25:00"}, "Enter the time like 14:30"),
        ({"happened_at_day": "29", "happened_at_month": "3", "happened_at_year": "2026", "happened_at_time": "01:30"}, "the clocks went forward"),
        ({"title": "a\x00b"}, "cannot be printed"),
    ],
)
def test_a_wrong_note_is_said_in_words_and_nothing_is_lost(officer, a_case, facts, words):
    case = a_case()
    response = send(officer, case, "note_add", **note_facts(**facts))
    text = response.content.decode()
    assert response.status_code == 422 and words in text and ("text" in facts or "What was seen" in text)
    assert not Entry.objects.filter(kind="note").exists()


def test_a_file_where_text_belongs_is_a_wrong_answer(officer, a_case):
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = a_case()
    facts = note_facts()
    facts["text"] = SimpleUploadedFile("note.txt", b"words")
    assert send(officer, case, "note_add", **facts).status_code == 422


def test_the_same_note_twice_is_one_note(officer, a_case):
    case = a_case()
    facts = note_facts() | {"once": str(uuid4())}
    for _ in range(2):
        assert send(officer, case, "note_add", **facts).status_code == 302
    assert Entry.objects.filter(kind="note").count() == 1


def test_a_correction_stands_in_its_place_and_the_first_wording_is_kept(officer, a_case, people, share, client_for):
    case = a_case()
    share(case, "harbour_idva", "partner")
    first = add_note(people.actor("housing_officer"), case, title="First", text="wrong-words", audience="partners", happened_at=timezone.now() - HOUR)
    assert send(officer, case, "entry_correct", first.pk, **note_facts(title="Second", text="right-words", why="It was the wrong day.")).status_code == 302
    second = Entry.objects.get(supersedes=first)
    assert second.audience == "partners"
    for client in (officer, client_for("idva")):
        page = client.get(reverse("case", args=[case.reference])).content.decode()
        assert "right-words" in page and "wrong-words" not in page and "Corrected: read the earlier wording" in page
        history = client.get(reverse("entry", args=[case.reference, second.pk])).content.decode()
        assert "wrong-words" in history and "right-words" in history and "First wording" in history
    with pytest.raises(Refused, match="already"):
        correct_entry(people.actor("housing_officer"), case, entry_id=first.pk, title="x", text="y", happened_at=timezone.now())
    first.refresh_from_db()
    assert first.text == "wrong-words"


def test_only_its_own_agency_corrects_and_only_what_a_person_worded(people, a_case, share, inside_gate, client_for):
    from cases import chronology

    case = a_case()
    share(case, "harbour_idva", "partner")
    first = add_note(people.actor("housing_officer"), case, title="First", text="x", audience="partners", happened_at=timezone.now() - HOUR)
    with pytest.raises(PermissionDenied):
        correct_entry(people.actor("idva"), case, entry_id=first.pk, title="x", text="y", happened_at=timezone.now())
    assert client_for("idva").get(reverse("entry_correct", args=[case.reference, first.pk])).status_code == 403
    with inside_gate() as act:
        signed = chronology.record(act, case, "risk", "Assessment signed: high")
    with pytest.raises(PermissionDenied):
        correct_entry(people.actor("housing_officer"), case, entry_id=signed.pk, title="x", text="y", happened_at=timezone.now())
