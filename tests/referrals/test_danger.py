"""Somebody may be in danger while this is being written: what the pages show first, and whom they hold up."""


import pytest
from django.urls import reverse

from cases.models import Case
from referrals.models import Disclosure
from tests.referrals import walk

pytestmark = pytest.mark.django_db

@pytest.fixture
def client(client_for):
    return client_for("housing_officer")


@pytest.mark.parametrize(("danger", "heading"), [("yes", "Call 999 first"), ("not_known", "If in doubt, call 999 now")])
def test_whoever_may_be_in_danger_sees_all_of_what_to_do(client, danger, heading):
    draft = walk.start(client, danger)
    page = client.get(walk.page_url(draft, "emergency")).content.decode()
    for words in (heading, "Call 999 now", "press 55", "Ask the police for the incident number", "Log this now, the rest can wait"):
        assert words in page, words


def test_nobody_in_danger_is_not_asked(client):
    draft = walk.start(client, "no")
    assert client.get(walk.page_url(draft, "emergency")).status_code == 302


def test_only_a_yes_must_say_how_to_go_on(client):
    assert walk.send(client, walk.start(client, "yes"), "emergency", {}).status_code == 422
    draft = walk.start(client, "not_known")
    assert walk.send(client, draft, "emergency", {}).url == walk.page_url(draft, "route")
    assert walk.send(client, draft, "emergency", {"pace": "perhaps"}).status_code == 422


def test_whoever_cannot_tell_may_log_at_once_too(client):
    answers = {"emergency": {"pace": "log_now", "police_incident_number": "INC-0420-7"}, "victim": {"given_name": "Mari"}}
    disclosure = walk.log(client, answers, danger="not_known")
    assert set(disclosure.answers) == {"danger", "emergency", "received", "victim"}
    assert (disclosure.immediate_danger, disclosure.police_incident_number) == (None, "INC-0420-7")


def test_a_draft_from_before_this_page_was_shown_to_whoever_cannot_tell_is_not_held_back(client):
    draft = walk.fill(client, walk.SHORT, danger="not_known")
    kept = Disclosure.objects.get(reference=draft)
    del kept.answers["emergency"]
    kept.save(update_fields=["answers"])
    url = reverse("disclosure_check", args=[draft])
    listed = client.get(reverse("disclosures")).content.decode()
    assert f'href="{url}"' in listed  # nothing is left but the check
    checked = client.get(url)
    assert "Still to answer" not in checked.content.decode()
    assert client.post(url, walk.hidden(checked)).url == reverse("disclosure_logged", args=[draft])


def test_a_draft_that_stopped_at_the_danger_goes_on_with_what_to_do_about_it(client):
    draft = walk.start(client, "not_known")
    assert f'href="{walk.page_url(draft, "emergency")}"' in client.get(reverse("disclosures")).content.decode()


@pytest.mark.parametrize("danger", ["yes", "not_known"])
def test_danger_said_at_the_end_brings_what_to_do_first(client, danger):
    draft = walk.fill(client, walk.SHORT)
    changed = walk.send(client, draft, "danger", {"danger": danger}, query="?to=check")
    assert changed.url.startswith(walk.page_url(draft, "emergency"))


def test_the_api_takes_not_known_without_the_page_and_yes_only_with_it(client_for):
    from tests.referrals.test_api import FULL, URL

    def send(**pages):
        answers = {code: one for code, one in (FULL | {"contact": {"any": "no"}, "received": {"received_at": "2026-03-18T10:20:00Z"}} | pages).items() if code != "channels"}
        return client_for("health_visitor").post(URL, {"answers": answers}, content_type="application/json")

    assert send(danger={"danger": "not_known"}).status_code == 201
    assert send(danger={"danger": "not_known"}, emergency={"police_incident_number": "INC-9"}).status_code == 201
    refused = send(danger={"danger": "yes"})
    assert (refused.status_code, set(refused.json()["answers"])) == (400, {"emergency"})
    assert send(danger={"danger": "yes"}, emergency={"police_incident_number": "INC-9"}).json()["answers"]["emergency"]["pace"]
    assert [one.immediate_danger for one in Disclosure.objects.all()] == [None, None]


# --- going back to the first question

def test_going_back_to_the_first_question_comes_back_to_the_same_draft(client):
    first = client.get(reverse("disclosure_new")).url
    form = walk.hidden(client.get(first)) | {"danger": "no"}
    client.post(first, form)
    draft = Disclosure.objects.get().reference
    assert client.get(first).url == walk.page_url(draft, "danger")
    # A browser that shows its own copy of the page sends the same form again: what it says now counts.
    assert client.post(first, form | {"danger": "yes"}).url == walk.page_url(draft, "emergency")
    assert Disclosure.objects.get().answers["danger"] == {"danger": "yes"}


def test_starting_again_is_another_draft(client):
    for _ in range(2):
        walk.start(client)
    assert Disclosure.objects.count() == 2


def test_going_back_does_not_overwrite_what_somebody_else_said_meanwhile(client, client_for):
    first = client.get(reverse("disclosure_new")).url
    form = walk.hidden(client.get(first)) | {"danger": "no"}
    client.post(first, form)
    draft = Disclosure.objects.get().reference
    walk.send(client_for("housing_manager"), draft, "danger", {"danger": "yes"})
    late = client.post(first, form)
    assert late.status_code == 409
    assert "Dorian Whitlock saved this page" in late.content.decode()
    assert Disclosure.objects.get().answers["danger"] == {"danger": "yes"}


def test_going_back_after_logging_leads_to_the_case(client):
    first = client.get(reverse("disclosure_new")).url
    form = walk.hidden(client.get(first)) | {"danger": "no"}
    client.post(first, form)
    draft = Disclosure.objects.get().reference
    for code in ("route", "received", "account", "victim", "home", "contact", "perpetrator", "children", "stalking", "consent"):
        walk.send(client, draft, code, (walk.YES | walk.SHORT)[code])
    url = reverse("disclosure_check", args=[draft])
    client.post(url, walk.hidden(client.get(url)))
    logged = reverse("disclosure_logged", args=[draft])
    assert client.post(first, form).url == logged
    assert client.get(client.get(first).url).url == logged
    assert Case.objects.count() == Disclosure.objects.count() == 1


def test_the_token_of_somebody_elses_beginning_leads_nowhere(client, client_for):
    first = client.get(reverse("disclosure_new")).url
    form = walk.hidden(client.get(first)) | {"danger": "no"}
    client.post(first, form)
    other = client_for("housing_manager")
    assert other.get(first).status_code == 200
    assert other.post(first, form | walk.hidden(other.get(first))).url == reverse("disclosures")
    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize("token", ["", "x", "%00", "9" * 400])
def test_a_token_that_is_none_begins_anew(client, token):
    assert client.get(reverse("disclosure_new") + f"?form={token}").url.startswith(reverse("disclosure_new") + "?form=")
