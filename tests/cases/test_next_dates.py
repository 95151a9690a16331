"""What has a day stands among the next actions of a case, most urgent first: orders that end, reviews, the 28 days of a request; and for nobody outside."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Policy
from cases import due
from cases.actions.schemes import add_request, record_step, set_marker
from cases.case_page import case_page_facts
from cases.models import Order
from cases.rules.clocks import LONDON, end_of
from tests.cases.flagging import flagged

DAY = timedelta(days=1)
ORDER, OVER, REQUEST, MANAGED, FLAG = (
    "Check whether an order is extended", "Say what has become of an order", "Record the next step under Clare’s Law", "Review how the alleged perpetrator is managed",
    "Review a safety flag",
)
LABELS = {ORDER, OVER, REQUEST, MANAGED, FLAG}


def next_of(people, case, persona="housing_officer", at=None):
    case.refresh_from_db()
    page = case_page_facts(people.actor(persona), case, at or timezone.now())
    return [action for action in page.next_actions if action.label in LABELS]


def labels(*args, **facts):
    return [action.label for action in next_of(*args, **facts)]


def him(case):
    return case.parties.get(role="perpetrator").pk


@pytest.fixture
def case(a_case, share):
    case = a_case(clock=None)
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva")
    return case


@pytest.fixture
def full(people, case, an_order):
    """A case with all of them."""
    officer, today = people.actor("housing_officer"), timezone.localdate()
    an_order(case, ends_on=today + 20 * DAY)
    set_marker(officer, case, party_id=him(case), mappa_category="2", mappa_level="2", is_iom=True, review_on=today + 5 * DAY, source="Probation")
    add_request(officer, case, route="victim", at_risk=case.parties.get(role="victim").pk, subject=him(case), asked_at=timezone.now() - 18 * DAY)
    flagged(people, case, in_days=3)
    return case


# --- from the outside


@pytest.mark.parametrize(("persona", "status"), [("outsider", 404), ("superuser", 404), ("commissioner", 404), ("auditor", 404), ("outreach_worker", 200)])
def test_nobody_outside_reads_of_any_of_it(client_for, full, persona, status):
    answer = client_for(persona).get(reverse("case", args=[full.reference]))
    assert answer.status_code == status
    assert not any(label in answer.content.decode() for label in LABELS)


def test_who_works_on_the_case_reads_them_by_their_day_and_each_leads_to_its_page(people, full, client_for):
    for persona in ("housing_officer", "idva"):
        assert labels(people, full, persona) == [FLAG, MANAGED, REQUEST, ORDER]
    client = client_for("housing_officer")
    text = client.get(reverse("case", args=[full.reference])).content.decode()
    assert all(words in text for words in ("20 days", "10 of 28 days left", "MAPPA category 2, level 2; IOM", "Non-molestation order against Rufus Blackwater."))
    for action in next_of(people, full):
        assert client.get(action.url).status_code == 200, action.url


def test_a_closed_case_asks_for_nothing(people, full):
    at = timezone.now() + 10 * DAY
    assert labels(people, full, at=at)
    from cases.models import Case

    Case.objects.filter(pk=full.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    assert labels(people, full, at=at) == []


# --- orders


@pytest.mark.parametrize(
    ("ahead", "label", "is_urgent"),
    [(29, None, False), (28, ORDER, False), (8, ORDER, False), (7, ORDER, False), (6, ORDER, True), (0, ORDER, True), (-1, OVER, True)],
)
def test_when_an_order_that_ends_is_shown(people, case, an_order, ahead, label, is_urgent):
    """At noon: with seven days to come, more than seven are left of its last day."""
    at = datetime.combine(timezone.localdate() + DAY, time(12), LONDON)
    an_order(case, starts_on=at.date() - 100 * DAY, ends_on=at.date() + ahead * DAY, served_at=at - 99 * DAY)
    found = next_of(people, case, at=at)
    assert [(action.label, action.is_urgent) for action in found] == ([(label, is_urgent)] if label else [])


@pytest.mark.parametrize(("alerted", "ahead", "is_shown"), [("15", 20, True), ("15", 28, True), ("42", 40, False), ("42", 28, True)])
def test_an_order_is_shown_from_the_day_on_which_it_is_due_whenever_an_agency_is_alerted(people, case, an_order, client_for, alerted, ahead, is_shown):
    """What the case asks for and what is due are one; when notices are sent is the agency's own affair."""
    now = timezone.now()
    Policy.objects.create(
        key="orders.first_alert_days", value=alerted, effective_from=now - DAY, agency=people.agency("northvale_housing"), set_at=now, set_by=people.agency_lead, reason="r",
    )
    an_order(case, ends_on=timezone.localdate() + ahead * DAY)
    is_due = "order" in [item.kind.code for item in due.everything_due(people.actor("housing_officer"), now).items]
    assert (labels(people, case) == [ORDER], is_due) == (is_shown, is_shown)
    assert not any(ORDER in client_for(persona).get(reverse("case", args=[case.reference])).content.decode() for persona in ("outsider", "outreach_worker"))


def test_an_order_that_was_refused_ended_or_has_no_end_is_not(people, case, an_order):
    an_order(case, kind="restraining_conviction", ends_on=None)
    order = an_order(case, ends_on=timezone.localdate() + 3 * DAY)
    Order.objects.filter(pk=order.pk).update(state="refused", served_at=None)
    assert next_of(people, case) == []


# --- reviews, and the 28 days


@pytest.mark.parametrize(("ahead", "is_shown", "is_urgent"), [(29, False, False), (28, True, False), (0, True, False), (-1, True, True)])
def test_when_the_review_of_a_marker_is_shown(people, case, ahead, is_shown, is_urgent):
    set_marker(
        people.actor("housing_officer"), case, party_id=him(case), mappa_category="1", mappa_level="1", is_iom=None, review_on=timezone.localdate() + 30 * DAY,
        source="Probation",
    )
    found = next_of(people, case, at=timezone.now() + (30 - ahead) * DAY)
    assert [action.is_urgent for action in found] == ([is_urgent] if is_shown else [])


def test_a_flag_is_shown_from_a_week_before_its_review(people, case):
    flagged(people, case, in_days=10)
    now = timezone.now()
    assert labels(people, case, at=now + 2 * DAY) == []
    assert [action.is_urgent for action in next_of(people, case, at=now + 3 * DAY)] == [False]
    assert [action.is_urgent for action in next_of(people, case, at=now + 11 * DAY)] == [True]


def test_a_request_is_asked_for_until_it_is_finished_whether_or_not_its_promise_runs(people, case):
    from cases.models import Clock

    officer, asked = people.actor("housing_officer"), timezone.now() - 30 * DAY
    one = add_request(officer, case, route="victim", at_risk=case.parties.get(role="victim").pk, subject=him(case), asked_at=asked)
    (action,) = next_of(people, case)
    assert action.is_urgent and "2 days over the 28 days" in action.why
    Clock.objects.filter(case=case).update(stopped_at=timezone.now(), outcome="not_needed")
    assert labels(people, case) == [REQUEST]
    record_step(officer, case, request_id=one.pk, step="withdrawn", happened_at=timezone.now(), audience="partners", text="She no longer wants to know.")
    assert labels(people, case) == []


def test_a_request_has_one_deadline_that_of_its_promise_while_it_runs(people, case, client_for):
    from cases.models import Clock

    officer, asked = people.actor("housing_officer"), datetime.combine(timezone.localdate() - 10 * DAY, time(17), LONDON)
    one = add_request(officer, case, route="victim", at_risk=case.parties.get(role="victim").pk, subject=him(case), asked_at=asked)
    clock = Clock.objects.get(case=case, about=f"dvds:{one.pk}")
    before, after = clock.due_at - timedelta(minutes=1), clock.due_at + timedelta(minutes=1)
    (action,) = next_of(people, case, at=before)
    assert (action.due_at, action.is_urgent) == (clock.due_at, False) and "Today is the last of the 28 days" in action.why
    (action,) = next_of(people, case, at=after)
    assert (action.due_at, action.is_urgent) == (clock.due_at, True) and "The 28 days are over" in action.why
    Clock.objects.filter(case=case).update(stopped_at=timezone.now(), outcome="not_needed")
    (action,) = next_of(people, case, at=after)
    assert action.due_at == end_of((asked + 28 * DAY).astimezone(LONDON).date()) and not action.is_urgent
    assert next_of(people, case, "outreach_worker", at=after) == []
    assert not any(REQUEST in client_for(persona).get(reverse("case", args=[case.reference])).content.decode() for persona in ("outsider", "superuser"))
