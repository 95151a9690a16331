"""Everything that is due: nobody sees what they may not, each kind says what and leads to where it is done, what is missed stands first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Membership
from audit.models import Event
from cases import due, extensions
from cases.actions.orders import add_order
from cases.actions.schemes import set_marker
from cases.due_kinds import columns
from cases.models import Case, Clock, Exclusion, Grant, Notification, SafeContact, Task
from cases.rules.clocks import end_of
from tests.cases.flagging import flagged, proposed
from tests.cases.planning import planned

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def shown(actor, at=None, **facts):
    return due.everything_due(actor, at or timezone.now(), **facts).items


def codes(actor, **facts):
    return [item.kind.code for item in shown(actor, **facts)]


def a_task(case, people, *, owner=None, due_in=HOUR, agency="northvale_housing", title="Ring the school", kind="test", origin=""):
    now = timezone.now()
    return Task.objects.create(
        case=case, agency=people.agency(agency), owner=owner, kind=kind, origin=origin or f"test:{uuid4()}", title=title, due_at=now + due_in, raised_at=now - 9 * DAY
    )


def protected(people, case):
    """All that can be due on a case, by its housing officer."""
    officer, today = people.actor("housing_officer"), timezone.localdate()
    him, her = case.parties.get(role="perpetrator").pk, case.parties.get(role="victim").pk
    a_task(case, people, owner=people.housing_officer)
    planned(people, case, finish={"review_on": today + 20 * DAY})
    flag = flagged(people, case, in_days=10)
    Case.objects.filter(pk=case.pk).update(risk_level="high", risk_level_at=timezone.now())
    SafeContact.objects.filter(case=case).update(verified_at=timezone.now() - 31 * DAY)
    add_order(
        officer, case, kind="non_molestation", state="made", respondent=him, protected=[her], starts_on=today, ends_on=today + 15 * DAY, served_at=timezone.now(),
    )
    set_marker(officer, case, party_id=him, mappa_category="2", mappa_level="2", is_iom=None, review_on=today + 5 * DAY, source="Probation")
    Notification.objects.create(user=people.housing_officer, case=case, kind="case.allocated", at=timezone.now())
    proposed(people, flag)


@pytest.fixture
def whole(people, a_case):
    case = a_case(received_ago=50 * HOUR)
    protected(people, case)
    return case


# --- from the outside


@pytest.mark.parametrize("persona", ["outsider", "superuser", "idva", "commissioner", "auditor", "administrator", "marac_coordinator", "information_governance"])
def test_nobody_without_a_grant_or_a_role_has_anything_due(persona, people, whole):
    actor = people.actor(persona)
    assert shown(actor) == []
    if actor.may("see_team"):
        assert shown(actor, whose="team") == []


@pytest.mark.parametrize(
    ("persona", "status"), [("commissioner", 403), ("auditor", 403), ("administrator", 403), ("superuser", 403), ("outsider", 200), ("housing_manager", 200)],
)
def test_who_may_open_the_page(persona, status, client_for, whole):
    answer = client_for(persona).get("/work/due/")
    assert answer.status_code == status
    assert (whole.reference in answer.content.decode()) is (persona == "housing_manager")


def test_a_team_is_for_those_who_lead_one(people, whole, client_for):
    with pytest.raises(PermissionDenied):
        shown(people.actor("housing_officer"), whose="team")
    assert b"My team" not in client_for("housing_officer").get("/work/due/?whose=team").content


def test_a_summary_a_bar_an_end_and_a_closing_leave_nothing(people, whole, share):
    officer, manager = people.actor("housing_officer"), people.actor("housing_manager")
    share(whole, "harbour_idva", "summary", worker="idva")
    a_task(whole, people, owner=people.idva, agency="harbour_idva")
    assert shown(people.actor("idva")) == []
    assert len(shown(officer)) == 8
    bar = Exclusion.objects.create(case=whole, user=people.housing_officer, reason="r", made_at=timezone.now(), made_by=people.housing_manager)
    assert shown(officer) == []
    assert len(shown(manager, whose="team")) == 8  # a notice is one's own, and the removal is theirs to decide
    Exclusion.objects.filter(pk=bar.pk).update(lifted_at=timezone.now(), lifted_by=people.housing_manager)
    Grant.objects.filter(content_object=whole, agency=people.agency("northvale_housing")).update(ends_at=timezone.now())
    assert shown(officer) == shown(manager, whose="team") == []
    Grant.objects.filter(content_object=whole).update(ends_at=None)
    Case.objects.filter(pk=whole.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    assert shown(officer) == shown(manager, whose="team") == []


LEVELS = st.sampled_from([None, "summary", "partner", "lead", "meeting"])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(level=LEVELS, barred=st.sampled_from([None, "idva", "idva_manager", "agency"]), ends=st.sampled_from([None, -1, 1]), worker=st.sampled_from([None, "idva", "other_idva"]))
def test_whatever_is_granted_and_barred_only_what_may_be_read_is_due(people, whole, level, barred, ends, worker):
    """What the list shows, the case opens; and the cases of another agency's reader are never in it."""
    from cases import access

    at, agency = timezone.now(), people.agency("harbour_idva")
    with transaction.atomic():
        Clock.objects.filter(case=whole).update(agency=agency, owner=people.idva)
        if level:
            sample = Grant.objects.filter(content_object=whole).first()
            Grant.objects.create(
                content_object=whole, agency=agency, group=agency.group, permission=sample.permission, level=level, decision=sample.decision, started_at=at - 3 * HOUR,
                ends_at=None if ends is None else at + ends * HOUR, worker=getattr(people, worker) if worker else None,
            )
        if barred:
            whom = {"agency": agency} if barred == "agency" else {"user": getattr(people, barred)}
            Exclusion.objects.create(case=whole, reason="r", made_at=at, made_by=people.housing_officer, **whom)
        for persona, whose in (("idva", "mine"), ("other_idva", "mine"), ("idva_manager", "mine"), ("idva_manager", "team"), ("outsider", "mine")):
            actor = people.actor(persona)
            for item in shown(actor, at, whose=whose):
                assert access.can(actor, item.kind.needs, whole, at), (persona, whose, item.kind.code)
            if not access.can(actor, "see_case", whole, at):
                assert shown(actor, at, whose=whose) == []
        transaction.set_rollback(True)


# --- what is due, by whom, in which order


def test_each_kind_says_what_is_to_be_done_and_leads_there(people, whole, client_for):
    items = shown(people.actor("housing_officer"))
    assert [item.kind.code for item in items] == ["promise", "check", "action", "marker", "flag", "order", "plan", "told"]
    assert [item.words for item in items] == [
        "Contact the victim/survivor", "Check with them: telephone call", "Ring the school", "Review how the alleged perpetrator is managed (MAPPA, IOM)",
        "Review the flag: no home visits", "Non-molestation order ends: check whether it is extended", "Review the safety plan, version 1", "This case was allocated to you",
    ]
    assert {(item.reference, item.name, item.risk, item.owner) for item in items} == {(whole.reference, "Marigold Thistlewood", "High risk", "Tamsin Okonedo-Reyes")}
    client = client_for("housing_officer")
    for item in items:
        answer = client.get(item.url, follow=item.kind.code == "told")  # a notice is read on the way to its place
        assert answer.status_code == 200, item.url
    (removal,) = [item for item in shown(people.actor("housing_manager"), whose="team") if item.kind.code == "removal"]
    assert client_for("housing_manager").get(removal.url).status_code == 200


def test_a_review_is_shown_from_28_days_before_its_day_and_is_late_when_that_day_is_over(people, a_case):
    case, officer = a_case(clock=None), people.actor("housing_officer")
    today = timezone.localdate()
    planned(people, case, finish={"review_on": today + 29 * DAY})
    assert codes(officer) == []
    at = end_of(today + 29 * DAY)
    (item,) = shown(officer, at - HOUR)
    assert item.due_at == at
    assert shown(officer, at - HOUR, when="overdue") == [] and len(shown(officer, at, when="week")) == 1
    assert len(shown(officer, at + HOUR, when="overdue")) == 1


def test_an_older_plan_an_ended_order_and_an_earlier_marker_are_not_due(people, whole):
    officer, today = people.actor("housing_officer"), timezone.localdate()
    planned(people, whole, finish={"review_on": today + 60 * DAY}, danger="Something new")
    him = whole.parties.get(role="perpetrator").pk
    set_marker(officer, whole, party_id=him, mappa_category="none", mappa_level="", is_iom=False, review_on=None, source="Probation")
    from cases.models import Order

    Order.objects.update(state="refused", served_at=None)
    assert codes(officer) == ["promise", "check", "action", "flag", "told"]


def test_what_was_given_to_somebody_is_theirs_and_what_was_given_to_nobody_is_the_holders(people, a_case):
    case, other = a_case(clock=None), a_case("other_housing_officer", clock=None)
    a_task(case, people, title="nobody’s")
    a_task(case, people, owner=people.other_housing_officer, title="a colleague’s")
    a_task(other, people, owner=people.housing_officer, title="mine, on a colleague’s case")
    a_task(case, people, agency="harbour_idva", title="another agency’s")
    assert {item.note for item in shown(people.actor("housing_officer"))} == {"nobody’s", "mine, on a colleague’s case"}
    assert {item.note for item in shown(people.actor("other_housing_officer"))} == {"a colleague’s"}
    assert {item.note for item in shown(people.actor("housing_manager"), whose="team")} == {"nobody’s", "a colleague’s", "mine, on a colleague’s case"}
    assert shown(people.actor("housing_manager")) == []


def test_what_nobody_holds_or_somebody_who_left_is_the_teams(people, a_case):
    case, left = a_case(), a_case("other_housing_officer")
    Grant.objects.filter(content_object=case).update(worker=None)
    Clock.objects.filter(case=case).update(owner=None)
    Membership.objects.filter(user=people.other_housing_officer).update(ended_at=timezone.now(), started_at=timezone.now() - DAY)
    items = shown(people.actor("housing_manager"), whose="team")
    assert {(item.reference, item.owner) for item in items} == {(case.reference, ""), (left.reference, "Piers Adeyemi-Holt")}


def test_another_teams_work_is_not_this_teams_and_who_manages_nobody_answers_for_all(people, a_case):
    a_case()
    Membership.objects.filter(user=people.housing_officer).update(manager=people.agency_lead)
    assert shown(people.actor("housing_manager"), whose="team") == []
    assert codes(people.actor("agency_lead"), whose="team") == ["promise"]
    Membership.objects.filter(user=people.housing_officer).update(manager=people.housing_manager)
    assert codes(people.actor("agency_lead"), whose="team") == ["promise"]


def test_a_second_person_is_asked_and_not_whoever_holds_the_case(people, a_case):
    case = a_case(clock=None)
    a_task(case, people, kind="countersign", origin="assessment:7", title="Decide")
    assert shown(people.actor("housing_officer")) == []
    (item,) = shown(people.actor("housing_manager"))
    assert item.url.endswith("/assessments/7/decide/")


def test_asked_to_assess_leads_to_the_assessment_for_who_may(people, a_case):
    case = a_case("specialist_da_officer", clock=None)
    a_task(case, people, kind="reassess", title="Assess again")
    (item,) = shown(people.actor("specialist_da_officer"))
    assert item.url.endswith("/assessments/new/")
    Grant.objects.update(worker=people.housing_officer)
    (item,) = shown(people.actor("housing_officer"))
    assert "/actions/" in item.url


def test_missed_promises_and_those_due_within_a_day_stand_first_and_notices_last(people, a_case):
    running, missed, case, soon = a_case(received_ago=HOUR), a_case(received_ago=49 * HOUR), a_case(clock=None), a_case(received_ago=25 * HOUR)
    a_task(case, people, owner=people.housing_officer, due_in=-9 * DAY)
    Notification.objects.create(user=people.housing_officer, case=case, kind="case.allocated", at=timezone.now() - 30 * DAY)
    items = shown(people.actor("housing_officer"))
    assert [(item.kind.code, item.reference) for item in items] == [
        ("promise", missed.reference), ("promise", soon.reference), ("action", case.reference), ("promise", running.reference), ("told", case.reference),
    ]
    Notification.objects.update(read_at=timezone.now())
    assert codes(people.actor("housing_officer"), kind="told") == []
    assert codes(people.actor("housing_officer"), kind="promise") == ["promise"] * 3


def test_a_hearing_leads_to_what_the_court_decided(people, a_case):
    case, officer = a_case(clock=None), people.actor("housing_officer")
    him, her = case.parties.get(role="perpetrator").pk, case.parties.get(role="victim").pk
    add_order(
        officer, case, kind="dvpn", state="made", respondent=him, protected=[her], starts_on=timezone.localdate(), served_at=timezone.now(), terms="To leave the home.",
    )
    (item,) = shown(officer, kind="promise")
    assert item.url.endswith("/heard/")


def test_the_apps_above_add_kinds_of_their_own(people, a_case, monkeypatch):
    case = a_case(clock=None)

    def rows(reach):
        return [columns(Case.objects.filter(pk__in=reach.held("see_case")).annotate(case_id=due_case()), due_at())]

    def due_case():
        from django.db.models import F

        return F("pk")

    def due_at():
        from django.db.models import F

        return F("opened_at")

    kind = extensions.DueKind("mine", "Mine", "see_case", rows, lambda item: "Look", lambda item: "/x/", is_waiting=True)
    monkeypatch.setattr(extensions, "DUE", [*extensions.DUE, kind])
    (item,) = shown(people.actor("housing_manager"), whose="team")
    assert (item.words, item.url, item.reference) == ("Look", "/x/", case.reference)


# --- the page


def test_pages_follow_each_other_without_gap_or_repeat(people, a_case, monkeypatch):
    monkeypatch.setattr(due, "PAGE", 3)
    due._first_page.cache_clear()
    same = timezone.now() - HOUR
    cases = [a_case(received_ago=(45 + n) * HOUR) for n in range(4)]
    for case in cases:
        for _ in range(2):
            task = a_task(case, people, owner=people.housing_officer)
            Task.objects.filter(pk=task.pk).update(due_at=same)
        Notification.objects.create(user=people.housing_officer, case=case, kind="case.allocated", at=same)
    actor, at, seen, after = people.actor("housing_officer"), timezone.now(), [], None
    for _ in range(9):
        page = due.everything_due(actor, at, after=after)
        seen += [(item.kind.code, item.row) for item in page.items]
        after = page.after
        if after is None:
            break
    due._first_page.cache_clear()
    assert len(seen) == len(set(seen)) == 16
    monkeypatch.setattr(due, "PAGE", 25)
    assert seen == [(item.kind.code, item.row) for item in due.everything_due(actor, at).items]
    due._first_page.cache_clear()


@pytest.mark.parametrize("key", ["", "x", "1.x", "1.2.3", "9.9.9.9", "1.-5.1.1", "0.99999999999999999.0.0", "٣.٣.٣.٣", "1.1.1.\0", "1.1.1.1.1"])
def test_a_key_that_makes_no_sense_does_no_harm(key, people, whole, client_for):
    assert client_for("housing_officer").get("/work/due/", {"after": key, "kind": key, "when": key, "whose": key}).status_code == 200


def test_the_page_says_what_case_when_and_by_whom(people, whole, client_for):
    Case.objects.filter(pk=whole.pk).update()
    page = client_for("housing_manager").get("/work/due/").content.decode()
    assert "<title>Everything due - Waymark</title>" in page
    assert "2 hours overdue" in page and "Marigold Thistlewood" in page and "Tamsin Okonedo-Reyes" in page and "Waiting for" in page
    event = Event.objects.filter(verb="case.list").latest("id")
    assert (event.subject, event.after["count"]) == ("due:team", 8)
    page = client_for("housing_officer").get("/work/due/?kind=plan&when=week").content.decode()
    assert "Nothing here matches the filter." in page and "Remove this filter" in page
    assert "Nothing is due." in client_for("idva").get("/work/due/").content.decode()


@pytest.mark.parametrize(("persona", "address"), [("housing_officer", "/work/due/"), ("housing_manager", "/work/due/?whose=team&when=overdue")])
def test_the_number_of_queries_is_constant_and_at_most_twelve(persona, address, people, a_case, client_for):
    client = client_for(persona)

    def filled(count):
        for n in range(count):
            case = a_case(received_ago=(49 + n) * HOUR)
            a_task(case, people, owner=people.housing_officer, due_in=-HOUR)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]

    protected(people, a_case(received_ago=70 * HOUR))
    queries()
    first = queries()
    filled(20)
    assert len(queries()) == len(first)
    assert len(first) <= 12, "\n".join(sql[:140] for sql in first)
