"""The pages on which a DASH is filled in: what they keep, and what they say when two people meet or somebody comes too late."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client

from cases.dash.reading import mark_of
from cases.models import Answer, Assessment
from tests.cases.dash.acts import fields, part_url, text_of, url

pytestmark = pytest.mark.django_db


# --- before asking

def test_it_starts_and_leads_to_the_first_part(a_case, client):
    case = a_case()
    response = client.post(url("assessment_start", case), {"how": "with", "can_talk": "yes", "once": uuid4()})
    draft = Assessment.objects.get()
    assert response["Location"] == part_url(draft, 1)
    assert draft.with_victim is True
    assert set(draft.answers.values_list("source", flat=True)) == {"victim"}


def test_from_what_is_held_takes_its_source_along(a_case, client):
    client.post(url("assessment_start", a_case()), {"how": "held", "source": "police_record"})
    assert set(Answer.objects.values_list("source", flat=True)) == {"police_record"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Select how you will complete it"),
        ({"how": "with"}, "Say whether they can talk now"),
        ({"how": "with", "can_talk": "no"}, "Do not ask the questions now"),
        ({"how": "held"}, "Choose where most of it comes from"),
        ({"how": "held", "source": "victim"}, "Choose one of the answers listed"),
        ({"how": "x\x00"}, "Choose one of the answers listed"),
        ({"how": "with", "can_talk": "yes", "once": "not a token"}, "Error"),
    ],
)
def test_it_does_not_start_unsafely_or_in_part(a_case, client, sent, words):
    response = client.post(url("assessment_start", a_case()), sent)
    assert response.status_code == 422
    assert words in text_of(response) and "govuk-error-summary" in text_of(response)
    assert not Assessment.objects.exists()


def test_a_second_start_goes_on_with_the_first(a_case, client, client_for):
    case, token = a_case(), uuid4()
    sent = {"how": "with", "can_talk": "yes", "once": token}
    client.post(url("assessment_start", case), sent)
    for again in (client, client_for("housing_manager")):
        response = again.post(url("assessment_start", case), sent)
        assert response["Location"] == url("assessment_check", case, Assessment.objects.get().pk)
    assert "started one already" in text_of(client.get(response["Location"]))


# --- the parts

def test_each_part_saves_and_leads_on(a_case, start, client):
    draft = start(a_case())
    numbers = [range(1, 6), range(6, 10), range(10, 15), range(15, 20), range(20, 25)]
    for place, part in enumerate(numbers, start=1):
        page = client.get(part_url(draft, place))
        assert f"part {place} of 6" in text_of(page) and f"{part[0] - 1} of 24 answered" in text_of(page)
        response = client.post(part_url(draft, place), fields(draft, part))
        expected = part_url(draft, place + 1) if place < 5 else url("assessment_annotate", draft.case, draft.pk)
        assert response["Location"] == expected
    assert draft.answers.filter(said="no").count() == 24


def test_a_part_may_be_left_open_and_come_back_to(a_case, start, client):
    draft = start(a_case())
    response = client.post(part_url(draft, 1), {"opened_with": mark_of(draft.answers.filter(item__lt=6)), "said_2": "yes", "come_back_later": "yes"})
    assert response["Location"] == url("case", draft.case)
    page = text_of(client.get(part_url(draft, 1)))
    assert re.search(r'name="said_2" type="radio" value="yes" checked', page)
    assert not re.search(r'name="said_3" type="radio" value="\w+" checked', page)


def test_from_the_check_page_and_back(a_case, start, client):
    draft = start(a_case())
    assert client.post(part_url(draft, 1, "?from=check"), fields(draft, range(1, 6)))["Location"] == url("assessment_check", draft.case, draft.pk)


def test_a_part_that_is_not_there(a_case, start, client):
    draft = start(a_case())
    for path in (part_url(draft, 9), url("assessment_do_now", draft.case, draft.pk, "part-9"), part_url(draft, 1).replace("part-1", "other")):
        assert client.get(path).status_code == 404


def test_what_to_do_now_stands_under_its_item(a_case, start, client):
    draft = start(a_case())
    page = client.get(part_url(draft, 4)).content.decode()
    assert page.index('id="item-15"') < page.index("Strangulation: do this now") < page.index('id="item-16"')
    assert 'data-aria-controls="prompt-15"' in page


def test_without_scripts_a_page_says_what_to_do_before_the_next_part(a_case, start, client):
    draft = start(a_case())
    sent = fields(draft, range(15, 20), without_scripts="yes", said_15="yes", said_16="yes")
    response = client.post(part_url(draft, 4), sent)
    assert response["Location"] == url("assessment_do_now", draft.case, draft.pk, "part-4")
    page = text_of(client.get(response["Location"]))
    assert "Strangulation: do this now" in page and "More than one person" not in page
    assert part_url(draft, 5) in page
    nothing = client.post(part_url(draft, 3), fields(draft, range(10, 15), without_scripts="yes"))
    assert nothing["Location"] == part_url(draft, 4)
    assert client.get(url("assessment_do_now", draft.case, draft.pk, "part-3"))["Location"] == url("assessment_check", draft.case, draft.pk)


def test_html_stays_text(a_case, start, client, client_for):
    draft = start(a_case())
    nasty = "<script>alert('x')</script><b>Siân O’Neill</b> 王"
    client.post(part_url(draft, 1), fields(draft, range(1, 6), comment=nasty))
    for path in (part_url(draft, 1), url("assessment_check", draft.case, draft.pk)):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page and "<b>Si" not in page and "Siân O’Neill" in page and "王" in page


def test_ten_thousand_characters_are_kept_and_one_more_is_refused_with_everything_kept(a_case, start, client):
    draft = start(a_case())
    client.post(part_url(draft, 1), fields(draft, range(1, 6), comment="ab\r\n" * 3333))
    assert len(draft.answers.get(item=1).comment) == 9998
    response = client.post(part_url(draft, 1), fields(draft, range(1, 6), said="yes", comment_1="z" * 10_001))
    page = text_of(response)
    assert response.status_code == 422 and "10,000 characters or fewer" in page and "z" * 10_001 in page
    assert re.search(r'name="said_3" type="radio" value="yes" checked', page)
    assert draft.answers.get(item=1).said == "no"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"comment_2": "nul \x00 here"}, "cannot be printed"),
        ({"said_2": "perhaps"}, "Choose one of the answers listed"),
        ({"said_2": "yes\x00"}, "Choose one of the answers listed"),
        ({"source_2": "rumour"}, "Choose one of the answers listed"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_item(a_case, start, client, changes, words):
    draft = start(a_case())
    response = client.post(part_url(draft, 1), fields(draft, range(1, 6), comment="kept words") | changes)
    page = text_of(response)
    assert response.status_code == 422 and words in page and "kept words" in page
    assert re.search(r'href="#id_(said|comment|source)_2"', page)
    assert not draft.answers.exclude(said="").exists()


@pytest.mark.parametrize("name", ["said_2", "comment_2", "source_2"])
def test_a_file_where_text_belongs(a_case, start, client, name):
    draft = start(a_case())
    sent = fields(draft, range(1, 6))
    sent[name] = BytesIO(b"a file")
    response = client.post(part_url(draft, 1), sent)
    assert response.status_code == 422 and "A file cannot be read as an answer" in text_of(response)


def test_two_people_on_one_part(a_case, start, client, client_for):
    draft = start(a_case())
    opened = fields(draft, range(1, 6))
    client.post(part_url(draft, 1), opened | {"said_2": "yes", "comment_2": "first words"})
    later = client_for("housing_manager")
    response = later.post(part_url(draft, 1), opened | {"said_2": "dont_know", "comment_2": "second words"})
    page = text_of(response)
    assert response.status_code == 422 and "changed after you opened this page" in page
    assert "Saved meanwhile: Yes" in page and "first words" in page and "second words" in page
    assert page.count("Saved meanwhile") == 1
    assert draft.answers.get(item=2).comment == "first words"
    mark = re.search(r'name="opened_with" value="(\w+)"', page)[1]
    again = later.post(part_url(draft, 1), opened | {"said_2": "dont_know", "comment_2": "second words", "opened_with": mark})
    assert again.status_code == 302
    assert draft.answers.get(item=2).comment == "second words"


def test_a_part_sent_after_signing_keeps_what_was_typed_on_the_page(a_signed, client):
    signed = a_signed()
    response = client.post(part_url(signed, 1), fields(signed, range(1, 6), said="yes", comment="too late"))
    page = text_of(response)
    assert response.status_code == 422 and "has been signed" in page and "too late" in page and "Save and continue" not in page
    assert signed.answers.get(item=1).said == "no"


def test_back_after_signing_leads_to_what_was_signed(a_signed, client):
    signed = a_signed()
    for path in (part_url(signed, 1), url("assessment_sign", signed.case, signed.pk), url("assessment_check", signed.case, signed.pk)):
        assert client.get(path)["Location"] == url("assessment", signed.case, signed.pk)


def test_a_session_that_ends_in_the_middle_loses_nothing(a_case, start, client, people):
    draft = start(a_case())
    page = client.get(part_url(draft, 1)).content.decode()
    owner = re.search(r'name="form_owner" value="([^"]+)"', page)[1]
    gone = Client()
    response = gone.post(part_url(draft, 1), fields(draft, range(1, 6), comment="typed before", form_owner=owner))
    assert response["Location"].startswith("/sign-in/")
    people.specialist_da_officer.refresh_from_db()  # the session is bound to the password
    gone.force_login(people.specialist_da_officer)
    back = text_of(gone.get(part_url(draft, 1)))
    assert "typed before" in back and "You were signed out" in back
    assert not draft.answers.exclude(said="").exists()
