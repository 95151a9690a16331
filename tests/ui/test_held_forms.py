"""What was typed into a form whose session had ended comes back to the same person, once, and to nobody else."""

import re
import time

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.test import Client
from django.utils import timezone

from ui import held_forms

PAGE = "/ui/examples/questions/"
TYPED = {"full_name": "Zoë O’Brien", "notes": "Line one\r\nline two", "ways": ["text", "call"], "password": "not to be kept"}


@pytest.fixture
def person(people):
    return people.housing_officer


@pytest.fixture
def colleague(people):
    return people.idva


def signed_in(user, **options):
    user.refresh_from_db()  # the personas' passwords were set behind these objects
    client = Client(**options)
    client.force_login(user)
    return client


def token_on(client, page=PAGE):
    found = re.search(rf'name="{held_forms.FIELD}" value="([^"]+)"', client.get(page).content.decode())
    return found[1]


def end_session(client):
    client.cookies.pop(settings.SESSION_COOKIE_NAME)


def send_after_the_session_ended(user, **changes):
    client = signed_in(user)
    data = TYPED | {held_forms.FIELD: token_on(client)} | changes
    end_session(client)
    return client, client.post(PAGE, {name: value for name, value in data.items() if value is not None})


def test_the_same_person_finds_it_once(person):
    client, answer = send_after_the_session_ended(person)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in/?next=%2Fui%2Fexamples%2Fquestions%2F&held=1"
    assert "You were signed out" in client.get(answer.headers["Location"]).content.decode()

    client.force_login(person)
    page = client.get(PAGE).content.decode()
    assert "You were signed out. What you had typed is below; check it and save." in page
    assert 'value="Zoë O’Brien"' in page
    assert "Line one\r\nline two" in page
    assert len(re.findall(r'value="(?:text|call)" checked', page)) == 2
    again = client.get(PAGE).content.decode()
    assert "Zoë" not in again
    assert "You were signed out" not in again


def test_at_another_desk_too(person):
    send_after_the_session_ended(person)
    assert "Zoë" in signed_in(person).get(PAGE).content.decode()


def test_another_person_finds_nothing_and_takes_nothing_away(person, colleague):
    send_after_the_session_ended(person)
    assert "Zoë" not in signed_in(colleague).get(PAGE).content.decode()
    assert "Zoë" in signed_in(person).get(PAGE).content.decode()


def test_another_page_finds_nothing(person):
    send_after_the_session_ended(person)
    assert "You were signed out" not in signed_in(person).get("/ui/examples/question/").content.decode()


def test_after_half_an_hour_it_is_gone(person, monkeypatch):
    assert held_forms.SECONDS == 30 * 60
    monkeypatch.setattr(held_forms, "SECONDS", 1)
    send_after_the_session_ended(person)
    time.sleep(1.2)
    assert "Zoë" not in signed_in(person).get(PAGE).content.decode()


@pytest.mark.parametrize("token", [None, "", "forged", "eyJ1c2VyIjoiMSJ9:1abc:signature"])
def test_without_the_signature_nothing_is_held(person, token):
    _, answer = send_after_the_session_ended(person, **{held_forms.FIELD: token})
    assert "held" not in answer.headers.get("Location", "")
    assert "Zoë" not in signed_in(person).get(PAGE).content.decode()


def test_a_token_signed_for_something_else_is_worth_nothing(person):
    forged = signing.dumps({"user": str(person.pk), "page": PAGE}, salt="another purpose")
    send_after_the_session_ended(person, **{held_forms.FIELD: forged})
    assert "Zoë" not in signed_in(person).get(PAGE).content.decode()


def test_an_old_form_is_not_trusted(person):
    client = signed_in(person)
    token = token_on(client)
    end_session(client)
    with time_machine.travel(timezone.now() + timezone.timedelta(hours=13)):
        client.post(PAGE, TYPED | {held_forms.FIELD: token})
    assert "Zoë" not in signed_in(person).get(PAGE).content.decode()


def test_what_is_held_is_sealed_and_leaves_passwords_out(person, _valkey):
    send_after_the_session_ended(person)
    sealed = [_valkey.get(key) for key in _valkey.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}*held-form*", count=1000)]
    assert sealed
    assert not any(b"Brien" in value or b"Line one" in value for value in sealed)
    request = type("Request", (), {"method": "GET", "user": person, "path": PAGE})()
    taken = held_forms.take(request)
    assert taken.getlist("ways") == ["text", "call"]
    assert "password" not in taken
    assert held_forms.FIELD not in taken
    with pytest.raises(AttributeError):
        taken["full_name"] = "changed"


def test_more_than_a_form_can_hold_is_not_held(person):
    _, answer = send_after_the_session_ended(person, notes="x" * (held_forms.LONGEST + 1))
    assert "held" not in answer.headers.get("Location", "")


def test_a_form_from_before_the_last_sign_in_is_given_back(person):
    """Two tabs: signing in again in one makes the other's form look forged."""
    client = signed_in(person, enforce_csrf_checks=True)
    token = token_on(client)
    answer = client.post(PAGE, TYPED | {held_forms.FIELD: token, "csrfmiddlewaretoken": "x" * 64})
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert "Zoë" in client.get(PAGE).content.decode()


def test_a_forged_form_of_someone_else_is_refused(person, colleague):
    token = token_on(signed_in(person))
    client = signed_in(colleague, enforce_csrf_checks=True)
    answer = client.post(PAGE, TYPED | {held_forms.FIELD: token})
    assert answer.status_code == 403
    assert "We could not accept that form" in answer.content.decode()
    assert "Zoë" not in signed_in(person).get(PAGE).content.decode()


def test_an_enhanced_request_is_sent_to_sign_in_as_a_whole_page(person):
    client = signed_in(person)
    token = token_on(client)
    end_session(client)
    answer = client.post(PAGE, TYPED | {held_forms.FIELD: token}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/sign-in/?next=")


def test_a_signed_in_person_is_not_held_up(person, _valkey):
    client = signed_in(person)
    answer = client.post("/ui/examples/question/", {"danger": "yes", held_forms.FIELD: token_on(client)})
    assert answer.json() == {"danger": True}
    assert not list(_valkey.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}*held-form*", count=1000))
