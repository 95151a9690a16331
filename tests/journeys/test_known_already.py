"""A second disclosure about somebody whose case is open, in a real browser: noticed, joined by the officer's choice, and read by whoever holds the case."""

import pytest
from django.urls import reverse

from cases.models import Case
from tests.browser import check, sign_in
from tests.personas import PASSWORD
from tests.referrals import walk

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_second_disclosure_joins_the_open_case(page, live_server, people, client_for):
    client = client_for("housing_officer")
    case = walk.log(client).case
    draft = walk.fill(client, {"account": {"account": "She rang again, from the library.", "audience": "partners"}}, danger="no")

    sign_in(page, live_server.url, people.housing_officer.email, PASSWORD)
    page.goto(f"{live_server.url}{reverse('disclosure_check', args=[draft])}")
    page.get_by_role("heading", name="This person may be known already").wait_for()
    assert "The same name" in page.inner_text("main") and case.reference in page.inner_text("main")
    page.get_by_role("button", name="Log it").click()
    page.locator(".govuk-error-summary").wait_for()
    page.get_by_role("link", name="Say whether this is the same person").click()
    assert page.evaluate("document.activeElement.name") == "same"
    check(page, "known-error")

    page.get_by_label(f"Yes, they are the victim/survivor of {case.reference}").check()
    page.get_by_role("button", name="Log it").click()
    page.get_by_role("heading", level=1, name="Added to this case later").wait_for()
    assert "She rang again, from the library." in page.inner_text("main")
    check(page, "known-added")

    page.get_by_role("link", name="Back to the case").click()
    page.get_by_role("heading", level=1, name=f"Case {case.reference}").wait_for()
    text = page.inner_text("main")
    assert "Another disclosure" in text and "Compare the further disclosure with the case" in text
    assert page.get_by_role("link", name="Disclosures that were added later").is_visible()
    assert Case.objects.count() == 1
