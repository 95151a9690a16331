"""Visit notes in a real browser: from the first question to an open case, in a hurry, without scripts, and after being signed out."""

import pytest

from cases.models import Case, Party, SafeContact, SafeWindow
from referrals.models import Disclosure
from tests.browser import PHONE, check, sign_in
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer(live_server, people):
    """Signs the housing officer in on a page and goes to the notes."""

    def signed_in(page):
        sign_in(page, live_server.url, people.housing_officer.email, PASSWORD)
        page.goto(f"{live_server.url}/notes/")
        return page

    return signed_in


def save(page):
    page.get_by_role("button", name="Save and continue").last.click()


def refused(page, name, words):
    """Send the page as it is: refused in words at the top, with focus there, and beside the question."""
    save(page)
    page.locator(".govuk-error-summary").wait_for()
    assert words in page.inner_text(".govuk-error-summary")
    assert page.title() == "Error: Visit notes - Waymark"
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    check(page, f"notes-{name}-error")


def headed(page, words):
    page.get_by_role("heading", level=1, name=words).wait_for()
    assert page.title() == "Visit notes - Waymark"


def test_at_the_door(page, officer):
    officer(page)
    headed(page, "Log a disclosure")
    check(page, "notes-list-empty")
    page.get_by_role("button", name="Start a new disclosure").click()

    headed(page, "Is anyone in danger right now?")
    check(page, "notes-danger")
    refused(page, "danger", "Answer “Is anyone in danger right now?”")
    page.get_by_label("No", exact=True).check()
    save(page)

    headed(page, "How you heard of it")
    refused(page, "route", "How did you hear of it?")
    page.get_by_label("They told us themselves").check()
    page.get_by_label("The victim/survivor", exact=True).check()
    check(page, "notes-route")
    save(page)

    page.get_by_role("group", name="When did your agency first hear of this?").wait_for()
    check(page, "notes-received")
    day = page.get_by_label("Day", exact=True).input_value()
    page.get_by_label("Year").fill("2099")
    refused(page, "received", "must be today or in the past")
    assert page.get_by_label("Day", exact=True).input_value() == day
    page.get_by_label("Year").fill("2021")
    save(page)
    page.locator(".govuk-error-summary").get_by_role("link", name="more than a year ago").click()
    check(page, "notes-received-check-this")
    assert page.evaluate("document.activeElement.id") == "id_confirm"
    page.get_by_label("Yes, this is right").check()
    save(page)

    headed(page, "What happened")
    page.get_by_label("What were you told, or what did you see?").fill("He waits outside her work.\nShe said: <b>he has my keys</b>.")
    refused(page, "account", "Say who may read what you wrote")
    page.get_by_label("The agencies that the case is shared with").check()
    save(page)

    headed(page, "The victim/survivor")
    check(page, "notes-victim")
    refused(page, "victim", "Enter a name, or say who they are")
    page.get_by_label("First name").fill("Saoirse")
    page.get_by_label("Last name").fill("O’Dálaigh-Nwosu")
    page.get_by_label("Age, if you do not know").fill("19")
    page.get_by_label("Female").check()
    save(page)

    headed(page, "Where they live")
    page.get_by_label("Address", exact=True).fill("4 Plover Court")
    page.get_by_label("Postcode").fill("DE1")
    refused(page, "home", "Enter a full UK postcode")
    page.get_by_label("Postcode").fill("zz993vz")
    page.get_by_label("Area").select_option("Bolsover")
    save(page)

    headed(page, "Do you know of a way to reach them?")
    check(page, "notes-contact")
    page.get_by_label("Yes", exact=True).check()
    save(page)

    headed(page, "Ways to reach them")
    check(page, "notes-channels")
    refused(page, "channels", "Select how")
    page.get_by_label("How", exact=True).select_option("Telephone call")
    page.get_by_role("group", name="Is this safe?").get_by_label("Yes", exact=True).check()
    page.get_by_label("Yes, the victim/survivor told me or a colleague").check()
    page.get_by_label("Only at these times").check()
    check(page, "notes-channels-times")
    page.get_by_label("Number, e-mail address or place").fill("07700 900 982")
    page.get_by_role("group", name="Safe days", exact=True).get_by_label("Tuesday").check()
    page.get_by_label("From", exact=True).fill("12:00")
    page.get_by_label("To", exact=True).fill("1pm")
    page.get_by_label("Code word").fill("bluebell")
    page.get_by_role("button", name="Add another").click()
    page.get_by_role("heading", name="Way to reach them 2").wait_for()
    second = page.locator("#row-2")
    second.get_by_label("How", exact=True).select_option("Text message")
    second.get_by_label("Number, e-mail address or place").fill("07700 900 982")
    second.get_by_role("group", name="Is this safe?").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Add another").click()
    page.get_by_role("button", name="Remove way to reach them 3").click()
    page.locator("#row-3").wait_for(state="detached")
    assert second.get_by_label("How", exact=True).input_value() == "text"
    check(page, "notes-channels-two")
    save(page)

    headed(page, "The alleged perpetrator")
    assert not page.get_by_label("First name").is_visible()
    page.get_by_label("Yes", exact=True).first.check()
    refused(page, "perpetrator", "Enter the first or the last name")
    page.get_by_label("First name").fill("Saoirse")
    page.get_by_label("Last name").fill("O’Dálaigh-nwosu")
    save(page)
    assert "same name as the victim/survivor" in page.inner_text(".govuk-error-summary")
    page.get_by_label("First name").fill("Rufus")
    page.get_by_label("What are they to the victim/survivor?").select_option("Former partner")
    check(page, "notes-perpetrator")
    save(page)

    headed(page, "Are there children of either of them, or is one expected?")
    check(page, "notes-children")
    page.get_by_label("Yes", exact=True).check()
    save(page)

    headed(page, "Each child")
    refused(page, "each-child", "Has the child been born?")
    page.get_by_label("First name").fill("Juniper")
    page.get_by_label("Born", exact=True).check()
    page.get_by_label("Age, if you do not know").fill("1")
    check(page, "notes-each-child")
    save(page)

    headed(page, "Is there a stalking element?")
    check(page, "notes-stalking")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Save and come back later").click()

    headed(page, "Log a disclosure")
    check(page, "notes-list")
    page.get_by_role("link", name="Saoirse O’Dálaigh-Nwosu", exact=True).click()
    headed(page, "Did they agree")
    page.get_by_label("Given", exact=True).check()
    refused(page, "consent", "Say what they agreed to")
    page.get_by_label("What for, and with whom?").fill("Housing, and the IDVA service")
    check(page, "notes-consent")
    save(page)

    headed(page, "Check your answers")
    assert "<b>he has my keys</b>" in page.inner_text("main")
    check(page, "notes-check")
    page.get_by_role("link", name="Change (Stalking)").click()
    page.get_by_label("No", exact=True).check()
    save(page)
    headed(page, "Check your answers")
    page.get_by_role("button", name="Log it and open the case").click()

    headed(page, "Logged")
    case = Case.objects.get()
    assert case.reference in page.inner_text("main")
    assert "Talk the situation through together by" in page.inner_text("main")
    assert "missed already" in page.inner_text("main")
    check(page, "notes-logged")
    assert case.has_stalking_element is False
    assert [contact.is_safe for contact in SafeContact.objects.order_by("id")] == ["yes", "no"]
    assert SafeWindow.objects.count() == 1

    page.go_back()
    headed(page, "Logged")
    assert Case.objects.count() == 1
    page.get_by_role("link", name=f"Go to the case {case.reference}").click()
    page.get_by_role("heading", level=1, name=case.reference).wait_for()
    page.get_by_role("link", name="As it was first written down").click()
    headed(page, "As it was first written down")
    check(page, "notes-record")


def test_in_danger_on_a_phone_without_scripts(page_without_scripts, officer, live_server):
    page = officer(page_without_scripts)
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Start a new disclosure").click()
    page.get_by_label("Yes", exact=True).check()
    save(page)
    page.get_by_role("heading", name="Call 999 first").wait_for()
    assert "Call 999 now" in page.inner_text("main")
    page.get_by_label("Police incident number").fill("INC-0420-7")
    page.get_by_label("Log this now, the rest can wait").check()
    save(page)
    page.get_by_role("group", name="When did your agency first hear of this?").wait_for()
    save(page)
    page.get_by_label("If you do not know their name, who are they?").fill("Woman, top flat, 4 Plover Court")
    save(page)
    page.get_by_role("heading", name="What can wait").wait_for()
    page.get_by_role("button", name="Log it and open the case").click()
    page.get_by_role("heading", name="What is next").wait_for()
    disclosure = Disclosure.objects.get()
    assert (disclosure.immediate_danger, disclosure.police_incident_number) == (True, "INC-0420-7")

    page.goto(f"{live_server.url}/cases/{disclosure.case.reference}/first-notes/household/")
    page.get_by_label("Yes", exact=True).check()
    save(page)
    page.get_by_role("heading", name="Each child").wait_for()
    page.get_by_role("button", name="Add another").click()
    page.locator("#row-1").get_by_label("First name").fill("Juniper")
    page.locator("#row-1").get_by_label("Born", exact=True).check()
    page.locator("#row-2").get_by_label("Not born yet").check()
    save(page)
    page.get_by_role("heading", level=1, name=disclosure.case.reference).wait_for()
    assert Party.objects.filter(role="child").count() == 2


def test_in_danger_every_page_is_accessible(page, officer):
    officer(page)
    page.get_by_role("button", name="Start a new disclosure").click()
    page.get_by_label("Yes", exact=True).check()
    save(page)
    headed(page, "Call 999 first")
    check(page, "notes-emergency")
    refused(page, "emergency", "How do you want to go on?")
    page.get_by_label("Log this now").check()
    save(page)
    page.get_by_role("group", name="When did your agency first hear of this?").wait_for()
    save(page)
    page.get_by_label("First name").fill("Mari")
    save(page)
    headed(page, "Check your answers")
    check(page, "notes-check-in-danger")
    page.get_by_role("button", name="Log it and open the case").click()
    headed(page, "Logged")
    check(page, "notes-logged-in-danger")
    on_the_case(page)
    page.get_by_role("link", name="Say whether there is a safe way to reach them").click()
    headed(page, "Do you know of a way")
    check(page, "notes-rest")
    page.go_back()
    page.goto(page.url.replace("/logged/", "/discard/"))
    headed(page, "Logged")


def on_the_case(page):
    """The danger stands first on the case, asks for the number, and can be said to be over; then back to what was logged."""
    logged = page.url
    page.get_by_role("link", name="Go to the case").click()
    page.get_by_role("heading", level=2, name="Someone was in danger when this was reported").wait_for()
    check(page, "case-danger")
    page.get_by_role("link", name="Add the police incident number").first.click()
    page.get_by_role("heading", level=1, name="Add the police incident number").wait_for()
    page.get_by_label("Police incident number").fill("not yet")
    page.get_by_role("button", name="Save").click()
    page.locator(".govuk-error-summary").get_by_text("Enter the number only").wait_for()
    check(page, "case-danger-number-error")
    page.get_by_label("Police incident number").fill("INC-0420-7")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Police incident number: INC-0420-7.").wait_for()
    page.get_by_role("link", name="Say that this has been dealt with").click()
    page.get_by_role("heading", level=1, name="Has this been dealt with?").wait_for()
    check(page, "case-danger-settle")
    page.get_by_label("How do you know").fill("The police went there and took him away.")
    page.get_by_role("button", name="Yes, it has been dealt with").click()
    page.get_by_role("heading", name="Safe contact").wait_for()
    assert not page.get_by_role("heading", level=2, name="Someone was in danger").count()
    page.goto(logged)
    headed(page, "Logged")


def test_whoever_cannot_tell_is_shown_what_to_do_and_goes_back_to_the_same_draft(page, officer):
    officer(page)
    page.get_by_role("button", name="Start a new disclosure").click()
    page.get_by_label("I cannot tell").check()
    save(page)
    headed(page, "If in doubt, call 999 now")
    assert "press 55" in page.inner_text("main")
    check(page, "notes-emergency-doubt")
    page.go_back()
    headed(page, "Is anyone in danger right now?")
    page.get_by_label("No", exact=True).check()
    save(page)
    headed(page, "How you heard of it")
    assert Disclosure.objects.get().answers["danger"] == {"danger": "no"}


def test_two_people_on_one_page_and_one_discards(page, new_page, officer, live_server, people):
    officer(page)
    page.get_by_role("button", name="Start a new disclosure").click()
    page.get_by_label("No", exact=True).check()
    save(page)
    headed(page, "How you heard of it")
    page.get_by_label("Repairs").check()
    page.get_by_label("A neighbour").check()

    other = new_page()
    sign_in(other, live_server.url, people.housing_manager.email, PASSWORD)
    other.goto(page.url)
    other.get_by_label("A partner agency").check()
    other.get_by_label("Another agency").check()
    save(other)
    other.get_by_role("group", name="When did your agency first hear of this?").wait_for()

    save(page)
    page.get_by_role("heading", name="Dorian Whitlock saved this page while you were typing").wait_for()
    assert "A partner agency" in page.inner_text("[role=alert]")
    assert page.get_by_label("Repairs").is_checked()
    check(page, "notes-two-people")
    save(page)
    page.get_by_role("group", name="When did your agency first hear of this?").wait_for()
    assert Disclosure.objects.get().answers["route"]["route"] == "repairs"

    page.goto(f"{live_server.url}/notes/")
    page.get_by_role("link", name="Discard the draft").click()
    headed(page, "Discard this draft?")
    check(page, "notes-discard")
    page.get_by_label("Why?").fill("Begun twice")
    page.get_by_role("button", name="Discard").click()
    page.get_by_text("The draft was discarded").wait_for()
    assert Disclosure.objects.get().state == "discarded"


def test_signed_out_in_the_middle_of_a_page(page, officer, people):
    officer(page)
    page.get_by_role("button", name="Start a new disclosure").click()
    page.get_by_label("No", exact=True).check()
    save(page)
    headed(page, "How you heard of it")
    page.get_by_label("Repairs").check()
    page.get_by_label("A neighbour").check()
    page.get_by_label("Name of whoever reported it").fill("Mrs Ollerenshaw-Pryce, at number 6")
    page.context.clear_cookies(name="session")
    save(page)
    page.get_by_label("Email").fill(people.housing_officer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("You were signed out. What you had typed is below").wait_for()
    assert page.get_by_label("Repairs").is_checked()
    assert page.get_by_label("Name of whoever reported it").input_value() == "Mrs Ollerenshaw-Pryce, at number 6"
    check(page, "notes-held")
    save(page)
    page.get_by_role("group", name="When did your agency first hear of this?").wait_for()
    assert Disclosure.objects.get().answers["route"]["reported_by"].startswith("Mrs Ollerenshaw")
