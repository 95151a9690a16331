"""The case page in a real browser: reading how to reach somebody before ringing, failing, reaching them, and everything that is changed there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import chronology
from cases.models import Address, Case, Clock, Consent, ContactAttempt, Entry, SafeContact, Task
from cases.models.chronology import Audience
from tests.browser import PHONE, check, sign_in
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_desk(live_server, people, new_page):
    """A persona, signed in, on a case's page."""

    def opened(persona, case, **options):
        page = new_page(**options)
        sign_in(page, live_server.url, getattr(people, persona).email, PASSWORD)
        page.goto(f"{live_server.url}/cases/{case.reference}/")
        return page

    return opened


def hour_far_from_now():
    """A safe hour of each day that is not now."""
    hour = (timezone.localtime().hour + 12) % 24
    hour = min(max(hour, 1), 22)
    return [(day, hour, hour + 1) for day in range(7)]


def save(page, name="Save"):
    page.get_by_role("button", name=name, exact=True).click()


def back_on_the_case(page, case):
    page.wait_for_url(f"**/cases/{case.reference}/*")
    page.get_by_role("heading", level=1, name=f"Case {case.reference}", exact=True).wait_for()


def test_ringing_somebody(at_desk, a_case):
    case = a_case(windows=hour_far_from_now(), received_ago=timedelta(hours=41))
    page = at_desk("housing_officer", case)
    assert page.title() == f"Case {case.reference} - Waymark"
    assert "Not now" in page.inner_text("main") and "900123" not in page.inner_text("main").replace(" ", "")
    check(page, "case-not-now")

    page.get_by_role("link", name="Show the number (Telephone call)").click()
    page.get_by_role("heading", level=1, name="Read this first").wait_for()
    check(page, "case-number-before")
    save(page, "Show the number")
    page.locator(".govuk-error-summary").wait_for()
    check(page, "case-number-error")
    page.get_by_label("I have read that this is not safe to use now").check()
    save(page, "Show the number")
    page.get_by_text("07700 900123").wait_for()
    check(page, "case-number")
    page.get_by_role("button", name="Record a contact attempt").click()

    page.get_by_role("heading", level=1, name="Record a contact attempt").wait_for()
    check(page, "case-contact")
    save(page)
    page.locator(".govuk-error-summary").wait_for()
    assert page.title().startswith("Error: ")
    check(page, "case-contact-error")
    page.get_by_label("Someone else answered; ended the call").check()
    page.get_by_label("A child").check()
    page.get_by_label("Note").fill("A boy answered. I hung up.")
    save(page)
    page.locator(".govuk-error-summary").wait_for()
    assert "Say why it was used all the same" in page.inner_text(".govuk-error-summary")
    assert page.get_by_label("Note").input_value() == "A boy answered. I hung up."
    page.get_by_label("If the way or the time was not safe").fill("The school said that she had asked us to ring")
    save(page)
    page.get_by_role("heading", level=1, name="The attempt is recorded").wait_for()
    assert "End the call" in page.inner_text("main") and "When to try next" in page.inner_text("main")
    check(page, "case-contact-failed")
    assert ContactAttempt.objects.get().was_safe_route is False

    SafeContact.objects.filter(case=case).update(times="any")
    page.get_by_role("button", name="Back to the case").click()
    back_on_the_case(page, case)
    assert "Safe now" in page.inner_text("main")
    check(page, "case-safe-now")
    page.get_by_role("link", name="Record a contact attempt").first.click()
    page.get_by_label("Telephone call").first.check()
    page.get_by_label("Reached and spoke safely").check()
    page.get_by_label("No, that is still to come").check()
    page.get_by_label("Yes, they still are").check()
    save(page)
    page.get_by_role("heading", level=1, name="The attempt is recorded").wait_for()
    assert "Talk the situation through together" in page.inner_text("main")
    check(page, "case-contact-reached")
    assert list(Clock.objects.filter(case=case, stopped_at=None).values_list("kind", flat=True)) == ["discussion"]


def test_everything_else_on_the_page(at_desk, a_case, share, people):
    case = a_case(received_ago=timedelta(hours=60))
    share(case, "harbour_idva", "partner", worker="idva")
    now = timezone.now()
    Task.objects.create(
        case=case, agency=case.lead_agency, owner=people.housing_officer, kind="x", origin="x:1", title="Ring the school", why="Half term", due_at=now, raised_at=now
    )
    page = at_desk("housing_officer", case)
    assert "1 promise missed." in page.inner_text("main")
    check(page, "case-missed")

    page.get_by_role("link", name="Close this case").click()
    page.get_by_role("heading", level=1, name="This case cannot be closed yet").wait_for()
    check(page, "case-close-not-yet")
    page.get_by_role("link", name="Back to the case").last.click()

    page.get_by_role("link", name="Say why a promise was missed").click()
    check(page, "case-reason")
    save(page)
    page.locator(".govuk-error-summary").wait_for()
    check(page, "case-reason-error")
    page.get_by_label("Why was this promise missed?").fill("She was in hospital until this morning")
    save(page)
    back_on_the_case(page, case)
    page.get_by_role("link", name="Stop this promise").click()
    check(page, "case-stop")
    page.get_by_label("It is not needed").check()
    page.get_by_label("Say why").fill("The ward has talked it through with her")
    save(page, "Stop it")
    back_on_the_case(page, case)

    page.get_by_role("link", name="Ring the school").click()
    check(page, "case-task")
    page.get_by_label("It is done").check()
    page.get_by_label("What was done, or why it is not needed").fill("They will keep an eye on him")
    save(page)
    back_on_the_case(page, case)

    page.get_by_role("link", name="Add a note").click()
    assert "Will be read by: Northvale Borough Council Housing, Harbour IDVA Service." in page.inner_text("main")
    check(page, "case-note")
    save(page)
    page.locator(".govuk-error-summary").wait_for()
    check(page, "case-note-error")
    page.get_by_label("Heading").fill("At the ward")
    page.get_by_label("Note", exact=True).fill("She wants to go home.\nNot today.")
    page.get_by_label("The case's partners").check()
    save(page)
    back_on_the_case(page, case)
    page.get_by_role("link", name="Correct this entry (At the ward").click()
    check(page, "case-correct")
    page.get_by_label("Note", exact=True).fill("She wants to go home.\nTomorrow.")
    page.get_by_label("What was wrong?").fill("The day")
    save(page)
    back_on_the_case(page, case)
    page.get_by_role("link", name="Corrected: read the earlier wording").click()
    assert "Not today." in page.inner_text("main")
    check(page, "case-entry")
    page.get_by_role("link", name="Back to the case").click()

    page.get_by_role("link", name="Add a way of contact").click()
    check(page, "case-channel")
    save(page)
    page.locator(".govuk-error-summary").wait_for()
    check(page, "case-channel-error")
    page.get_by_label("Text message").first.check()
    page.get_by_label("Number, e-mail address or place").fill("07700 900777")
    page.locator('[name="is_safe"][value="yes"]').check()
    page.get_by_label("Only at these times").check()
    check(page, "case-channel-times")
    page.get_by_label("Monday").first.check()
    page.get_by_label("From").first.fill("9am")
    page.get_by_label("Until").first.fill("11am")
    page.get_by_label("Yes, with them, today").check()
    save(page)
    back_on_the_case(page, case)
    assert "Monday 9:00am to 11:00am" in page.inner_text("main")
    page.get_by_role("link", name="Change (Text message)").click()
    # The number stays hidden here too; an empty answer keeps it.
    assert page.get_by_label("Number, e-mail address or place").input_value() == ""
    assert "900777" not in page.inner_text("main").replace(" ", "")
    check(page, "case-channel-change")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="I have checked this with them (Text message)").click()
    check(page, "case-channel-checked")
    save(page, "Yes, with them, today")
    back_on_the_case(page, case)
    page.get_by_role("link", name="Stop using (Text message)").click()
    check(page, "case-channel-end")
    page.get_by_label("Why should this way of contact no longer be used?").fill("Changed")
    save(page, "Stop using it")
    back_on_the_case(page, case)

    page.get_by_role("link", name="Add a person").click()
    check(page, "case-person")
    page.get_by_label("Child", exact=True).check()
    page.get_by_label("Given names").fill("<i>Zoë</i> O’Dálaigh")
    page.get_by_label("Age, if the date of birth is not known").fill("6")
    save(page)
    back_on_the_case(page, case)
    assert "<i>Zoë</i> O’Dálaigh" in page.inner_text("main")
    page.get_by_role("link", name="New address (Marigold Thistlewood)").click()
    check(page, "case-address-new")
    page.get_by_label("Address", exact=True).fill("17 Nightjar Close")
    page.get_by_label("Postcode").fill("ZZ99 3VZ")
    day = timezone.localdate()
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.fill(f'[name="from_on_{part}"]', str(value))
    save(page)
    back_on_the_case(page, case)
    assert "Nightjar" not in page.inner_text("main") and "Protected address, in Bolsover." in page.inner_text("main")
    page.get_by_role("link", name="Show the address (Marigold Thistlewood)").click()
    assert "17 Nightjar Close" in page.inner_text("main")
    check(page, "case-addresses")
    page.get_by_role("link", name="Back to the case").click()

    page.get_by_role("link", name="Record what they said about sharing").click()
    check(page, "case-consent")
    page.get_by_label("Given", exact=True).check()
    save(page)
    page.locator(".govuk-error-summary").wait_for()
    page.get_by_label("For what, and with whom").fill("Housing and the IDVA")
    save(page)
    back_on_the_case(page, case)
    page.get_by_role("link", name="Change the stalking element").click()
    page.get_by_label("Yes", exact=True).check()
    check(page, "case-details")
    save(page)
    back_on_the_case(page, case)
    check(page, "case-full")

    page.get_by_role("link", name="Close this case").click()
    page.get_by_label("Duplicate").check()
    check(page, "case-close")
    page.get_by_label("What was done").fill("The other case of her goes on")
    page.get_by_label("My agency only").check()
    save(page, "Close the case")
    page.get_by_text("This case was closed on").wait_for()
    check(page, "case-closed")
    page.get_by_role("link", name="Open it again").click()
    page.get_by_label("Why is the case being opened again?").fill("She rang")
    page.locator('[name="is_new_report"][value="no"]').check()
    page.get_by_label("My agency only").check()
    check(page, "case-reopen")
    save(page, "Open the case again")
    back_on_the_case(page, case)
    assert Case.objects.get().is_open and Consent.objects.get().state == "given" and Address.objects.get().visibility == "confidential"


def test_two_people_at_once(at_desk, a_case):
    case = a_case()
    one, two = at_desk("housing_officer", case), at_desk("other_housing_officer", case)
    for page in (one, two):
        page.get_by_role("link", name="Record what they said about sharing").click()
        page.get_by_label("Given", exact=True).check()
    one.get_by_label("For what, and with whom").fill("What the first one wrote")
    two.get_by_label("For what, and with whom").fill("What the second one wrote")
    save(one)
    back_on_the_case(one, case)
    save(two)
    two.locator(".govuk-error-summary").wait_for()
    assert "What the first one wrote" in two.inner_text("main")
    assert two.get_by_label("For what, and with whom").input_value() == "What the second one wrote"
    check(two, "case-overtaken")
    save(two)
    back_on_the_case(two, case)
    assert list(Consent.objects.order_by("id").values_list("scope", flat=True)) == ["What the first one wrote", "What the second one wrote"]


def test_the_same_without_scripts_on_a_phone(at_desk, a_case, inside_gate):
    case = a_case()
    with inside_gate() as act:
        for number in range(30):
            chronology.record(act, case, "note", f"Entry {number}", text="x" * 200, audience=Audience.AGENCY, happened_at=act.at - timedelta(hours=number))
    page = at_desk("housing_officer", case, java_script_enabled=False)
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Show older entries").click()
    assert "Entry 29" in page.inner_text("main")
    page.get_by_role("link", name="Back to the case").click()
    page.get_by_role("link", name="Record a contact attempt").first.click()
    page.get_by_label("Telephone call").first.check()
    page.get_by_label("Reached and spoke safely").check()
    page.get_by_label("Yes, we talked it through").check()
    page.get_by_label("I did not ask").check()
    save(page)
    page.get_by_role("heading", level=1, name="The attempt is recorded").wait_for()
    assert "No promise is running on this case." in page.inner_text("main")
    assert not Clock.objects.filter(stopped_at=None).exists()


def test_what_somebody_else_said_is_checked_before_it_is_used(at_desk, a_case):
    case = a_case(received_ago=timedelta(hours=3))
    SafeContact.objects.filter(case=case).update(verified_at=None, verified_by=None, times="unknown")
    page = at_desk("housing_officer", case)
    assert "Said by someone else, not checked with them yet." in page.inner_text("main")
    check(page, "case-unchecked")
    page.get_by_role("link", name="Record a contact attempt").first.click()
    check(page, "case-contact-unchecked")
    page.get_by_label("They called us, or came to us").check()
    check(page, "case-contact-from-them")
    page.get_by_label("Yes, they made contact again after that").check()
    page.get_by_label("Reached and spoke safely").check()
    page.get_by_label("Yes, we talked it through").check()
    page.get_by_label("I did not ask").check()
    save(page)
    page.get_by_role("heading", level=1, name="The attempt is recorded").wait_for()
    assert "They called us, or came to us" in page.inner_text("main") and "Promise kept" in page.inner_text("main")
    page.get_by_role("button", name="Back to the case").click()
    back_on_the_case(page, case)
    page.get_by_role("link", name="Check with them: telephone call").click()
    check(page, "case-check-times")
    save(page, "Yes, with them, today")
    page.locator(".govuk-error-summary").wait_for()
    page.get_by_label("Any time").check()
    save(page, "Yes, with them, today")
    back_on_the_case(page, case)
    assert "Safe at any time." in page.inner_text("main")


def test_a_link_from_before_a_change_leads_back(at_desk, a_case):
    case = a_case()
    page = at_desk("housing_officer", case)
    contact = SafeContact.objects.get(case=case)
    contact.ended_at = timezone.now()
    contact.save()
    page.get_by_role("link", name="Show the number (Telephone call)").click()
    page.get_by_role("heading", level=1, name="This way of contact was taken out of use").wait_for()
    check(page, "case-number-gone")
    page.get_by_role("button", name="See how to contact them now").click()
    back_on_the_case(page, case)


def test_back_after_saving_does_nothing_twice(at_desk, a_case):
    case = a_case()
    page = at_desk("housing_officer", case)
    page.get_by_role("link", name="Add a note").click()
    page.get_by_label("Heading").fill("Once")
    page.get_by_label("Note", exact=True).fill("Only once")
    page.get_by_label("My agency only").check()
    save(page)
    back_on_the_case(page, case)
    page.go_back()
    page.get_by_label("Heading").wait_for()
    if page.get_by_label("Heading").input_value():
        save(page)
        back_on_the_case(page, case)
    assert Entry.objects.filter(title="Once").count() == 1


def test_what_others_see(at_desk, a_case, share):
    case = a_case()
    share(case, "harbour_idva", "summary")
    share(case, "valley_health", "partner")
    page = at_desk("idva", case)
    assert "Rufus" not in page.inner_text("main")
    check(page, "case-summary")
    page = at_desk("health_visitor", case)
    check(page, "case-partner")
    page.get_by_role("link", name="Show older entries").wait_for(state="detached")
    page = at_desk("outsider", case)
    page.get_by_role("heading", level=1).wait_for()
    assert case.reference not in page.inner_text("main")


def test_an_empty_case(at_desk, a_case):
    case = a_case(with_phone=False, with_child=False, clock=None)
    page = at_desk("housing_officer", case)
    assert "How to contact them safely is not recorded yet" in page.inner_text("main")
    assert "No promise is running." in page.inner_text("main") and "Nothing is recorded yet." in page.inner_text("main")
    check(page, "case-empty")
    page.get_by_role("link", name="Record a contact attempt").click()
    check(page, "case-contact-empty")
