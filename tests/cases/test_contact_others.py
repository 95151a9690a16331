"""Reaching a child or another adult at risk: by their own safe ways, from outside by nobody, and without a promise to the victim/survivor being kept by it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases import attempts, safe_contact
from cases.actions.contact_others import record_contact_with
from cases.actions.people import add_person, change_address, change_person
from cases.actions.safe_contact import add_safe_contact, change_safe_contact, end_safe_contact, verify_safe_contact
from cases.models import ContactAttempt, Entry, Party, SafeContact, Task
from cases.search import find
from tests.cases.contacting import LONG_REASON, running

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")

NUMBER = "07700 900345"
WAY = {"channel": "phone", "value": NUMBER, "is_safe": "yes", "times": "any", "voicemail": "no", "code_word": "heron", "is_checked": True}
PAGES = ("contact_with", "contact_with_add", "contact_with_record")


@pytest.fixture
def officer(people):
    return people.actor("housing_officer")


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def grandmother(case, officer):
    return add_person(officer, case, role="adult", given_name="Odette", family_name="Larkspur", relationship="parent")


@pytest.fixture
def phone(case, officer, grandmother):
    return add_safe_contact(officer, case, party_id=grandmother.pk, **WAY)


def page(client, case, name, party):
    return client.get(reverse(name, args=[case.reference, party.pk]))


def typed(contact, **facts):
    at = timezone.localtime()
    return {
        "route": str(contact.pk), "outcome": "no_answer", "audience": "agency", "once": str(uuid4()), "at_day": at.day, "at_month": at.month, "at_year": at.year,
        "at_time": f"{at:%H:%M}",
    } | facts


# --- from outside


@pytest.mark.parametrize("name", PAGES)
def test_nobody_outside_learns_that_there_is_anybody(client_for, case, grandmother, phone, share, name):
    share(case, "lantern_outreach", "summary")
    share(case, "vale_probation", "partner")
    url = reverse(name, args=[case.reference, grandmother.pk])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
        assert client_for(persona).post(url).status_code in ((404, 405) if name == "contact_with" else (404,)), persona
    answer = client_for("outreach_worker").get(url)  # at a summary
    assert answer.status_code == 403 and "Odette" not in answer.content.decode()


def test_a_summary_shows_nobodys_number_but_the_victims_own(client_for, people, case, phone, share):
    share(case, "lantern_outreach", "summary")
    client, own = client_for("outreach_worker"), SafeContact.objects.get(case=case, party__role="victim")
    assert client.get(reverse("contact_number", args=[case.reference, own.pk])).status_code == 200
    for send in (client.get, client.post):
        assert send(reverse("contact_number", args=[case.reference, phone.pk])).status_code == 404
    assert [hit.reference for hit in find(people.actor("housing_officer"), NUMBER)] == [case.reference]
    assert find(people.actor("outreach_worker"), NUMBER) == []
    summary = client.get(reverse("case", args=[case.reference])).content.decode()
    assert "heron" not in summary and "How to reach them" not in summary


def test_where_the_victim_hides_a_childs_letter_is_as_hidden_as_theirs(client_for, case, officer, share):
    hidden = {"lines": "5 Heron Lane", "postcode": "ZZ99 9ZZ", "visibility": "confidential", "from_at": timezone.now()}
    change_address(officer, case, party_id=case.parties.get(role="victim").pk, **hidden)
    child = add_person(officer, case, role="child", given_name="Wren", age_is_right=True, approximate_age=15, lives_with_victim=True)
    letter = add_safe_contact(officer, case, party_id=child.pk, **WAY | {"channel": "letter", "value": "5 Heron Lane ZZ99 9ZZ", "code_word": ""})
    share(case, "valley_health", "partner")
    client = client_for("health_visitor")
    assert client.get(reverse("contact_with", args=[case.reference, child.pk])).status_code == 200
    for name in ("contact_number", "safe_contact_change"):
        for answer in (client.get(reverse(name, args=[case.reference, letter.pk])), client.post(reverse(name, args=[case.reference, letter.pk]), {"understood": "on"})):
            assert answer.status_code in (403, 404) and "Heron Lane" not in answer.content.decode(), name


def test_who_may_see_no_number_finds_nobody_by_one(people, case, phone):
    officer = people.actor("housing_officer")
    blind = replace(officer, capabilities=officer.capabilities - {"see_contact_number"})
    assert [hit.reference for hit in find(officer, NUMBER)] == [case.reference]
    assert find(blind, NUMBER) == []


@pytest.mark.parametrize("what", ["perpetrator", "unborn", "victim of another", "nobody"])
def test_nobody_is_reached_who_may_not_be(client_for, case, officer, a_case, what):
    if what == "perpetrator":
        party = Party.objects.get(case=case, role="perpetrator")
    elif what == "unborn":
        party = add_person(officer, case, role="child", is_unborn=True)
    else:
        party = a_case().parties.get(role="victim") if what == "victim of another" else Party(pk=10**9)
    for name in PAGES:
        assert page(client_for("housing_officer"), case, name, party).status_code == 404
    with pytest.raises(Http404):
        add_safe_contact(officer, case, party_id=party.pk, **WAY)
    with pytest.raises(Http404):
        record_contact_with(officer, case, party_id=party.pk, at=timezone.now(), outcome="no_answer", audience="agency", channel="phone")
    assert not SafeContact.objects.filter(case=case).exclude(party__role="victim").exists()


# --- their ways


def test_their_ways_are_theirs_and_the_victims_stay_the_victims(client_for, case, grandmother, phone):
    client = client_for("housing_officer")
    text = page(client, case, "contact_with", grandmother).content.decode()
    assert "How to reach Odette Larkspur" in text and "Safe now" in text and "heron" in text and "900345" not in text
    case_page = client.get(reverse("case", args=[case.reference])).content.decode()
    assert "How to reach them" in case_page and "heron" not in case_page
    assert [state.contact for state in safe_contact.channels(case, timezone.now(), grandmother)] == [phone]
    assert phone not in [state.contact for state in safe_contact.channels(case, timezone.now())]
    shown = client.post(reverse("contact_number", args=[case.reference, phone.pk])).content.decode()
    assert "07700 900345" in shown and "Telephone call: Odette Larkspur" in shown
    assert reverse("contact_with_record", args=[case.reference, grandmother.pk]) in shown
    assert Event.objects.filter(case_reference=case.reference, subject=f"number:{phone.pk}").exists()


def test_changing_checking_and_ending_leads_back_to_them(client_for, case, officer, grandmother, phone):
    client, home = client_for("housing_officer"), reverse("contact_with", args=[case.reference, grandmother.pk])
    case.refresh_from_db()
    answers = {"is_safe": "yes", "times": "any", "voicemail": "no", "how": "", "code_word": "", "is_checked": "yes", "more": "no", "once": str(uuid4())}
    for name, facts in (
        ("contact_with_add", answers | {"channel": "text", "value": NUMBER}),
        ("safe_contact_verify", {"once": str(uuid4())}),
        ("safe_contact_change", answers | {"value": "07700 900399", "once": str(uuid4())}),
    ):
        case.refresh_from_db()
        url = reverse(name, args=[case.reference, grandmother.pk if name == "contact_with_add" else phone.pk])
        response = client.post(url, facts | {"revision": case.revision})
        assert response.status_code == 302 and response["Location"] == home, (name, response.content.decode()[:3000])
    new = SafeContact.objects.get(replaces=phone)
    assert (new.party, new.value) == (grandmother, "+447700900399")
    end_safe_contact(officer, case, contact_id=new.pk, reason="She asked for it")
    titles = list(Entry.objects.filter(case=case, title__startswith="Way of contact").values_list("title", flat=True))
    assert len(titles) == 5 and all("(other adult at risk)" in title for title in titles)


def test_a_wrong_number_is_said_beside_it_and_nothing_is_lost(client_for, case, grandmother):
    case.refresh_from_db()
    answers = {"channel": "phone", "value": "ZZ99 3AA", "is_safe": "yes", "times": "any", "voicemail": "no", "how": "kept as typed", "is_checked": "yes", "more": "no"}
    url = reverse("contact_with_add", args=[case.reference, grandmother.pk])
    response = client_for("housing_officer").post(url, answers | {"once": str(uuid4()), "revision": case.revision})
    assert response.status_code == 422 and 'href="#id_value"' in response.content.decode() and "kept as typed" in response.content.decode()


def test_the_code_word_of_one_is_the_danger_of_nobody_else(case, officer, phone):
    own = SafeContact.objects.get(case=case, party__role="victim")
    with pytest.raises(Refused) as refusal:
        change_safe_contact(officer, case, contact_id=own.pk, duress_word="Heron")
    assert refusal.value.code == "words"


def test_a_visit_to_a_home_that_the_alleged_perpetrator_shares_is_barred_unless_they_live_elsewhere(case, officer, grandmother):
    visit = add_safe_contact(officer, case, party_id=grandmother.pk, **WAY | {"channel": "visit", "value": "4 Plover Court", "code_word": ""})
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=True)

    def is_safe():
        listed = safe_contact.channels(case, timezone.now(), grandmother)[0].is_safe_now
        assert listed == safe_contact.state_of(visit, case, timezone.now()).is_safe_now
        assert listed == (not safe_contact.reasons_not_safe_at(visit, case, timezone.now()))
        visit.refresh_from_db()
        return listed

    assert not is_safe()
    change_person(officer, case, party_id=grandmother.pk, lives_with_victim=False)
    visit.party.refresh_from_db()
    grandmother.refresh_from_db()
    assert is_safe()


# --- an attempt


def test_an_attempt_keeps_no_promise_and_is_not_counted(client_for, case, grandmother, phone):
    client = client_for("housing_officer")
    promised, first = running(case), timezone.now() - timedelta(hours=1)
    SafeContact.objects.filter(pk=phone.pk).update(verified_at=first)
    for _ in range(4):
        response = client.post(reverse("contact_with_record", args=[case.reference, grandmother.pk]), typed(phone))
        assert response["Location"] == reverse("contact_with", args=[case.reference, grandmother.pk])
    reached = client.post(reverse("contact_with_record", args=[case.reference, grandmother.pk]), typed(phone, outcome="reached", still_safe="yes", note="She is well"))
    assert reached.status_code == 302
    assert running(case) == promised and not ContactAttempt.objects.filter(case=case).exists()
    assert not Task.objects.filter(case=case, kind="attempts.limit").exists()
    entry = Entry.objects.get(case=case, kind="contact", title__endswith="Reached and spoke safely")
    assert entry.title == "Telephone call (other adult at risk): Reached and spoke safely" and "She is well" not in entry.text
    assert Entry.objects.get(case=case, text="She is well").audience == "agency"
    phone.refresh_from_db()
    assert phone.verified_at > first


def test_an_unsafe_way_needs_its_reason_beside_the_question(client_for, case, officer, grandmother, phone):
    changed = change_safe_contact(officer, case, contact_id=phone.pk, is_safe="no")
    url = reverse("contact_with_record", args=[case.reference, grandmother.pk])
    response = client_for("housing_officer").post(url, typed(changed, note="kept as typed"))
    text = response.content.decode()
    assert response.status_code == 422 and 'href="#id_override_reason"' in text and "kept as typed" in text
    assert client_for("housing_officer").post(url, typed(changed, override_reason=LONG_REASON)).status_code == 302
    assert "Used although it was not safe" in Entry.objects.get(case=case, kind="contact").text


def test_who_answers_one_has_every_way_that_leads_there(case, officer, grandmother, phone):
    own = SafeContact.objects.get(case=case, party__role="victim")
    shared = change_safe_contact(officer, case, contact_id=own.pk, value="+447700900345", is_safe="yes", times="any", is_checked=True)
    facts = {"party_id": grandmother.pk, "at": timezone.now(), "audience": "agency", "contact_id": phone.pk, "outcome": "someone_else"}
    record_contact_with(officer, case, **facts, answered_by="child")
    assert safe_contact.in_use(case).filter(is_safe="yes").count() == 2
    record_contact_with(officer, case, **facts, answered_by="perpetrator")
    assert not safe_contact.in_use(case).filter(is_safe="yes").exists()
    assert SafeContact.objects.filter(replaces__in=[shared, phone]).count() == 2


def test_that_he_answered_there_counts_for_the_victim_too_whenever_it_is_written_down(case, officer, attempt, grandmother, phone):
    hour = timedelta(hours=1)
    SafeContact.objects.filter(case=case).update(recorded_at=timezone.now() - 9 * hour, verified_at=timezone.now() - 9 * hour)
    type(case).objects.filter(pk=case.pk).update(opened_at=timezone.now() - 9 * hour)
    case.refresh_from_db()
    own = SafeContact.objects.get(case=case, party__role="victim")
    own.value = "+447700900345"
    own.save()
    attempt(case, contact_id=own.pk, outcome="reached", at=timezone.now() - hour)
    record_contact_with(
        officer, case, party_id=grandmother.pk, at=timezone.now() - 3 * hour, audience="agency", contact_id=phone.pk, outcome="someone_else", answered_by="perpetrator",
    )
    assert "Recorded as a safe contact before this was known" in Entry.objects.filter(case=case, kind="contact").order_by("-id").first().text
    with pytest.raises(Refused, match="Somebody else answered this number"):
        attempt(case, contact_id=own.pk, outcome="reached", talked_it_through=True, at=timezone.now() - 2 * hour)
    assert not Task.objects.filter(case=case, kind="attempts.limit").exists()
    row = ContactAttempt.objects.get(case=case, outcome="someone_else")
    assert row.contact == phone and attempts.tries_since(case, officer.agency_id, timezone.now() - 9 * hour) == []


def test_somebody_answers_the_victims_telephone_and_theirs_is_lost_too(case, officer, attempt, phone):
    own = SafeContact.objects.get(case=case, party__role="victim")
    now = change_safe_contact(officer, case, contact_id=own.pk, value="+447700900345", is_safe="yes", times="any", is_checked=True)
    attempt(case, contact_id=now.pk, outcome="someone_else", answered_by="unknown")
    assert not safe_contact.in_use(case).filter(is_safe="yes").exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"at": timedelta(hours=1)}, "at"), ({"at": -timedelta(days=900)}, "at"), ({"channel": "from_them", "contact_id": None, "outcome": "no_answer"}, "outcome"),
        ({"channel": "text", "contact_id": None}, "override_reason"),
    ],
)
def test_what_cannot_be_is_refused(case, officer, grandmother, phone, facts, field):
    given = {"outcome": "no_answer", "contact_id": phone.pk} | facts | {"at": timezone.now() + facts.get("at", timedelta())}
    with pytest.raises(Refused) as refusal:
        record_contact_with(officer, case, party_id=grandmother.pk, audience="agency", **given)
    assert refusal.value.field == field


def test_the_victims_way_is_none_of_theirs_and_theirs_none_of_the_victims(case, officer, attempt, grandmother, phone):
    own = SafeContact.objects.get(case=case, party__role="victim")
    with pytest.raises(Refused, match="Choose again"):
        record_contact_with(officer, case, party_id=grandmother.pk, at=timezone.now(), outcome="no_answer", audience="agency", contact_id=own.pk)
    with pytest.raises(Refused, match="Choose again"):
        attempt(case, contact_id=phone.pk)


def test_the_page_costs_the_same_whatever_it_holds(client_for, case, officer, grandmother, phone, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for("housing_officer")
    page(client, case, "contact_with", grandmother)
    with CaptureQueriesContext(connection) as few:
        page(client, case, "contact_with", grandmother)
    for channel in ("text", "email", "letter", "visit", "work"):
        add_safe_contact(officer, case, party_id=grandmother.pk, **WAY | {"channel": channel, "value": "desk@example.org", "code_word": ""})
    with CaptureQueriesContext(connection) as many:
        page(client, case, "contact_with", grandmother)
    assert len(many) <= len(few) + 1  # places are asked about once, where there is one


def test_nothing_is_added_to_a_closed_case(case, officer, grandmother, phone):
    type(case).objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=case.opened_by, closing_reason="needs_met")
    with pytest.raises(Refused):
        verify_safe_contact(officer, case, contact_id=phone.pk)
    with pytest.raises(Refused):
        record_contact_with(officer, case, party_id=grandmother.pk, at=timezone.now(), outcome="no_answer", audience="agency", contact_id=phone.pk)
