"""From the first question to an open case: what the pages write, and the promise that starts."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.actions.schemes import add_request
from cases.models import Address, ChildrenAsked, Clock, Consent, Entry, Party, SafeContact, SafeWindow
from cases.rules.clocks import LONDON
from referrals.models import Disclosure
from tests.referrals import walk

pytestmark = pytest.mark.django_db


def due(days=100):
    day = timezone.localdate() + timedelta(days=days)
    return {"row-1-expected_on_day": day.day, "row-1-expected_on_month": day.month, "row-1-expected_on_year": day.year}


@pytest.fixture
def logged(client_for):
    """Log a disclosure as somebody, with answers of one's own."""

    def log(persona="housing_officer", answers=None, **kwargs):
        answers = {"each_child": walk.YES["each_child"] | due() | {"row-0-lives_here": "yes"}} | (answers or {})
        return walk.log(client_for(persona), answers, **kwargs)

    return log


def at(moment):
    local = moment.astimezone(LONDON)
    return {"received_at_day": local.day, "received_at_month": local.month, "received_at_year": local.year, "received_at_time": f"{local:%H:%M}"}


def test_a_disclosure_becomes_a_case_with_everything_on_it(logged, people):
    disclosure = logged()
    case = disclosure.case
    assert (case.lead_agency, case.pathway, case.area, case.has_stalking_element) == (people.agency("northvale_housing"), "tenant", "bolsover", True)
    assert case.grants.get().worker == people.housing_officer

    victim = case.parties.get(role="victim")
    assert (victim.person.name, victim.person.date_of_birth, victim.person.sex) == ("Saoirse O'Dálaigh-Nwosu", date(1994, 5, 17), "female")
    perpetrator = case.parties.get(role="perpetrator")
    assert (perpetrator.person.name, perpetrator.relationship, perpetrator.lives_with_victim) == ("Rufus Blackwater", "ex_partner", False)
    born, expected = case.parties.filter(role="child").order_by("id")
    assert (born.person.name, born.person.approximate_age, born.is_unborn) == ("Juniper", 3, False)
    assert expected.is_unborn
    assert expected.expected_on == timezone.localdate() + timedelta(days=100)

    assert (born.lives_with_victim, expected.lives_with_victim) == (True, None)  # nobody said so of the one not yet born
    assert ChildrenAsked.objects.get(case=case).answer == "yes"

    address = Address.objects.get(case=case)
    assert (address.lines, address.postcode, address.visibility) == ("4 Plover Court\nNorthvale", "ZZ99 3VZ", "restricted")
    contact = SafeContact.objects.get(case=case)
    assert (contact.channel, contact.value, contact.is_safe, contact.voicemail) == ("phone", "+447700900123", "yes", "no")
    assert (contact.how, contact.code_word, contact.verified_by) == ("Ask for Sersh", "bluebell", people.housing_officer)
    assert (contact.times, contact.verified_at, contact.recorded_at) == ("windows", disclosure.submitted_at, disclosure.submitted_at)
    windows = [(one.weekday, f"{one.starts:%H:%M}", f"{one.ends:%H:%M}") for one in SafeWindow.objects.filter(contact=contact)]
    assert windows == [(0, "12:00", "13:00"), (2, "12:00", "13:00")]
    consent = Consent.objects.get(case=case)
    assert (consent.state, consent.scope, consent.party) == ("given", "Housing and the IDVA service", victim)

    said = Entry.objects.get(case=case, title="What was said or seen")
    assert (said.text, said.audience) == ("He took her keys.\nShe is afraid of Friday.", "partners")
    assert (disclosure.route, disclosure.reporter, disclosure.immediate_danger, disclosure.has_stalking_element) == ("direct", "self", False, True)
    assert disclosure.received_at <= disclosure.logged_at == disclosure.submitted_at


@pytest.mark.parametrize(("route", "kind", "promise"), [
    ("direct", "discussion", "Talk the situation through"), ("signs", "discussion", "Talk the situation through"),
    ("repairs", "contact", "Contact the victim/survivor"), ("partner", "contact", "Contact the victim/survivor"),
])
def test_the_route_decides_the_promise_and_the_chronology_says_why(logged, people, route, kind, promise):
    disclosure = logged(answers={"route": {"route": route, "reporter": "agency"}})
    clock = Clock.objects.get(case=disclosure.case)
    assert (clock.kind, clock.started_at, clock.owner) == (kind, disclosure.received_at, people.housing_officer)
    assert clock.due_at == disclosure.received_at + timedelta(hours=48)
    entry = Entry.objects.get(case=disclosure.case, kind="clock")
    assert entry.title.startswith(promise)
    assert ("from that discussion" if kind == "discussion" else "from when it was received") in entry.text
    assert clock.basis in entry.text


@pytest.mark.parametrize(("persona", "route", "pathway"), [
    ("housing_officer", "homeless", "homeless"), ("call_handler", "direct", "helpline"), ("health_visitor", "direct", "tenant"),
])
def test_the_pathway_follows_from_the_route_and_the_role(logged, persona, route, pathway):
    assert logged(persona, {"route": {"route": route, "reporter": "self"}}).case.pathway == pathway


def test_the_last_page_says_the_reference_and_the_promise(logged, client_for):
    with time_machine.travel(datetime(2026, 3, 18, 10, 20, 30, tzinfo=UTC), tick=False):
        client = client_for("housing_officer")
        disclosure = walk.log(client, {"children": {"any": "no"}})
        page = client.get(reverse("disclosure_logged", args=[disclosure.reference])).content.decode()
    assert disclosure.case.reference in page
    assert "Talk the situation through together by Friday 20 March 2026 at 10:20am" in page
    assert "from that discussion" in page


def test_looked_at_later_it_says_the_promise_of_logging_and_no_other(logged, client_for, people):
    disclosure = logged()
    asked = {"route": "victim", "at_risk": disclosure.case.parties.get(role="victim").pk, "subject": disclosure.case.parties.get(role="perpetrator").pk}
    add_request(people.actor("housing_officer"), disclosure.case, asked_at=timezone.now(), **asked)
    page = client_for("housing_officer").get(reverse("disclosure_logged", args=[disclosure.reference])).content.decode()
    assert Clock.objects.filter(case=disclosure.case, kind="dvds", stopped_at=None).exists()
    assert page.count("from that discussion") == 1 and "Clare" not in page


def test_one_received_long_ago_opens_missed_and_says_so(logged, client_for):
    long_ago = timezone.now() - timedelta(days=5)
    disclosure = logged(answers={"received": at(long_ago)})
    clock = Clock.objects.get(case=disclosure.case)
    assert clock.is_breached(timezone.now())
    assert "already missed when it was logged" in Entry.objects.get(case=disclosure.case, kind="clock").text
    assert "missed already" in client_for("housing_officer").get(reverse("disclosure_logged", args=[disclosure.reference])).content.decode()


def test_logged_at_once_when_someone_is_in_danger(logged, client_for, people):
    disclosure = logged(
        danger="yes",
        answers={"emergency": {"pace": "log_now", "police_incident_number": "INC-0420-7"}, "victim": {"description": "Woman, top flat, 4 Plover Court"}},
    )
    case = disclosure.case
    victim = Party.objects.get(case=case)
    assert (victim.role, victim.person.name, victim.person.also_known_as) == ("victim", "Name not known", "Woman, top flat, 4 Plover Court")
    assert (disclosure.immediate_danger, disclosure.police_incident_number, disclosure.route) == (True, "INC-0420-7", "")
    assert Clock.objects.get(case=case).kind == "contact"
    assert "INC-0420-7" in Entry.objects.get(case=case, kind="risk").text
    page = client_for("housing_officer").get(reverse("disclosure_logged", args=[disclosure.reference])).content.decode()
    assert "Say how to reach them safely" not in page  # that follows once somebody says that there is a way
    for words in ("Say whether there is a safe way to reach them", "Answer what was left for later", "the alleged perpetrator, stalking", "Ask about children"):
        assert words in page
    links = re.findall(r'href="([^"]+)"', page.split("What is next</h2>")[1].split("</ol>")[0])
    assert len(links) == len(set(links)) == 4  # a safe way, the rest, the children, the case: each once
    assert "Add the police incident number" not in page


def test_what_could_wait_is_asked_only_until_it_is_answered(logged, client_for):
    disclosure = logged(danger="yes", answers={"emergency": {"pace": "log_now"}, "victim": {"given_name": "Mari"}})
    case, client = disclosure.case, client_for("housing_officer")

    def rest(code, data):
        url = reverse("disclosure_rest", args=[case.reference, walk.pages.PAGES[code].slug])
        return client.post(url, walk.hidden(client.get(url)) | data)

    assert rest("contact", {"any": "yes"}).url.endswith("/ways/")
    assert rest("channels", walk.YES["channels"]).url == reverse("case", args=[case.reference])
    assert SafeContact.objects.get(case=case).value == "+447700900123"
    assert rest("stalking", {"stalking": "no"}).status_code == 302
    assert rest("route", {"route": "homeless", "reporter": "self"}).status_code == 302
    assert rest("consent", {"state": "refused"}).status_code == 422
    case.refresh_from_db()
    disclosure.refresh_from_db()
    assert (case.has_stalking_element, disclosure.has_stalking_element, case.pathway, disclosure.route) == (False, False, "homeless", "homeless")
    page = client.get(reverse("disclosure_logged", args=[disclosure.reference])).content.decode()
    assert "stalking" not in page
    assert "Say whether there is a safe way to reach them" not in page
    assert "What happened, where they live, the alleged perpetrator." in page


def test_what_was_left_is_answered_one_page_after_the_other_and_the_next_step_is_one(logged, client_for, people):
    from referrals import case_panel

    case = logged(danger="yes", answers={"emergency": {"pace": "log_now"}, "victim": {"given_name": "Mari"}}).case
    client, seen = client_for("housing_officer"), []
    (step,) = case_panel.next_actions(people.actor("housing_officer"), case, {"edit_people"}, timezone.now())
    assert (step.label, step.why) == ("Answer what was left for later", "How you heard of it, what happened, where they live, the alleged perpetrator, stalking.")
    url = step.url
    while "first-notes" in url:
        code = walk.pages.BY_SLUG[url.split("?")[0].rstrip("/").rsplit("/", 1)[1]].code
        seen.append(code)
        answered = client.post(url, walk.hidden(client.get(url)) | walk.YES[code])
        assert answered.status_code == 302, answered.content.decode()
        url = answered.url
    assert seen == ["route", "account", "home", "perpetrator", "stalking"]
    assert url == reverse("case", args=[case.reference])
    assert case_panel.next_actions(people.actor("housing_officer"), case, {"edit_people"}, timezone.now()) == []


def test_children_are_asked_about_in_one_place_once_the_case_is_open(logged, client_for, people):
    from referrals import case_panel

    case = logged(danger="yes", answers={"emergency": {"pace": "log_now"}, "victim": {"given_name": "Mari"}}).case
    client, ask = client_for("housing_officer"), reverse("children_ask", args=[case.reference])
    page = client.get(reverse("case", args=[case.reference])).content.decode()
    following = page.split("What is next</h2>")[1].split("</ul>")[0]
    assert following.count("Ask about children") == following.count(f'href="{ask}"') == 1
    assert "first-notes/household" not in page
    (step,) = case_panel.next_actions(people.actor("housing_officer"), case, {"edit_people"}, timezone.now())
    assert "hildren" not in step.label + step.why
    assert client.post(ask, walk.hidden(client.get(ask)) | {"answer": "yes"}).url.endswith("?role=child")
    page = client.get(reverse("case", args=[case.reference])).content.decode()
    assert "Add each child" in page and "Ask about children" not in page.split("What is next</h2>")[1].split("</ul>")[0]


def test_the_last_page_left_is_named_itself(logged, people):
    from referrals import case_panel

    case = logged(danger="yes", answers={"emergency": {"pace": "log_now"}, "victim": {"given_name": "Mari"}}).case
    Disclosure.objects.filter(case=case).update(answers=Disclosure.objects.get(case=case).answers | {code: {} for code in ("route", "account", "home", "perpetrator")})
    (step,) = case_panel.next_actions(people.actor("housing_officer"), case, {"edit_people"}, timezone.now())
    assert (step.label, step.url) == ("Say whether there is a stalking element", reverse("disclosure_rest", args=[case.reference, "more"]))


def test_the_same_question_of_a_case_answered_twice_is_refused_and_nothing_typed_is_lost(logged, client_for):
    disclosure = logged(danger="yes", answers={"emergency": {"pace": "log_now"}, "victim": {"given_name": "Mari"}})
    url = reverse("disclosure_rest", args=[disclosure.case.reference, "other"])
    mine, theirs = client_for("housing_officer"), client_for("housing_manager")
    form = walk.hidden(mine.get(url))
    assert theirs.post(url, walk.hidden(theirs.get(url)) | walk.YES["perpetrator"]).status_code == 302
    late = mine.post(url, form | {"known": "yes", "given_name": "Ferdinand"})
    assert late.status_code == 422
    assert "answered already" in late.content.decode()
    assert "Ferdinand" in late.content.decode()
    assert Party.objects.filter(case=disclosure.case, role="perpetrator").count() == 1


def test_an_alleged_perpetrator_who_is_not_known_leaves_the_reason_for_the_own_agency(logged):
    disclosure = logged(answers={"perpetrator": {"known": "no", "reason": "It was not safe to ask", "relationship": "partner"}})
    assert Party.objects.get(case=disclosure.case, role="perpetrator").person.name == "Name not known"
    entry = Entry.objects.get(case=disclosure.case, kind="people", title="The alleged perpetrator is not known")
    assert (entry.text, entry.audience) == ("It was not safe to ask", "agency")


def test_answers_of_a_page_that_no_longer_applies_do_not_reach_the_case(logged, client_for):
    client = client_for("housing_officer")
    reference = walk.fill(client, {"each_child": walk.YES["each_child"] | due()})
    assert walk.send(client, reference, "children", {"any": "no"}, query="?to=check").url == reverse("disclosure_check", args=[reference])
    check = client.get(reverse("disclosure_check", args=[reference]))
    assert "Juniper" not in check.content.decode()
    client.post(reverse("disclosure_check", args=[reference]), walk.hidden(check))
    disclosure = Disclosure.objects.get(reference=reference)
    assert not Party.objects.filter(case=disclosure.case, role="child").exists()
    assert "each_child" not in disclosure.answers


def test_what_was_done_is_in_the_log_without_a_word_of_what_was_said(logged):
    disclosure = logged()
    events = list(Event.objects.filter(verb__startswith="disclosure."))
    assert [event.verb for event in events].count("disclosure.submit") == 1
    submitted = next(event for event in events if event.verb == "disclosure.submit")
    assert submitted.case_reference == disclosure.case.reference
    assert {"case.open", "grant.give", "clock.start"} <= set(Event.objects.filter(case_reference=disclosure.case.reference).values_list("verb", flat=True))
    words = " ".join(f"{event.subject} {event.before} {event.after} {event.reason}" for event in Event.objects.all())
    for said in ("Saoirse", "Blackwater", "Plover", "900123", "bluebell", "keys"):
        assert said not in words


def test_a_logged_disclosure_cannot_be_rewritten(logged):
    from django.db import DatabaseError, transaction

    disclosure = logged()
    disclosure.answers["account"]["account"] = "Something else"
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        disclosure.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Disclosure.objects.filter(pk=disclosure.pk).delete()
    kept = Disclosure.objects.get(pk=disclosure.pk)
    assert kept.answers["account"]["account"].startswith("He took")
