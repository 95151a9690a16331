"""When somebody on a worklist can next be reached safely: the same answer as the case page's, for those who may record contact, never a number."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Policy
from cases import reach, safe_contact
from cases.models import Case, Party, SafeContact, SafeWindow

pytestmark = pytest.mark.django_db
# A Monday, 10am in London.
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(AT, tick=False):
        yield


def windows(case, *spans):
    """The phone of a case is safe only at these times: (weekday, from, until)."""
    contact = SafeContact.objects.get(case=case)
    contact.times = "windows"
    contact.save(update_fields=["times"])
    SafeWindow.objects.filter(contact=contact).delete()
    for weekday, starts, ends in spans:
        SafeWindow.objects.create(case=case, contact=contact, weekday=weekday, starts=time(starts), ends=time(ends))


def said(people, case, persona="housing_officer"):
    found = reach.safe_times(people.actor(persona), AT, [case.pk]).get(case.pk)
    return found and found.words


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([(0, 9, 16)], "Safe now until 4:00pm"),
        ([(0, 9, 16), (0, 16, 18)], "Safe now until 6:00pm"),
        ([(0, 14, 16)], "Safe to reach: today 2:00pm to 4:00pm"),
        ([(1, 14, 16)], "Safe to reach: tomorrow 2:00pm to 4:00pm"),
        ([(3, 12, 16), (4, 9, 10)], "Safe to reach: Thu midday to 4:00pm"),
        ([(0, 8, 9)], "Safe to reach: Mon 30 Nov 8:00am to 9:00am"),
    ],
)
def test_the_safe_time_in_words(people, a_case, spans, words):
    case = a_case()
    windows(case, *spans)
    assert said(people, case) == words


def test_any_time_is_safe_now_without_an_end(people, a_case):
    assert said(people, a_case()) == "Safe now"


@pytest.mark.parametrize(
    "changes",
    [{"is_safe": "no"}, {"is_safe": "unknown"}, {"times": "unknown"}, {"verified_at": None, "verified_by": None}, {"ended_at": AT}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_nobody_knows_to_be_safe_is_no_way(people, a_case, changes):
    case = a_case()
    SafeContact.objects.filter(case=case).update(**changes)
    assert said(people, case) == "No safe way known"


def test_at_high_risk_a_mark_lapses_as_the_lead_agency_has_it(people, a_case):
    case, calm = a_case(), a_case()
    SafeContact.objects.update(verified_at=AT - timedelta(days=20))
    Case.objects.filter(pk=case.pk).update(risk_level="high", risk_level_at=AT)
    assert said(people, case) == said(people, calm) == "Safe now"
    Policy.objects.create(
        key="safe_contact.expiry_days_high", value="14", agency=people.agency("northvale_housing"), effective_from=AT - timedelta(days=1), reason="Agreed",
        set_by=people.partnership_administrator, set_at=AT,
    )
    assert said(people, case) == "No safe way known" and said(people, calm) == "Safe now"


def test_nobody_is_sent_to_a_home_that_is_shared(people, a_case):
    case = a_case()
    SafeContact.objects.filter(case=case).update(channel="visit")
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=False)
    assert said(people, case) == "Safe now"
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=True)
    assert said(people, case) == "No safe way known"


def test_the_best_of_several_ways_counts(people, a_case):
    case = a_case()
    windows(case, (0, 9, 11))
    first = SafeContact.objects.get(case=case)
    other = SafeContact.objects.create(
        case=case, party=first.party, channel="email", value="marigold@example.org", is_safe="yes", times="windows", verified_at=AT,
        verified_by=people.housing_officer, recorded_at=AT,
    )
    SafeWindow.objects.create(case=case, contact=other, weekday=0, starts=time(9), ends=time(12))
    assert said(people, case) == "Safe now until midday"


def test_the_list_and_the_case_agree(people, a_case):
    for spans in ([(0, 9, 16)], [(0, 14, 16)], []):
        case = a_case()
        windows(case, *spans)
        assert reach.safe_times(people.actor("housing_officer"), AT, [case.pk])[case.pk] == reach.safe_time(safe_contact.channels(case, AT), AT)


def test_only_those_who_may_record_contact_are_told(people, a_case, share):
    case, barred = a_case(), a_case()
    share(case, "harbour_idva", "summary")
    for persona in ("idva", "outsider", "superuser", "commissioner", "auditor", "marac_coordinator"):
        assert said(people, case, persona) is None, persona
    share(case, "harbour_idva")
    assert said(people, case, "idva") == "Safe now"
    assert said(people, barred, "idva") is None
    assert reach.safe_times(people.actor("housing_officer"), AT, []) == {}


def test_the_page_says_it_in_one_query_more_and_shows_no_number(people, a_case, share, client_for):
    first = a_case()
    windows(first, (0, 9, 16))
    client, actor = client_for("housing_officer"), people.actor("housing_officer")
    with CaptureQueriesContext(connection) as one:
        reach.safe_times(actor, AT, [first.pk])
    page = client.get("/work/").content.decode()
    assert "Safe now until 4:00pm" in page and "07700" not in page
    more = [a_case() for _ in range(4)]
    with CaptureQueriesContext(connection) as five:
        found = reach.safe_times(actor, AT, [case.pk for case in (first, *more)])
    assert len(found) == 5 and len(one) == len(five) == 1
    assert "07700" not in str(found)
    share(first, "harbour_idva", "summary", worker="idva")
    summary = client_for("idva").get("/work/").content.decode()
    assert first.reference in summary and "Safe" not in summary.split("<tbody")[1].split("</tbody>")[0]
