"""The alleged perpetrator on the line, and whoever fishes for whereabouts: the screen gives the handler nothing to leak."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.models import Entry
from referrals.models import Call, Disclosure
from tests.referrals import calling, walk

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Rufus Blackwater", "number": "07700 900789", "given_name": "Saoirse", "family_name": "Nwosu", "words": "Asks where she is staying.",
    "ask_for": "Sersh", "code_word": "bluebell",
}


@pytest.fixture
def client(client_for):
    return client_for("call_handler")


@pytest.fixture
def known(client_for, people, share):
    """A case that the helpline may see, with the same people."""
    case = walk.log(client_for("housing_officer"), {"children": {"any": "no"}}).case
    share(case, "county_helpline", "partner")
    return case


@pytest.mark.parametrize("which", ["perpetrator", "fishing"])
def test_one_click_records_and_hides(client, known, which):
    response, call = calling.quiet(client, which, **TYPED)
    assert response.url == reverse("line_quiet", args=[call.pk]) and call.is_quiet and call.ended_at is None
    page = client.get(response.url).content.decode()
    for word in (*TYPED.values(), "900789", "Plover", known.reference, "Thistlewood", "Saoirse"):
        assert word not in page, word
    # No way to a list, a search, a case, a place or an agency: nothing but the form, signing out and the page itself.
    assert set(re.findall(r'href="([^"#]+)"', page)) - {one for one in re.findall(r'href="([^"#]+)"', page) if one.startswith("/static/")} == set()
    assert set(re.findall(r'action="([^"]+)"', page)) <= {reverse("account_logout")}
    for word in ("Find a case", "My work", "Log a disclosure", "Safeguarding", 'type="search"', "refuge", "Larkfield"):
        assert word not in page, word
    assert "Confirm nothing, and deny nothing" in page


def test_no_list_of_places_or_cases_stands_on_the_call_screen_either(client, known):
    page = calling.screen(client).content.decode()
    for word in (known.reference, "Plover", "Saoirse", "Find a case", "My work", 'type="search"', "Larkfield", reverse("find"), reverse("work")):
        assert word not in page, word


@pytest.mark.parametrize("which", ["perpetrator", "fishing"])
def test_what_they_say_is_kept_and_attached_to_nothing(client, known, which):
    entries = Entry.objects.filter(case=known).count()
    _, call = calling.quiet(client, which, **TYPED)
    url = reverse("line_quiet", args=[call.pk])
    assert client.post(url, walk.hidden(client.get(url))).status_code == 422
    said = {"danger": "no", "words": "Says that he only wants to talk.", "threats": "I will find her.", "whereabouts": "Outside the library", "gave_programme": "on"}
    assert calling.fill(client, url, said).url == reverse("line")
    call.refresh_from_db()
    assert call.said["quiet"] == {key: said[key] for key in ("words", "threats", "whereabouts")} and call.said["caller"]["name"] == TYPED["name"]
    assert call.ended_at and call.signposts == ["programme"] and call.disclosure is None
    assert Entry.objects.filter(case=known).count() == entries
    page = client.get(reverse("line_call", args=[call.pk])).content.decode()
    assert "I will find her." in page and "Open notes" not in page and "Show the number" not in page and known.reference not in page
    assert client.get(url).url == reverse("line")


@pytest.mark.parametrize("which", ["perpetrator", "fishing"])
def test_nothing_is_opened_rung_back_or_returned_from_it(client, which):
    _, call = calling.quiet(client, which, **TYPED)
    assert client.post(reverse("line_open", args=[call.pk])).url == reverse("line_call", args=[call.pk])
    assert client.get(reverse("line_number", args=[call.pk])).status_code == 404
    for name in ("line_attempt", "line_end"):
        assert client.get(reverse(name, args=[call.pk])).url == client.post(reverse(name, args=[call.pk])).url == reverse("line_call", args=[call.pk])
    assert client.get(reverse("line_new"), {"returns": call.pk}).status_code == 404
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("facts", [{"caller": "perpetrator"}, {"is_fishing": True, "caller": "family"}])
def test_the_database_itself_opens_no_notes_from_it(client, facts):
    calling.send(client, calling.VICTIM, ("open", "yes"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.update(**facts)


def test_a_call_that_is_none_of_these_has_no_such_page(client):
    call = calling.take(client)
    assert client.get(reverse("line_quiet", args=[call.pk])).status_code == 404


def test_without_the_time_of_opening_the_screen_is_opened_anew_and_nothing_recorded(client):
    assert client.post(reverse("line_new"), {"quiet": "fishing", "name": "x"}).url == reverse("line_new")
    assert not Call.objects.exists()


def test_the_same_click_twice_is_one_record(client):
    shown = walk.hidden(calling.screen(client)) | {"quiet": "fishing"}
    assert client.post(reverse("line_new"), shown).url == client.post(reverse("line_new"), shown).url
    assert Call.objects.count() == 1
