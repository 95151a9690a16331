"""Somebody asks from a telephone, leaves in a hurry, comes back and sends it; nothing shows it again but to the line, which answers and opens notes."""

import pytest
from django.urls import reverse

from referrals.models import Disclosure, PublicRequest
from tests.browser import PHONE, check, sign_in
from tests.journeys.test_every_page import FOR_ANYBODY, send_empty
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
NEUTRAL = "https://www.bbc.co.uk/weather"


@pytest.fixture
def phone(new_page):
    """A telephone on which the neutral site is a page of our own: the browser of the tests talks to nobody."""

    def opened(**options):
        page = new_page(**options)
        page.set_viewport_size(PHONE)
        page.context.route(f"{NEUTRAL}**", lambda route: route.fulfill(content_type="text/html", body="<title>Weather</title><h1>Weather</h1>"))
        return page

    return opened


def fill(page):
    page.get_by_role("group", name="Is anybody in danger right now?").get_by_label("No", exact=True).check()
    page.get_by_label("For myself").check()
    page.get_by_label("Your first name, or any name").fill("Leocadia")
    page.get_by_label("Ring me").check()
    page.get_by_label("Telephone number").fill("07700 900417")
    page.get_by_role("group", name="Is it safe for us to reply?").get_by_label("Yes, at any time").check()
    page.get_by_label("What is happening").fill("He has my passport.")
    page.get_by_label("You may keep what I wrote").check()


@pytest.mark.parametrize("name", sorted(FOR_ANYBODY))
def test_each_page_for_anybody_is_looked_at(name, people, phone, live_server):
    page = phone()
    for place in ([1], [2], [3]) if name == "info_sent" else ([],):
        page.goto(live_server.url + reverse(name, args=place))
        assert page.title() == "Information"
        check(page, f"all-{name}-{place[0] if place else 0}")
    if name == "info_ask":
        send_empty(page, page.locator("main form"))
        page.locator(".govuk-error-summary").wait_for()
        assert page.title() == "Error: Information"
        check(page, "all-info_ask-error")


@pytest.mark.parametrize("how", ["button", "keys", "after an error"])
def test_leaving_shows_the_weather_and_back_never_shows_the_form(how, people, phone, live_server):
    page = phone()
    page.goto(live_server.url + reverse("info"))
    page.get_by_role("button", name="Ask in writing").click()
    page.get_by_label("What is happening").fill("He has my passport.")
    if how == "after an error":
        page.get_by_role("button", name="Send").click()
        page.locator(".govuk-error-summary").wait_for()
    if how == "keys":
        for _ in range(3):
            page.keyboard.press("Shift")
    else:
        page.get_by_role("button", name="Exit this page").click()
    page.wait_for_url(f"{NEUTRAL}**")
    assert not [one for one in page.context.cookies() if one["name"] in ("csrftoken", "session")]
    for _ in range(3):
        page.go_back()
        page.wait_for_timeout(300)
        assert page.url.startswith(NEUTRAL) or page.url == "about:blank", page.url
    page.goto(live_server.url + reverse("info_ask"))  # who asks for it anew is shown it, empty
    assert page.get_by_label("What is happening").input_value() == "" and page.get_by_role("heading", level=1, name="Ask in writing").is_visible()


def test_without_scripts_the_way_out_is_a_link_and_the_form_is_sent(people, phone, live_server):
    page = phone(java_script_enabled=False)
    page.goto(live_server.url + reverse("info_ask"))
    fill(page)
    page.get_by_role("button", name="Send").click()
    assert page.get_by_role("heading", level=1, name="It has been sent").is_visible() and "Leocadia" not in page.content()
    page.get_by_role("button", name="Exit this page").click()
    page.wait_for_url(f"{NEUTRAL}**")
    assert PublicRequest.objects.get().said["caller"]["value"] == "+447700900417"


def test_the_line_reads_it_answers_and_opens_notes(people, phone, new_page, live_server):
    asker = phone()
    asker.goto(live_server.url + reverse("info_ask"))
    fill(asker)
    asker.get_by_role("button", name="Send").click()
    asker.get_by_role("heading", level=1, name="It has been sent").wait_for()
    asker.go_back()
    assert asker.get_by_label("What is happening").input_value() == ""
    page = new_page()
    sign_in(page, live_server.url, people.call_handler.email, PASSWORD)
    page.get_by_role("link", name="Asked in writing: 1 waiting").click()
    page.get_by_role("link", name="read this").click()
    check(page, "asked-one")
    assert "900417" not in page.content()
    page.get_by_role("button", name="Show the number").click()
    assert page.get_by_text("07700 900417").is_visible()
    page.get_by_role("button", name="Record what happened").click()
    page.get_by_label("We talked").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Open notes").click()
    page.wait_for_url("**/notes/**")
    draft = Disclosure.objects.get()
    assert draft.answers["victim"]["given_name"] == "Leocadia" and PublicRequest.objects.get().end == "opened"
