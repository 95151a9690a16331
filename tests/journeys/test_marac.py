"""From a draft that signing prepared to the list on paper: the specialist completes it, the coordinator returns, accepts and lists it, in a real browser."""

import re
from datetime import timedelta

import pypdfium2
import pytest
from django.utils import timezone

from marac.models import Referral
from tests.browser import check, sign_in
from tests.marac.conftest import desk, same_people, signed  # noqa: F401 - fixtures
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def _save(page):
    page.get_by_role("button", name="Save and continue").click()


def _fill_date(page, name, at):
    for part, value in (("day", at.day), ("month", at.month), ("year", at.year)):
        page.locator(f"#id_{name}_{part}").fill(str(value))


def test_a_high_risk_is_referred_decided_listed_and_printed(live_server, new_page, a_case, signed, desk, people, tmp_path):  # noqa: F811
    case, other = a_case(given_name="Briony", family_name="O’Sullivan-Rétif"), a_case(family_name="Alreadylisted")
    signed(case, basis="judgement", score=11, suggested="medium", rationale="Strangulation last week and he has the new address of her mother.")

    # --- the specialist finds what signing prepared, completes it and sends it
    page = new_page()
    sign_in(page, live_server.url, "specialist_da_officer@example.org", PASSWORD)
    page.goto(f"{live_server.url}/cases/{case.reference}/")
    check(page, "marac-case-page")
    page.get_by_role("link", name="Check and send the MARAC referral").click()
    page.get_by_role("heading", name="Still needed before it can be sent").wait_for()
    check(page, "marac-referral-incomplete")
    page.get_by_role("link", name="Change Why it is referred").click()
    _fill_date(page, "incident_on", timezone.localdate() + timedelta(days=3))
    page.get_by_label("What has happened, and why now?").fill("He waited at the school gate on Monday. <script>alert(1)</script>")
    _save(page)
    page.get_by_text("There is a problem").wait_for()
    check(page, "marac-criteria-error")
    _fill_date(page, "incident_on", timezone.localdate() - timedelta(days=3))
    _save(page)

    page.get_by_role("link", name="Say whether the victim/survivor knows about the referral.").first.click()
    check(page, "marac-sharing")
    page.get_by_role("group", name="Does the victim/survivor know about the referral?").get_by_role("radio", name="No", exact=True).check()
    page.locator("#id_not_aware_reason").fill("He reads her messages")
    page.get_by_label("Not asked: it was not safe to ask").check()
    _save(page)
    page.get_by_text("choose another lawful basis").wait_for()
    page.get_by_role("link", name="Say why sharing is necessary.").click()
    page.get_by_label("Life at risk").check()
    page.get_by_label("Why is sharing necessary?").fill("Only together can the agencies keep her alive this week")
    page.get_by_label("What risk do you believe there is").fill("He may kill her; sharing protects her and the child")
    _save(page)
    page.get_by_role("link", name="Change In the victim/survivor’s own words").click()
    page.get_by_label("Who is the victim/survivor afraid of").fill("Him, and what his brother would do")
    check(page, "marac-voice")
    _save(page)
    page.get_by_role("heading", name="Send it").wait_for()
    check(page, "marac-referral-complete")
    assert "Vale Police" in page.locator("main").inner_text()
    page.get_by_role("button", name="Send the referral").click()
    page.get_by_text("The referral is sent.").wait_for()
    check(page, "marac-referral-sent")

    # --- the coordinator returns it, gets it back, accepts it
    planned = desk.meeting(days=40)
    desk.listed(other, on=planned)
    at_the_desk = new_page()
    sign_in(at_the_desk, live_server.url, "marac_coordinator@example.org", PASSWORD)
    at_the_desk.goto(f"{live_server.url}/meetings/")
    check(at_the_desk, "marac-desk")
    assert at_the_desk.title() == "Meetings - Waymark"
    at_the_desk.get_by_role("link", name=case.reference).click()
    check(at_the_desk, "marac-listing")
    assert "07700" not in at_the_desk.content()
    at_the_desk.get_by_role("button", name="Decide").click()
    at_the_desk.get_by_label("Return it for information").check()
    at_the_desk.get_by_role("button", name="Save the decision").click()
    at_the_desk.get_by_text("There is a problem").wait_for()
    check(at_the_desk, "marac-decision-error")
    at_the_desk.get_by_label("Which information is needed?").fill("Which school does the child go to?")
    at_the_desk.get_by_role("button", name="Save the decision").click()
    at_the_desk.get_by_text("Returned. The referrer is told.").wait_for()

    page.goto(f"{live_server.url}/notices/")
    page.get_by_role("link", name="Your MARAC referral came back").wait_for()
    page.goto(f"{live_server.url}/cases/{case.reference}/")
    page.get_by_role("link", name="Answer the MARAC coordinator").click()
    page.get_by_text("Which school does the child go to?").first.wait_for()
    check(page, "marac-referral-returned")
    page.get_by_role("link", name="Change Why it is referred").click()
    page.get_by_label("What has happened, and why now?").fill("He waited at the gate of Willow Primary on Monday.")
    _save(page)
    page.get_by_role("button", name="Send the referral").click()
    page.get_by_text("The referral is sent.").wait_for()

    at_the_desk.reload()
    at_the_desk.get_by_role("button", name="Decide").click()
    check(at_the_desk, "marac-decision")
    at_the_desk.get_by_role("radio", name="Accept it", exact=True).check()
    at_the_desk.get_by_role("button", name="Save the decision").click()

    # --- lists it, puts it first with the keyboard, takes the papers away
    at_the_desk.get_by_role("button", name="List it on a meeting").click()
    at_the_desk.get_by_label(planned.area).check()
    check(at_the_desk, "marac-put-on")
    at_the_desk.get_by_role("button", name="List it", exact=True).click()
    at_the_desk.get_by_text(f"Case {case.reference} is listed.").wait_for()
    up = at_the_desk.get_by_role("button", name=f"Up with case {case.reference}")
    up.focus()
    at_the_desk.keyboard.press("Enter")
    at_the_desk.get_by_role("button", name=f"Down with case {case.reference}").wait_for()
    check(at_the_desk, "marac-meeting")
    rows = at_the_desk.locator("tbody tr").all_inner_texts()
    assert case.reference in rows[0]
    assert other.reference in rows[1]
    with at_the_desk.expect_download(timeout=120_000) as download:  # the first document of a process loads the printer
        at_the_desk.get_by_role("button", name="Download my copy (PDF)").click(timeout=120_000)
    assert re.fullmatch(r"papers-\d{4}-\d\d-\d\d\.pdf", download.value.suggested_filename)
    download.value.save_as(tmp_path / "papers.pdf")
    with pypdfium2.PdfDocument(tmp_path / "papers.pdf") as document:
        # In one line: a wide reference makes the other columns narrower, and their words break.
        text = " ".join(" ".join(sheet.get_textpage().get_text_range() for sheet in document).split())
    assert text.index(case.reference) < text.index(other.reference)
    assert "Professional judgement" in text
    assert "Sullivan" not in text
    assert Referral.objects.get(case=case).state == "listed"

    # --- nothing behind the listing
    at_the_desk.goto(f"{live_server.url}/cases/{case.reference}/")
    assert "Sullivan" not in at_the_desk.content()


def test_the_desk_and_the_meeting_pages_when_empty_full_and_wrong(live_server, new_page, a_case, desk, same_people, people):  # noqa: F811
    page = new_page()
    sign_in(page, live_server.url, "marac_coordinator@example.org", PASSWORD)
    page.goto(f"{live_server.url}/meetings/")
    check(page, "marac-desk-empty")
    page.get_by_role("button", name="Plan a meeting").click()
    page.get_by_role("button", name="Plan it").click()
    page.get_by_text("There is a problem").wait_for()
    check(page, "marac-plan-error")
    page.get_by_label("Which MARAC?").fill("North Derbyshire")
    day = timezone.localdate() + timedelta(days=50)
    _fill_date(page, "starts_at", day)
    page.locator("#id_starts_at_time").fill("10am")
    page.get_by_role("button", name="Plan it").click()
    page.get_by_text("No case is listed yet").wait_for()
    check(page, "marac-meeting-empty")
    meeting_url = page.url

    first = a_case(given_name="名前", family_name="Very-Long-Family-Name-That-Goes-On-And-On")
    listed = desk.listed(first)
    everything = {"professional_judgement": True, "judgement_rationale": "x" * 60, "potential_escalation": True, "repeat_criterion": True}
    waiting = desk.sent(a_case(family_name="Waiting"), **everything)
    desk.accepted(a_case(family_name="Accepted"))
    page.goto(f"{live_server.url}/meetings/")
    check(page, "marac-desk-full")
    listing = f"{live_server.url}/meetings/cases/{first.reference}/{listed.pk}/"
    for path, name in (("repeat/", "marac-repeat"), ("unlist/", "marac-unlist")):
        page.goto(listing + path)
        check(page, name)
        page.locator("main form button[type=submit]").click() if name == "marac-unlist" else None
    page.get_by_text("There is a problem").wait_for()
    check(page, "marac-unlist-error")
    for path, name in (("edit/", "marac-meeting-edit"), ("cancel/", "marac-meeting-cancel")):
        page.goto(meeting_url + path)
        check(page, name)

    officer = new_page()
    sign_in(officer, live_server.url, "specialist_da_officer@example.org", PASSWORD)
    for url, name in (
        (f"/cases/{first.reference}/referrals/new/", "marac-new"),
        (f"/cases/{waiting.case.reference}/referrals/{waiting.pk}/withdraw/", "marac-withdraw"),
    ):
        officer.goto(live_server.url + url)
        check(officer, name)
    # What is listed already cannot be referred a second time: the page says why.
    officer.goto(f"{live_server.url}/cases/{first.reference}/referrals/new/")
    officer.get_by_role("button", name="Prepare the referral").click()
    officer.get_by_text("is on its way already").wait_for()
    check(officer, "marac-new-refused")
