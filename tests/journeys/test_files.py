"""A letter in a real browser: added from a telephone without scripts, found to name a protected place, decided about, opened by whom it may be."""

import pytest
from django.utils import timezone

from cases.models import Address, Attachment
from tests.browser import check, sign_in
from tests.cases.attaching import PLACE, POSTCODE, pdf
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(a_case, share):
    case = a_case()
    share(case, "valley_health", worker="health_visitor")
    share(case, "harbour_idva", worker="idva")
    Address.objects.create(case=case, party=case.parties.get(role="victim"), lines=PLACE, postcode=POSTCODE, visibility="confidential", from_at=timezone.now())
    return case


def at(page, live_server, people, persona, path):
    sign_in(page, live_server.url, getattr(people, persona).email, PASSWORD)
    page.goto(live_server.url + path)
    return page


def test_a_letter_that_names_a_protected_place(live_server, people, case, page_without_scripts, new_page, tmp_path):
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-" + bytes(21 * 1024 * 1024))
    (tmp_path / "offer for Marigold.pdf").write_bytes(pdf(f"Your new home: {PLACE}"))
    page = at(page_without_scripts, live_server, people, "housing_officer", f"/cases/{case.reference}/files/add/")
    page.get_by_label("What is it?").fill("Offer of a tenancy")
    page.get_by_label("The case's partners").check()
    page.get_by_label("The file").set_input_files(tmp_path / "scan.pdf")
    page.get_by_role("button", name="Add the file").click()
    page.locator(".govuk-error-summary").wait_for()
    assert "larger than 20 MB" in page.inner_text("main") and page.get_by_label("What is it?").input_value() == "Offer of a tenancy"
    page.get_by_label("The file").set_input_files(tmp_path / "offer for Marigold.pdf")
    page.get_by_role("button", name="Add the file").click()
    page.get_by_role("heading", name="Who may open this file?").wait_for()
    assert "names a protected place" in page.inner_text("main") and Attachment.objects.get().audience == "agency"
    page.get_by_label("Partners who may see protected addresses").check()
    page.get_by_role("button", name="Record the decision").click()
    page.get_by_role("heading", name="Offer of a tenancy").wait_for()

    advocate = at(new_page(), live_server, people, "idva", f"/cases/{case.reference}/files/")
    advocate.get_by_role("link", name="Offer of a tenancy").click()
    with advocate.expect_download() as download:
        advocate.get_by_role("link", name="Download").or_(advocate.get_by_role("button", name="Download")).click()
    assert download.value.suggested_filename.startswith("file-") and "Marigold" not in download.value.suggested_filename
    assert download.value.path().read_bytes().startswith(b"%PDF")

    visitor = at(new_page(), live_server, people, "health_visitor", f"/cases/{case.reference}/files/")
    assert "A file that shows a protected place" in visitor.inner_text("main") and "tenancy" not in visitor.inner_text("main")
    check(visitor, "files-protected")
