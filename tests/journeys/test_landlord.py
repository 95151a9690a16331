"""Security measures from the order to the check, in a real browser; and the case that does not close while one of them is open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Case, Clock
from referrals.models import SecurityMeasure
from tests.browser import check, sign_in
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def headed(page, words):
    page.get_by_role("heading", level=1, name=words).wait_for()


def fill_time(page, name, at):
    local = timezone.localtime(at)
    for part, value in (("day", local.day), ("month", local.month), ("year", local.year), ("time", f"{local:%H:%M}")):
        page.locator(f"[name={name}_{part}]").fill(str(value))


def test_measures_are_ordered_fitted_and_checked_before_the_case_closes(live_server, people, a_case, new_page):
    case, page = a_case(clock=None), new_page()
    sign_in(page, live_server.url, people.housing_officer.email, PASSWORD)
    page.goto(f"{live_server.url}/cases/{case.reference}/")
    page.get_by_role("link", name="Security measures").click()
    headed(page, "Security measures")
    page.get_by_role("link", name="Order security measures").click()
    page.get_by_label("Door chain", exact=True).check()
    page.get_by_label("Door chain: cost of all of them, in pounds").fill("28.50")
    page.get_by_role("group", name="Is it urgent?").get_by_label("Yes").check()
    page.get_by_role("group", name="Is arson feared?").get_by_label("Yes").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Arson is feared. Order a fireproof letterbox").wait_for()
    check(page, "landlord-order-error")
    page.get_by_label("Fireproof letterbox", exact=True).check()
    page.get_by_role("button", name="Save").click()
    headed(page, "Security measures ordered")
    assert Clock.objects.get(case=case).kind == "security_urgent"

    page.goto(f"{live_server.url}/cases/{case.reference}/close/")
    assert "Security measures are ordered and not fitted." in page.inner_text("main")

    page.goto(f"{live_server.url}/work/due/")
    page.get_by_role("link", name="Have the security measures fitted").click()
    page.get_by_role("link", name="Words for the fitter").click()
    page.get_by_role("main").get_by_role("link", name="Plan the visit").click()
    fill_time(page, "visit_at", timezone.now() + timedelta(hours=4))
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="No visit to the home is recorded as safe.").wait_for()
    check(page, "landlord-visit-error")
    page.get_by_label("why all the same?").fill("She asked for that hour herself; her brother is there.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Words for the fitter").click()
    headed(page, "Words for the fitter")
    assert "Marigold" not in page.get_by_role("region", name="Work order").inner_text()

    page.go_back()
    page.get_by_role("link", name="Record what was fitted").click()
    page.get_by_label("Who fitted it?").fill("Joiner, Vale Repairs")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Somebody has to look whether it works.").wait_for()
    assert not Clock.objects.filter(case=case, stopped_at=None).exists()
    page.goto(f"{live_server.url}/cases/{case.reference}/close/")
    assert "nobody has checked that they work" in page.inner_text("main")
    page.goto(f"{live_server.url}/cases/{case.reference}/")
    check(page, "landlord-case")
    page.get_by_role("link", name="Check that the security measures work").click()
    page.get_by_role("link", name="Record a check").click()
    page.get_by_role("group", name="Does it work?").get_by_label("Yes").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nothing of it is left to do.").wait_for()
    check(page, "landlord-done")
    assert set(SecurityMeasure.objects.values_list("state", flat=True)) == {"checked"}
    page.goto(f"{live_server.url}/cases/{case.reference}/close/")
    assert "ecurity measures" not in page.inner_text("main")
    assert Case.objects.get().is_open
