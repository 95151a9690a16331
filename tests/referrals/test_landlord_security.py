"""Security measures from order to check: promises, visits that are safe, what stands in the way, what passes on, the year's sums."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import OuterRef
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Policy
from audit.models import Event
from cases import plans
from cases.access import visible_cases
from cases.actions.plan import finish_plan, save_plan, start_plan
from cases.actions.safe_contact import add_safe_contact
from cases.actions.sharing import end_share
from cases.extensions import BEFORE_CLOSING
from cases.models import Clock, Party
from referrals.landlord import budget, panel, reading, visiting
from referrals.landlord.actions.security import cancel_security
from referrals.models import SecurityOrder, SecurityVisit
from tests.referrals.landlord import LONG, added, cancelled, checked, decided, fitted, him, ordered, visit
from tests.referrals.onward import moment, send, text_of


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def officer(people):
    return people.actor("housing_officer")


def clock_of(order):
    return Clock.objects.filter(about=f"security:{order.pk}").latest("pk")


def reasons(case):
    return [reason for check in BEFORE_CLOSING for reason in check(case, timezone.now()) if "ecurity measures" in reason]


@pytest.mark.parametrize(("urgent", "kind", "within"), [(True, "security_urgent", "24 elapsed hours"), (False, "security", "5 working days")])
def test_an_order_is_a_promise_kept_when_the_last_of_it_is_fitted(case, officer, urgent, kind, within):
    order = ordered(officer, case, urgent=urgent)
    clock = clock_of(order)
    assert (clock.kind, clock.agency_id, clock.due_at) == (kind, officer.agency_id, order.due_at) and within in order.basis
    fitted(officer, order, "door_chain")
    assert clock_of(order).is_running
    fitted(officer, order, "window_alarm")
    clock = clock_of(order)
    assert not clock.is_running and clock.outcome == "met"
    assert reasons(case) == ["Security measures were fitted, and nobody has checked that they work."]
    checked(officer, order)
    assert reasons(case) == []
    assert Event.objects.filter(verb__startswith="security.", outcome="done").count() == 4


def test_the_policy_of_the_agency_sets_the_time_and_what_was_promised_stays(case, officer, people):
    before = ordered(officer, case, urgent=True)
    Policy.objects.create(
        key="security.urgent_within", agency=people.agency("northvale_housing"), value="12h", effective_from=timezone.now(), reason="Agreed", set_by=people.housing_manager,
        set_at=timezone.now(),
    )
    after = ordered(officer, case, urgent=True)
    assert "12 elapsed hours" in after.basis and after.due_at < before.due_at
    before.refresh_from_db()
    assert "24 elapsed hours" in before.basis


def test_what_does_not_work_is_ordered_again_with_a_time_of_its_own(case, officer):
    order = ordered(officer, case)
    fitted(officer, order)
    with pytest.raises(Refused, match="what is wrong"):
        checked(officer, order, is_sound=False)
    checked(officer, order, is_sound=False, fault="The chain comes away from the frame.")
    assert {one.state for one in order.measures.all()} == {"ordered"} and clock_of(order).is_running
    assert Clock.objects.filter(about=f"security:{order.pk}").count() == 2
    fitted(officer, order)
    checked(officer, order)
    assert {one.state for one in order.measures.all()} == {"checked"}


def test_what_is_cancelled_is_not_needed_and_its_reason_stays(case, officer):
    order = ordered(officer, case)
    with pytest.raises(Refused, match="what keeps them safe"):
        cancelled(officer, order, reason="No.")
    cancelled(officer, order)
    assert clock_of(order).outcome == "not_needed" and reasons(case) == []
    with pytest.raises(Refused, match="already"):
        fitted(officer, order)
    with pytest.raises(Refused, match="left to fit"):
        visit(officer, order)


def test_one_cancelled_and_the_rest_fitted_keeps_the_promise(case, officer):
    order = ordered(officer, case)
    fitted(officer, order, "door_chain")
    cancelled(officer, order)
    assert clock_of(order).outcome == "met"


def test_a_visit_is_planned_for_a_safe_time_or_with_the_reason_why_not(client_for, case, officer):
    order = ordered(officer, case)
    soon = timezone.now() + timedelta(hours=3)
    with pytest.raises(Refused, match="recorded as safe") as refused:
        visit(officer, order, visit_at=soon, override_reason="")
    assert refused.value.field == "override_reason"
    visit(officer, order, visit_at=soon)
    assert not SecurityVisit.objects.get().was_safe
    add_safe_contact(officer, case, channel="visit", value="", is_safe="yes", times="any", voicemail="unknown", is_checked=True)
    assert visiting.reasons_not_safe(case, soon) == []
    assert visit(officer, order, visit_at=soon, override_reason="").was_safe
    with pytest.raises(Refused, match="future"):
        visit(officer, order, visit_at=timezone.now() - timedelta(minutes=1))
    told = lambda: text_of(client_for("housing_officer"), case, "security_order", order.pk)  # noqa: E731
    assert "no longer known to be safe" not in told()
    assert "The fitter comes" in text_of(client_for("housing_officer"), case)
    # Whatever was ticked: nobody calls where the alleged perpetrator lives.
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=True)
    assert visiting.reasons_not_safe(case, soon) != []
    assert "no longer known to be safe" in told() and "not known to be safe now" in text_of(client_for("housing_officer"), case, "security_text", order.pk)
    with pytest.raises(Refused, match="same home"):
        visit(officer, order, visit_at=soon, override_reason="")


def test_arson_that_somebody_wrote_of_proposes_the_letterbox(client_for, case, people, officer):
    actor = people.actor("specialist_da_officer")
    draft = start_plan(actor, case)
    draft = save_plan(actor, case, texts={"triggers": "He has said that he will pour petrol through the door."}, opened_with=plans.mark_of({"triggers": draft.triggers}))
    finish_plan(
        actor, case, draft_revision=draft.revision, newest_seen=0, is_agreed=True, agreed_on=timezone.localdate(), agreed_with="A", has_copy=False, copy_kept="",
        review_on=timezone.localdate() + timedelta(days=20),
    )
    assert "Is arson feared?" in text_of(client_for("housing_officer"), case, "security")
    form = text_of(client_for("housing_officer"), case, "security_add")
    assert "A fireproof letterbox is proposed" in form and 'value="letterbox" checked' in form
    with pytest.raises(Refused, match="Arson is feared"):
        ordered(officer, case, fears_fire=True)
    ordered(officer, case, fears_fire=True, lines={"letterbox": (1, 9000)})
    assert "Is arson feared?" not in text_of(client_for("housing_officer"), case, "security")
    ordered(officer, case, fears_fire=True)  # one is on its way


def test_what_lets_nobody_fear_arson_proposes_nothing(client_for, case):
    assert "A fireproof letterbox is proposed" not in text_of(client_for("housing_officer"), case, "security_add")


# --- on the pages


def test_an_order_is_made_fitted_and_checked_on_its_pages(client_for, case, officer):
    client = client_for("housing_officer")
    answer = send(
        client, case, "security_add", measures=["door_chain", "letterbox"], quantity_door_chain="2", cost_door_chain="£1,050.5", quantity_letterbox="1", is_urgent="yes",
        fears_fire="no",
    )
    assert answer.status_code == 302
    order = case.security_orders.get()
    assert dict(order.measures.values_list("kind", "cost_pence")) == {"door_chain": 105050, "letterbox": 0}
    at = timezone.now() + timedelta(days=2)
    answer = send(client, case, "security_visit", order.pk, **moment("visit_at", at))
    assert answer.status_code == 422 and "No visit to the home is recorded as safe. Choose another time" in answer.content.decode()
    assert send(client, case, "security_visit", order.pk, override_reason=LONG, **moment("visit_at", at)).status_code == 302
    pks = [str(pk) for pk in order.measures.values_list("pk", flat=True)]
    answer = send(client, case, "security_fitted", order.pk, measures=pks, fitter="Joiner", **moment("fitted_at", timezone.now()), **{f"cost_{pks[1]}": "84"})
    assert answer.status_code == 302 and order.measures.get(kind="letterbox").cost_pence == 8400
    assert "Check that the security measures work" in text_of(client, case)
    assert send(client, case, "security_checked", order.pk, measures=pks, is_sound="yes", **moment("checked_at", timezone.now())).status_code == 302
    assert "2 fitted and checked" in text_of(client, case)
    assert {one.fitter for one in order.measures.all()} == {"Joiner"}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "Select at least one measure"),
        ({"measures": ["door_chain"], "quantity_door_chain": ""}, "Enter how many"),
        ({"measures": ["door_chain"], "quantity_door_chain": "a"}, "Enter a whole number"),
        ({"measures": ["door_chain"], "quantity_door_chain": "21"}, "Enter a number from 1 to 20"),
        ({"measures": ["door_chain"], "quantity_door_chain": "1", "cost_door_chain": "ten"}, "Enter a sum in pounds"),
        ({"measures": ["door_chain"], "quantity_door_chain": "1", "cost_door_chain": "-5"}, "Enter a sum in pounds"),
        ({"measures": ["door_chain"], "quantity_door_chain": "1", "cost_door_chain": "٣"}, "Enter a sum in pounds"),
        ({"measures": ["crowbar"]}, "Choose one of the answers listed"),
        ({"measures": ["door_chain"], "quantity_door_chain": "1", "fears_fire": "yes", "no_letterbox": "Metal."}, "Order a fireproof letterbox, or say why not"),
    ],
)
def test_bad_input_stands_beside_its_field_and_nothing_is_lost(client_for, case, facts, said):
    answer = send(client_for("housing_officer"), case, "security_add", **{"is_urgent": "no", "fears_fire": "no"} | facts)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and not case.security_orders.exists()
    for value in facts.values():
        assert not isinstance(value, str) or value in page


def test_what_was_typed_for_a_measure_that_is_not_ordered_stands_in_nobodys_way(client_for, case):
    answer = send(client_for("housing_officer"), case, "security_add", measures=["door_chain"], quantity_door_chain="1", quantity_letterbox="x", is_urgent="no", fears_fire="no")
    assert answer.status_code == 302 and case.security_orders.get().measures.count() == 1


def test_the_same_form_twice_orders_once_and_an_older_one_is_told(client_for, case):
    client, url = client_for("housing_officer"), reverse("security_add", args=[case.reference])
    case.refresh_from_db()
    typed = {"once": "0b0a1a0e-6a0e-4a52-9d53-5b2b0f9f7a11", "revision": case.revision, "measures": ["door_chain"], "quantity_door_chain": "1"}
    typed |= {"is_urgent": "no", "fears_fire": "no"}
    assert [client.post(url, typed).status_code for _ in range(2)] == [302, 302]
    assert case.security_orders.count() == 1
    answer = client.post(url, typed | {"once": ""})
    assert answer.status_code == 422 and "Somebody else changed this case" in answer.content.decode()


def test_a_protected_place_is_not_named_to_partners(case, officer, client_for):
    from cases.models import Address

    Address.objects.create(case=case, party=case.parties.get(role="victim"), lines="19 Plover Court", postcode="ZZ99 2CD", visibility="confidential", from_at=timezone.now())
    order = ordered(officer, case)
    for call in (
        lambda: visit(officer, order, override_reason=f"{LONG} At 19 Plover Court."), lambda: cancelled(officer, order, reason=f"{LONG} She is at ZZ99 2CD now."),
        lambda: ordered(officer, case, fears_fire=True, no_letterbox=f"{LONG} 19 Plover Court has one."),
    ):
        with pytest.raises(Refused, match="protected place"):
            call()


# --- what follows elsewhere


def test_what_is_left_passes_to_the_lead_when_sharing_ends_and_who_pays_stays(people, case, share, a_case):
    theirs = a_case("idva")
    grant = share(theirs, "northvale_housing", "partner", persona="idva")
    landlord = people.actor("housing_officer")
    order = ordered(landlord, theirs)
    end_share(people.actor("idva"), theirs, grant=grant.pk, reason=LONG)
    order.refresh_from_db()
    assert order.agency_id == theirs.lead_agency_id and order.payer_id == landlord.agency_id
    assert clock_of(order).agency_id == theirs.lead_agency_id
    fitted(people.actor("idva"), order)
    checked(people.actor("idva"), order)
    assert reasons(theirs) == []


def test_it_stands_among_everything_that_is_due(client_for, case, officer):
    order = ordered(officer, case)
    page = client_for("housing_officer").get(reverse("work_due")).content.decode()
    assert "Have the security measures fitted" in page and reverse("security_order", args=[case.reference, order.pk]) in page
    fitted(officer, order, "door_chain")
    added(officer, case, next_on=timezone.localdate() + timedelta(days=3))
    page = client_for("housing_officer").get(reverse("work_due")).content.decode()
    assert "Check that it works: door chain" in page and "See how far it is: legal advice" in page
    assert "Check that it works" not in client_for("other_housing_officer").get(reverse("work_due")).content.decode()


def test_what_a_pathway_may_ask(case, officer, a_case):
    other = a_case()

    def holds():
        rows = visible_cases(officer).annotate(**{name: fact(OuterRef("pk")) for name, fact in reading.FACTS.items()}).filter(pk__in=[case.pk, other.pk])
        return {row.pk: {name for name in reading.FACTS if getattr(row, name)} for row in rows}

    assert holds() == {case.pk: set(), other.pk: set()}
    order = ordered(officer, case)
    assert holds()[case.pk] == {"security_order"}
    fitted(officer, order, "door_chain")
    assert "security_fitted" not in holds()[case.pk]
    fitted(officer, order, "window_alarm")
    decided(officer, case)
    added(officer, case)
    added(officer, case, "warning", party_id=him(case))
    assert holds() == {case.pk: set(reading.FACTS), other.pk: set()}


def test_the_sums_of_a_year_count_what_was_ordered_in_it(people, case, officer):
    agency = people.agency("northvale_housing")
    Policy.objects.create(
        key="security.budget_pounds", agency=agency, value="5000", effective_from=timezone.now() - timedelta(days=900), reason="Agreed", set_by=people.housing_manager,
        set_at=timezone.now(),
    )
    last_year, this_year = (ordered(officer, case, lines={kind: (1, pence) for kind, pence in lines.items()}) for lines in (
        {"door_chain": 1000}, {"door_chain": 5000, "letterbox": 9000, "smoke_alarm": 100},
    ))
    fitted(officer, last_year)
    fitted(officer, this_year, "letterbox")
    cancel_security(officer, case, order_id=this_year.pk, measures=[this_year.measures.get(kind="smoke_alarm").pk], reason=LONG)
    # The last minute of the year in London, and the first.
    SecurityOrder.objects.filter(pk=last_year.pk).update(ordered_at=datetime(2026, 3, 31, 22, 59, tzinfo=UTC))
    SecurityOrder.objects.filter(pk=this_year.pk).update(ordered_at=datetime(2026, 3, 31, 23, 0, tzinfo=UTC))
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    before, year = budget.year_of(agency.pk, 2025, now), budget.year_of(agency.pk, 2026, now)
    assert (before.ordered, before.spent) == (0, 1000)
    assert (year.budget, year.ordered, year.spent, year.left) == (500000, 5000, 9000, 486000)
    assert year.chart.categories == ("April 2026",) and budget.year_of(people.agency("harbour_idva").pk, 2026, now).chart is None


def test_the_number_of_queries_does_not_grow(client_for, case, officer, django_assert_max_num_queries):
    client = client_for("housing_officer")
    pages = [reverse(name, args=[case.reference]) for name in ("security", "tenancy", "tenancy_other", "repairs")] + [reverse("security_spend")]

    def count():
        found = []
        for url in pages:
            who = client_for("housing_manager") if url == pages[-1] else client
            who.get(url)
            with django_assert_max_num_queries(25) as asked:
                assert who.get(url).status_code == 200
            found.append(len(asked))
        return found

    def more():
        order = ordered(officer, case)
        visit(officer, order)
        fitted(officer, order)
        checked(officer, order)
        added(officer, case)
        added(officer, case, "warning", party_id=him(case))
        decided(officer, case)

    more()
    few = count()
    for _ in range(4):
        more()
    assert count() == few


def test_the_case_page_asks_two_questions_more_at_most(case, officer, django_assert_num_queries):
    ordered(officer, case)
    panel.context(officer, case), panel.next_actions(officer, case, frozenset({"add_entry"}), timezone.now())
    with django_assert_num_queries(1):
        panel.context(officer, case)
    with django_assert_num_queries(1):
        panel.next_actions(officer, case, frozenset({"add_entry"}), timezone.now())


def test_the_steps_of_the_pathway_complete_themselves(people, case, officer, share):
    from referrals.landlord.facts import PATHWAY
    from referrals.pathways.facts import of_case

    share(case, "harbour_idva", "partner")

    def known(who="housing_officer"):
        return {code for code in PATHWAY if code in of_case(people.actor(who), case, timezone.now()).situation.facts}

    assert known() == set()
    order = ordered(officer, case)
    fitted(officer, order, "door_chain")
    assert known() == set()
    cancelled(officer, order)
    assert known() == {"security_fitted"}
    decided(officer, case)
    added(officer, case)
    added(officer, case, "warning", party_id=him(case))
    assert known() == set(PATHWAY)
    # What the agency keeps to itself is a fact for it alone.
    assert known("idva") == set(PATHWAY) - {"perpetrator_action"}


def test_what_was_not_fitted_in_time_says_so_and_asks_why(client_for, case, officer):
    order = ordered(officer, case, urgent=True)
    fitted(officer, order, "door_chain")
    late = timezone.now() - timedelta(hours=30)
    order.measures.filter(state="fitted").update(fitted_at=late + timedelta(hours=1))
    type(order).objects.filter(pk=order.pk).update(ordered_at=late, due_at=late + timedelta(hours=24))
    Clock.objects.filter(about=f"security:{order.pk}").update(started_at=late, due_at=late + timedelta(hours=24))
    client = client_for("housing_officer")
    assert "the time is over" in text_of(client, case) and "Check that the security measures work" in text_of(client, case)
    page = text_of(client, case, "security_order", order.pk)
    assert "This was not fitted in time." in page and reverse("clock_reason", args=[case.reference, clock_of(order).pk]) in page
    visit(officer, order)
    SecurityVisit.objects.update(visit_at=timezone.now() - timedelta(minutes=5))
    type(order).objects.filter(pk=order.pk).update(due_at=timezone.now() + timedelta(hours=2))
    assert "Record what the fitter did" in text_of(client, case)
