"""The course of an order: served, heard, refused, ended; and that its pages tell the truth whatever runs in the night."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.actions import orders as actions
from cases.models import Order
from tests.cases.ordering import TERMS, day, moment, send, text_of, typed


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def officer(client_for):
    return client_for("housing_officer")


# --- served, heard, ended


def test_service_is_recorded_once(officer, case, an_order):
    one = an_order(case, served_at=None, police_informed=None)
    assert "It has not been served" in text_of(officer, case, "order", one.pk)
    future = send(officer, case, "order_serve", one.pk, **moment("served_at", timezone.now() + timedelta(days=2)), police_informed="yes")
    assert future.status_code == 422
    before = send(officer, case, "order_serve", one.pk, **moment("served_at", timezone.now() - timedelta(days=2)), police_informed="yes")
    assert before.status_code == 422 and "before the day on which it begins" in before.content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        assert send(officer, case, "order_serve", one.pk, **moment("served_at", timezone.now() - timedelta(hours=20)), police_informed="yes").status_code == 302
        one.refresh_from_db()
        assert one.served_at and one.police_informed is True
        again = send(officer, case, "order_serve", one.pk, **moment("served_at", timezone.now() - timedelta(hours=10)), police_informed="no")
        assert again.status_code == 422 and "Somebody has recorded already" in again.content.decode()


def test_an_application_becomes_an_order_or_is_refused(officer, case, an_order):
    one = an_order(case, state="applied", starts_on=None, ends_on=None, served_at=None)
    assert "Applied for" in text_of(officer, case, "case")
    facts = {"outcome": "made", "note": "", **moment("heard_at", timezone.now() - timedelta(minutes=1))}
    response = send(officer, case, "order_decide", one.pk, **facts)
    assert response.status_code == 422 and "Enter the day on which it begins." in response.content.decode()
    response = send(officer, case, "order_decide", one.pk, **facts, **day("starts_on", timezone.localdate()))
    assert response.status_code == 302, response.content.decode()
    one.refresh_from_db()
    assert one.state == "made" and one.heard_at and actions.current_wording(one).terms == TERMS and one.wordings.count() == 2
    assert "No end date" in text_of(officer, case, "case") and "Not served" in text_of(officer, case, "case")
    two = an_order(case, state="applied", starts_on=None, ends_on=None, served_at=None)
    assert send(officer, case, "order_decide", two.pk, outcome="refused", note="", **moment("heard_at", timezone.now() - timedelta(minutes=1))).status_code == 302
    two.refresh_from_db()
    assert two.state == "refused"
    again = send(officer, case, "order_decide", two.pk, outcome="made", note="", **moment("heard_at", timezone.now() - timedelta(minutes=1)))
    assert again.status_code == 422 and "No decision of a court is awaited" in again.content.decode()


def test_a_notice_ends_with_the_decision_and_leads_to_the_order(officer, case, an_order):
    notice = an_order(case, kind="dvpn", ends_on=None, served_at=timezone.now())
    assert "Until the court has decided" in text_of(officer, case, "case")
    with time_machine.travel(timezone.now() + timedelta(hours=30), tick=True):
        early = send(officer, case, "order_decide", notice.pk, outcome="made", note="", **moment("heard_at", timezone.now() - timedelta(hours=40)))
        assert early.status_code == 422 and "before it was served" in early.content.decode()
        put_off = send(officer, case, "order_decide", notice.pk, outcome="adjourned", note="", **moment("heard_at", timezone.now() - timedelta(hours=2)))
        notice.refresh_from_db()
        assert put_off.status_code == 302 and notice.state == "made" and notice.heard_at is None
        response = send(officer, case, "order_decide", notice.pk, outcome="made", note="", **moment("heard_at", timezone.now() - timedelta(hours=1)))
        assert response["Location"].endswith(f"/orders/add/?follows={notice.pk}")
        notice.refresh_from_db()
        assert (notice.state, notice.ended_because) == ("ended", "replaced")
        assert officer.get(response["Location"]).context["form"]["kind"].value() == "dvpo"
        today = timezone.localdate()
        facts = typed(case, kind="dvpo", **day("ends_on", today + timedelta(days=27)))
        case.refresh_from_db()
        assert officer.post(response["Location"], {"once": str(uuid4()), "revision": case.revision} | facts).status_code == 302
    made = Order.objects.get(kind="dvpo")
    assert made.follows == notice and "The notice that led to it" in text_of(officer, case, "order", made.pk)


def test_a_notice_that_the_court_does_not_confirm_ends(people, case, an_order):
    notice = an_order(case, kind="dvpn", ends_on=None)
    actions.decide_order(people.actor("housing_officer"), case, order_id=notice.pk, outcome="refused", heard_at=timezone.now())
    notice.refresh_from_db()
    assert (notice.state, notice.ended_because) == ("ended", "discharged")


def test_ending_asks_why_and_when(officer, case, an_order):
    one = an_order(case)
    assert send(officer, case, "order_end", one.pk, **day("ended_on", timezone.localdate()), because="", note="").status_code == 422
    early = send(officer, case, "order_end", one.pk, **day("ended_on", timezone.localdate() - timedelta(days=9)), because="withdrawn", note="She asked for it")
    assert early.status_code == 422 and "before the day on which it began" in early.content.decode()
    assert send(officer, case, "order_end", one.pk, **day("ended_on", timezone.localdate()), because="withdrawn", note="She asked for it").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.ended_because, one.ended_note) == ("ended", "withdrawn", "She asked for it")
    assert "She asked for it" in text_of(officer, case, "order", one.pk) and "Non-molestation order</a>" not in text_of(officer, case, "case")
    assert "Over</h2>" in text_of(officer, case, "order_list")


# --- what a page says follows from the day, and from nothing that runs in the night


def test_a_page_tells_the_truth_with_no_worker(officer, client_for, case, an_order):
    an_order(case, ends_on=timezone.localdate() + timedelta(days=30))
    assert "30 days left" in (text := text_of(officer, case, "case")) and "Ends soon" not in text
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=True):
        officer = client_for("housing_officer")  # a session does not last three days
        assert "27 days left" in (text := text_of(officer, case, "case")) and "Ends soon" in text
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
        officer = client_for("housing_officer")
        text = text_of(officer, case, "case")
        assert "Ended 1 day ago" in text and "Time ran out" in text and "In force</strong>" not in text
        assert "The last day has passed" in text_of(officer, case, "order_list")


def test_html_in_every_text_is_shown_as_text(officer, case, an_order):
    bad = "<script>alert(1)</script>"
    one = an_order(case, terms=bad, court=bad, case_number="<b>1</b>")
    for name in ("case", "order_list", "order", "order_change"):
        text = text_of(officer, case, name, *([one.pk] if name in ("order", "order_change") else []))
        assert bad not in text and "<b>1</b>" not in text


def test_the_number_of_queries_does_not_grow(officer, case, an_order, a_case):
    def cost(case, name, *ids):
        text_of(officer, case, name, *ids)
        with CaptureQueriesContext(connection) as spent:
            text_of(officer, case, name, *ids)
        return len(spent)

    empty, full = a_case(), case
    first = an_order(full)
    few = cost(full, "order_list"), cost(full, "order", first.pk)
    for number in range(6):
        an_order(full, kind="bail", ends_on=date(2030, 1, 1 + number))
    assert (cost(full, "order_list"), cost(full, "order", first.pk)) == few
    assert cost(empty, "case") == cost(full, "case") <= 25
