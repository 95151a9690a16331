"""Anybody may ask in writing without an account; nothing that was sent is ever shown there again, and only the line that receives it reads it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from audit.models import Event
from referrals.asking import flood
from referrals.models import Disclosure, Promise, PublicRequest
from tests.referrals import asking
from tests.referrals.walk import hidden

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
PAGES = ["info", "info_next", "info_formats", "info_device", "info_change", "info_ask"]
DESK = ["asked_one", "asked_number", "asked_attempt", "asked_end"]


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(SENT, tick=False) as clock:
        yield clock


@pytest.fixture
def nobody(people):
    return Client()


def test_what_is_sent_belongs_to_the_line_and_its_promise_starts(nobody, people):
    found = asking.ask(nobody)
    promise = Promise.objects.get()
    assert (found.agency.slug, found.who, found.safe, found.said["caller"]["value"]) == ("county_helpline", "self", "any", "+447700900123")
    assert (promise.kind, promise.about, promise.agency, promise.owner, promise.due_at) == ("asked", found.about, found.agency, None, SENT + timedelta(hours=4))
    assert "Waymark’s default" in promise.basis


def test_out_of_hours_the_time_runs_from_the_next_opening(nobody, friday):
    friday.move_to(datetime(2026, 3, 20, 19, 0, tzinfo=UTC))
    found = asking.ask(nobody)
    assert found.due_at == datetime(2026, 3, 23, 12, 0, tzinfo=UTC) and "the next opening" in found.basis and not found.is_in_hours


def test_nothing_identifying_stands_in_clear_or_in_the_log(nobody):
    asking.ask(nobody)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM referrals_publicrequest r")
        row = cursor.fetchone()[0]
    line = Event.objects.get(verb="asked.send")
    told = f"{row} {line.actor} {line.subject} {line.before} {line.after} {line.reason}"
    assert not [word for word in ("Saoirse", "900123", "waits", "Sersh", "127.0.0.1") if word in told]
    assert line.actor == "system:public" and line.channel == "public"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_for_anybody_names_nothing_keeps_nothing_and_has_its_exit(page, nobody):
    answer = nobody.get(reverse(page))
    html = answer.content.decode()
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store" and "noindex" in answer["X-Robots-Tag"]
    assert re.search(r"<title>(.*?)</title>", html)[1] == "Information" and 'rel="icon" href="data:,"' in html and "Waymark" not in html
    exits = re.findall(r'<a href="https://www\.bbc\.co\.uk/weather"[^>]*rel="nofollow noreferrer"', html)
    assert len(exits) == 2 and html.index("<header>") < html.index("exit-this-page-skiplink") < html.index('id="main-content"') < html.index("Emergency")
    assert set(answer.cookies) <= {"csrftoken"} and "session" not in nobody.cookies


def test_the_line_and_its_hours_are_shown_and_a_number_only_where_there_is_one(nobody, settings):
    settings.PUBLIC_LINE = "0808 157 0192"
    html = nobody.get(reverse("info")).content.decode()
    assert 'href="tel:08081570192"' in html and "Monday to Friday, 8:00am to 6:00pm" in html and "Out-of-hours line" in html
    settings.PUBLIC_LINE = ""
    assert "tel:" not in nobody.get(reverse("info")).content.decode()


def test_who_harms_learns_nothing_of_where_others_get_help(nobody, settings):
    html = nobody.get(reverse("info_change")).content.decode()
    assert settings.PUBLIC_LINE not in html and not re.search(r'href="/info/', html)


@pytest.mark.parametrize(("field", "changed"), [
    ("danger", {"danger": ""}), ("who", {"who": ""}), ("name", {"name": ""}), ("reach_by", {"reach_by": ""}), ("number", {"number": ""}), ("number", {"number": "12"}),
    ("mobile", {"reach_by": "text"}), ("email", {"reach_by": "email"}), ("email", {"reach_by": "email", "email": "somewhere"}), ("safe", {"safe": ""}),
    ("they_know", {"who": "other"}), ("agree", {"agree": ""}), ("account", {"account": "x" * 4001}), ("formats", {"formats": ["gold"]}), ("area", {"area": "moon"}),
    ("name", {"name": "a\0b"}), ("name", {"name": "n" * 121}), ("safe", {"safe": "perhaps"}),
])
def test_what_is_wrong_stands_beside_its_question_and_nothing_is_lost(nobody, field, changed):
    answer = asking.send(nobody, **changed)
    html = answer.content.decode()
    assert answer.status_code == 422 and field in answer.context["form"].errors and f'id="id_{field}-error"' in html
    assert "<title>Error: Information</title>" in html and "govuk-error-summary" in html
    assert "account" in changed or "He waits outside her work." in html
    assert not PublicRequest.objects.exists()


def test_what_nobody_asked_about_any_more_is_dropped(nobody):
    found = asking.ask(nobody, reach_by="none", safe="any", who="self", about_name="Mari", organisation="School", mobile="nonsense")
    assert found.safe == "no" and "value" not in found.said["caller"] and "about" not in found.said and "organisation" not in found.said["caller"]


@pytest.mark.parametrize(("changed", "way", "words"), [
    ({}, 1, "gets in touch in the way that you chose."), ({"safe": "windows"}, 2, "only at the times that you named"), ({"safe": "no"}, 3, "Nobody will ring or write to you"),
    ({"reach_by": "none", "safe": ""}, 3, "Nobody will ring"), ({"reach_by": "text", "mobile": "07700 900123", "safe": "unknown"}, 3, "Nobody will ring"),
    ({"safe": "unknown"}, 1, "gets in touch"),
])
def test_after_sending_it_says_what_happens_next_and_nothing_that_was_sent(nobody, changed, way, words):
    answer = asking.send(nobody, **changed)
    assert answer["Location"] == reverse("info_sent", args=[way])
    html = nobody.get(answer["Location"]).content.decode()
    assert words in html and "Saoirse" not in html and "Ring 999" in html
    assert not [part for part in ("Saoirse", "900123", "waits") if part in nobody.get(reverse("info_ask")).content.decode()]
    assert nobody.get("/info/sent/4/").status_code == 404


def test_sent_twice_it_makes_one_and_what_was_changed_before_is_not_dropped(nobody):
    typed = {**hidden(nobody.get(reverse("info_ask"))), **asking.SELF}
    first, second = (nobody.post(reverse("info_ask"), typed) for _ in range(2))
    assert first["Location"] == second["Location"] and PublicRequest.objects.count() == Promise.objects.count() == 1
    nobody.post(reverse("info_ask"), typed | {"account": "Now he is at the door."})
    assert PublicRequest.objects.count() == 2


def test_a_flood_is_refused_in_plain_words_with_the_number_and_keeps_no_address(nobody, settings):
    settings.PUBLIC_SENDS_AN_HOUR, settings.PUBLIC_LINE = 3, "0808 157 0192"
    for _ in range(3):
        assert asking.send(nobody).status_code == 302
    answer = asking.send(nobody)
    assert answer.status_code == 429 and answer["Retry-After"] == "3600" and "0808 157 0192" in answer.content.decode()
    assert nobody.get(reverse("info_ask")).status_code == 200 and PublicRequest.objects.count() == 3
    assert asking.send(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_an_hour_that_ends_between_two_counts_begins_anew(nobody, monkeypatch, rf):
    def gone(key):
        raise ValueError

    monkeypatch.setattr(flood.cache, "incr", gone)
    assert not flood.is_too_many(rf.post("/"))


def test_a_program_that_fills_what_nobody_sees_is_refused_and_a_person_can_send_again(nobody):
    answer = asking.send(nobody, subject="Buy now")
    html = answer.content.decode()
    assert answer.status_code == 422 and "We could not tell that a person sent this" in html and "Buy now" not in html and "He waits outside her work." in html
    assert re.search(r"<div hidden><label[^>]*>[^<]*</label><input[^>]*tabindex=\"-1\"", html)


def test_it_takes_no_form_from_elsewhere(people):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("info_ask"), asking.SELF).status_code == 403


@pytest.mark.parametrize("once", ["", "not-one", "1" * 500])
def test_a_form_that_lost_its_token_says_so(nobody, once):
    assert asking.send(nobody, once=once).status_code == 422


def test_where_nobody_runs_a_line_it_says_to_ring(nobody):
    Agency.objects.filter(type="helpline").update(is_active=False)
    html = nobody.get(reverse("info_ask")).content.decode()
    assert "Please ring" in html and "<form" not in html
    assert nobody.post(reverse("info_ask"), asking.SELF).status_code == 200 and not PublicRequest.objects.exists()


def test_html_is_words(nobody, client_for):
    found = asking.ask(nobody, name="<b>x</b>", account="<script>alert(1)</script>", when="<i>", safe="windows")
    html = client_for("call_handler").get(reverse("asked_one", args=[found.pk])).content.decode()
    assert "<script>alert" not in html and "&lt;script&gt;" in html and "&lt;b&gt;" in html


@pytest.mark.parametrize("persona", ["outsider", "superuser", "idva", "housing_officer", "marac_coordinator", "commissioner", None])
def test_nobody_else_gets_anything_of_it(nobody, client_for, persona):
    found = asking.ask(nobody)
    client = client_for(persona) if persona else nobody
    for name in DESK:
        answer = client.get(reverse(name, args=[found.pk]))
        assert answer.status_code in ((302,) if persona is None else (403, 404)) and "Saoirse" not in answer.content.decode()
    assert client.post(reverse("asked_open", args=[found.pk])).status_code in ((302,) if persona is None else (403, 404))
    assert not Disclosure.objects.exists()


def test_of_another_line_it_is_not_there(nobody, client_for):
    found = asking.ask(nobody)
    PublicRequest.objects.update(agency=Agency.objects.get(slug="eastmoor_housing"))
    handler = client_for("call_handler")
    assert [handler.get(reverse(name, args=[found.pk])).status_code for name in DESK] == [404] * 4
    assert handler.post(reverse("asked_open", args=[found.pk])).status_code == 404
    assert "Nothing waits" in handler.get(reverse("asked")).content.decode()
