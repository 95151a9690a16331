"""The line in a real browser: by the keyboard alone, counted; and a message that was missed, returned late, and became a case."""

import re
from datetime import time, timedelta

import pytest
from django.utils import timezone

from cases.models import Case
from referrals.models import Call, Disclosure, OpeningHours, Promise
from tests.browser import check, sign_in
from tests.personas import PASSWORD
from ui.times import LONDON

pytestmark = pytest.mark.django_db(transaction=True)
# What docs/calls.md says. A key held with another counts as one press; letters that are typed of names and words are not counted.
TO_LOG, TO_NOTES = 4, 4


def alt(page, key):
    """Alt and a key, as a keyboard sends it. Playwright's own press leaves out the letter, without which no browser knows an access key."""
    session = page.context.new_cdp_session(page)
    code = f"Digit{key}" if key.isdigit() else f"Key{key.upper()}"
    common = {"modifiers": 1, "key": key, "code": code, "windowsVirtualKeyCode": ord(key.upper())}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": key, "unmodifiedText": key, **common})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **common})
    session.detach()


class Keyboard:
    """A keyboard and nothing else: each press is counted, what is typed in a box is not."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    def press(self, key):
        self.presses += 1
        self.page.keyboard.press(key)

    def alt(self, key):
        self.presses += 1
        alt(self.page, key)

    def type(self, text):
        self.page.keyboard.type(text)


@pytest.fixture
def handler(live_server, people):
    """Signs the call handler in on a page: they land on the board."""

    def signed_in(page):
        sign_in(page, live_server.url, people.call_handler.email, PASSWORD)
        page.get_by_role("heading", level=1, name="Line").wait_for()
        assert page.title() == "Line - Waymark"
        return page

    return signed_in


@pytest.mark.parametrize("scripts", [True, False])
def test_a_call_is_logged_by_the_keyboard_alone(new_page, handler, scripts):
    page = handler(new_page(java_script_enabled=scripts))
    keys = Keyboard(page)
    keys.alt("c")
    page.get_by_role("heading", level=1, name="A call").wait_for()
    keys.alt("2")
    keys.alt("5")
    keys.press("Enter")
    page.get_by_role("alert").get_by_text("The call is logged.").wait_for()
    call = Call.objects.get()
    assert (call.danger, call.caller, call.outcome) == ("no", "family", "")
    assert keys.presses == TO_LOG


def test_notes_are_opened_by_the_keyboard_alone_with_everything_that_was_said(page, handler):
    handler(page)
    keys = Keyboard(page)
    keys.alt("c")
    page.get_by_role("heading", level=1, name="A call").wait_for()
    keys.alt("2")
    keys.alt("4")
    for key, text in (("n", "Saoirse Nwosu"), ("p", "07700 900123"), ("w", "He waits outside her work.")):
        alt(page, key)
        keys.type(text)
    keys.alt("o")
    page.get_by_role("heading", level=1, name="What happened").wait_for()
    assert page.get_by_label("What were you told, or what did you see?").input_value() == "He waits outside her work."
    draft = Disclosure.objects.get()
    assert draft.answers["victim"] == {"given_name": "Saoirse", "family_name": "Nwosu"} and draft.answers["channels"]["rows"][0]["value"] == "+447700900123"
    assert keys.presses == TO_NOTES


def test_the_alleged_perpetrator_is_one_press_away_and_learns_nothing(page, handler):
    handler(page)
    alt(page, "c")
    page.get_by_role("heading", level=1, name="A call").wait_for()
    alt(page, "n")
    page.keyboard.type("Rufus Blackwater")
    alt(page, "9")
    page.get_by_role("heading", level=1, name="They want to know where somebody is").wait_for()
    check(page, "line-fishing")
    assert "Rufus" not in page.content() and page.get_by_role("navigation").count() == 0 and page.locator("main a[href^='/']").count() == 0


def test_a_missed_message_is_returned_late_and_becomes_a_case(page, handler, people):
    now = timezone.now()
    # A line that is answered round the clock, so that the story holds whenever it is told.
    OpeningHours.objects.create(
        agency=people.agency("county_helpline"), effective_from=now - timedelta(days=9), days=list(range(7)), opens=time(0), closes=time(0), on_bank_holidays=True,
        other_line="County line", reason="A test", set_at=now, set_by=people.call_handler,
    )
    handler(page)
    left = (now - timedelta(hours=2)).astimezone(LONDON)
    alt(page, "c")
    page.get_by_label("A message was left").check()
    for label, value in (("Day", left.day), ("Month", left.month), ("Year", left.year), ("Time", f"{left:%H:%M}")):
        page.get_by_label(label, exact=True).fill(str(value))
    page.get_by_role("radio", name="The victim/survivor", exact=True).check()
    page.get_by_label("Caller’s name").fill("Mari Thistle")
    page.get_by_label("Number to reach them").fill("07700 900456")
    page.get_by_role("group", name="Is it safe to ring this number?").get_by_label("Yes, at any time").check()
    check(page, "line-message")
    page.get_by_role("button", name="Log the call").first.click()

    page.get_by_text(re.compile("1 hour.* overdue|1 hour overdue")).first.wait_for()
    page.get_by_role("link", name="return this call").click()
    assert "900456" not in page.content() and "Leave no voicemail." in page.inner_text("main")
    page.get_by_role("button", name="Show the number").click()
    page.get_by_text("07700 900456").wait_for()
    page.get_by_role("button", name="Record what happened").click()
    page.get_by_label("We talked").check()
    page.get_by_role("button", name="Save").click()
    page.locator(".govuk-error-summary").get_by_text("The promise was missed. Say why").wait_for()
    page.get_by_label("If it is late: why?").fill("One of us for three telephones.")
    page.get_by_role("button", name="Save").click()

    page.get_by_role("heading", level=1, name="The call back").wait_for()
    assert page.get_by_label("Caller’s name").input_value() == "Mari Thistle"
    alt(page, "2")
    page.get_by_label("What they say").fill("She wants to leave before the weekend.")
    alt(page, "o")

    def go_on(heading):
        page.get_by_role("button", name="Save and continue").last.click()
        page.get_by_role("heading", level=1, name=heading).wait_for()

    page.get_by_role("heading", level=1, name="What happened").wait_for()
    page.get_by_label("The agencies that the case is shared with").check()
    go_on("Where they live")
    go_on("The alleged perpetrator")
    page.get_by_label("No", exact=True).first.check()
    page.get_by_label("Why not?").fill("It was not safe to ask.")
    go_on("Are there children")
    page.get_by_label("No", exact=True).check()
    go_on("Is there a stalking element?")
    page.get_by_label("Not known").check()
    page.get_by_role("button", name="Save and continue").last.click()
    page.get_by_role("group", name="Did they agree").get_by_role("radio").first.check()
    page.get_by_label("What for, and with whom?").fill("Housing")
    page.get_by_role("button", name="Save and continue").last.click()
    page.get_by_role("heading", level=1, name="Check").wait_for()
    page.get_by_role("button", name="Log", exact=False).last.click()
    page.wait_for_url("**/logged/")

    case, promise = Case.objects.get(), Promise.objects.get()
    assert case.pathway == "helpline" and case.parties.get(role="victim").person.given_name == "Mari"
    assert promise.outcome == "met" and promise.is_breached(timezone.now())
    message = Call.objects.get(result="message")
    assert message.callback_reason == "One of us for three telephones." and message.returned_in.get().disclosure.case == case
