"""Charges for damage, the tenancy, and what is done about the alleged perpetrator, on their pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Policy
from audit.models import Event
from cases.models import Address
from referrals.models import LandlordAction, RepairWaiver
from tests.guards.test_sealed import _found_in_clear
from tests.referrals.landlord import LONG, added, decided, fitted, him, ordered, stepped
from tests.referrals.onward import send, text_of


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def officer(people):
    return people.actor("housing_officer")


def day(name, when):
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


def typed(**facts):
    return {"state": "considered", "wishes": "not_asked", "audience": "agency", **day("happened_on", timezone.localdate())} | facts


def test_a_charge_is_decided_on_its_page_and_the_rule_says_why_it_advises(client_for, case):
    client = client_for("housing_officer")
    assert "Waive it." in text_of(client, case, "repair_add")
    facts = {"damage": "The front door.", "caused": "perpetrator", "asked": "240", "audience": "agency"}
    answer = send(client, case, "repair_add", decision="charged", **facts)
    assert answer.status_code == 422 and "The rule advises to waive it" in answer.content.decode() and not RepairWaiver.objects.exists()
    assert "The front door." in answer.content.decode()
    assert send(client, case, "repair_add", decision="waived", **facts).status_code == 302
    one = RepairWaiver.objects.get()
    assert (one.asked_pence, one.charged_pence) == (24000, 0)
    assert "£240.00, of which £0.00 charged" in text_of(client, case, "repairs")


def test_damage_kept_to_oneself_is_not_read_by_partners(client_for, case, share, officer):
    share(case, "harbour_idva", "partner")
    decided(officer, case, damage="PLANTED-DAMAGE")
    page = text_of(client_for("idva"), case, "repairs")
    assert "PLANTED-DAMAGE" not in page and "keeps this to itself" in page and "Not charged" in page


def test_ending_a_joint_tenancy_warns_and_waits_for_advice(client_for, case, officer):
    client = client_for("housing_officer")
    assert "ends the tenancy for both" in text_of(client, case, "tenancy_add")
    facts = typed(kind="end_joint", state="under_way", wishes="said", wishes_said="To be rid of it.")
    answer = send(client, case, "tenancy_add", **facts)
    assert answer.status_code == 422 and "No legal advice is arranged" in answer.content.decode() and "To be rid of it." in answer.content.decode()
    added(officer, case, state="under_way")
    assert send(client, case, "tenancy_add", **facts).status_code == 302
    assert "Joint tenancy ended" in text_of(client, case, "tenancy")


def test_possession_is_not_begun_before_the_wishes_are_recorded_and_weighed(client_for, case):
    client = client_for("housing_officer")
    assert "Waymark writes nothing to the alleged perpetrator" in text_of(client, case, "tenancy_other_add")
    answer = send(client, case, "tenancy_other_add", **typed(kind="possession", state="under_way", party_id=him(case)))
    assert answer.status_code == 422 and "Record what they want first" in answer.content.decode()
    assert send(client, case, "tenancy_other_add", **typed(kind="possession", party_id=him(case))).status_code == 302
    one = LandlordAction.objects.get()
    facts = typed(state="under_way", wishes="said", wishes_said="That he leaves.")
    answer = send(client, case, "tenancy_step", one.pk, **facts)
    assert answer.status_code == 422 and "Say how what they want was weighed" in answer.content.decode()
    assert send(client, case, "tenancy_step", one.pk, weighing=LONG, **facts).status_code == 302
    assert send(client, case, "tenancy_step", one.pk, weighing=LONG, **typed(state="done", wishes="said", wishes_said="That he leaves.")).status_code == 302
    assert "It is done." in text_of(client, case, "tenancy_step", one.pk)
    with pytest.raises(Refused, match="It cannot go"):
        stepped(_actor(one), one, "considered")


def _actor(one):
    from agencies.actors import actor_for

    return actor_for(one.recorded_by)


def test_possession_after_a_conviction_that_is_not_taken_says_why(case, officer):
    with pytest.raises(Refused, match="Say why"):
        added(officer, case, "possession_convicted", party_id=him(case), state="not_pursued")
    assert added(officer, case, "possession_convicted", party_id=him(case), state="not_pursued", why_not=LONG).state == "not_pursued"


def test_the_clause_is_the_one_that_the_agency_had_then(people, case, officer):
    before = added(officer, case, "breach", party_id=him(case))
    Policy.objects.create(
        key="tenancy.breach_clause", agency=people.agency("northvale_housing"), value="7.1(b)", effective_from=timezone.now(), reason="New agreement",
        set_by=people.housing_manager, set_at=timezone.now(),
    )
    after = added(officer, case, "breach", party_id=him(case))
    before.refresh_from_db()
    assert (before.clause, after.clause) == ("6.3(g)", "7.1(b)")


def test_an_agency_words_its_clause_on_the_settings_page(client_for):
    url, client = reverse("policy", args=["agency", "tenancy.breach_clause"]), client_for("agency_lead")
    form = {"when": "now", "reason": "New agreement, signed in May", "once": "0b0a1a0e-6a0e-4a52-9d53-5b2b0f9f7a12"}
    assert "6.3(g)" in client.get(url).content.decode()
    answer = client.post(url, form | {"value": "x" * 61})
    assert answer.status_code == 422 and "60" in answer.content.decode() and not Policy.objects.filter(key="tenancy.breach_clause").exists()
    assert client.post(url, form | {"value": "clause 9"}).status_code == 302
    assert Policy.objects.get(key="tenancy.breach_clause").value == "clause 9"
    assert "clause 9" in client.get(reverse("policies")).content.decode()


def test_it_concerns_an_alleged_perpetrator_of_this_case(case, officer, a_case):
    for party in (None, case.parties.get(role="victim").pk, him(a_case())):
        with pytest.raises(Refused, match="Select whom"):
            added(officer, case, "warning", party_id=party)


def test_the_page_says_what_to_do_where_no_alleged_perpetrator_is_on_the_case(client_for, case):
    case.parties.filter(role="perpetrator").delete()
    assert "No alleged perpetrator is on this case yet" in text_of(client_for("housing_officer"), case, "tenancy_other_add")


def test_a_protected_place_is_not_named_to_partners_and_no_day_to_look_again_is_past(case, officer):
    Address.objects.create(case=case, party=case.parties.get(role="victim"), lines="19 Plover Court", postcode="ZZ99 2CD", visibility="confidential", from_at=timezone.now())
    with pytest.raises(Refused, match="protected place"):
        added(officer, case, audience="partners", what_happened="At 19 Plover Court.")
    with pytest.raises(Refused, match="protected place"):
        decided(officer, case, audience="partners", damage="The door of 19 Plover Court.")
    one = added(officer, case, what_happened="At 19 Plover Court.")
    with pytest.raises(Refused, match="after today"):
        stepped(officer, one, "decided", next_on=timezone.localdate() - timedelta(days=1))
    stepped(officer, one, "decided", next_on=timezone.localdate() + timedelta(days=9))
    one.refresh_from_db()
    assert one.next_on
    stepped(officer, one, "done")
    one.refresh_from_db()
    assert one.next_on is None


def test_the_log_carries_codes_and_what_was_written_stands_nowhere_in_clear(case, officer):
    one = added(officer, case, "warning", party_id=him(case), wishes="said", wishes_said="PLANTED-WISHES", what_happened="PLANTED-EVENT")
    stepped(officer, one, "done", wishes_said="PLANTED-WISHES", weighing="PLANTED-WEIGHING")
    decided(officer, case, damage="PLANTED-DAMAGE", why="PLANTED-WHY")
    fitted(officer, ordered(officer, case), fitter="PLANTED-FITTER")
    assert _found_in_clear(["PLANTED-WISHES", "PLANTED-EVENT", "PLANTED-WEIGHING", "PLANTED-DAMAGE", "PLANTED-WHY", "PLANTED-FITTER"]) == []
    row = Event.objects.get(verb="tenancy.step")
    assert row.after["state"] == "done" and row.before["state"] == "considered"


def test_support_with_an_order_leads_to_the_order_of_the_case(client_for, case, officer):
    from cases.actions.orders import add_order

    today, client = timezone.localdate(), client_for("housing_officer")
    order = add_order(
        officer, case, kind="non_molestation", state="made", respondent=him(case), protected=[case.parties.get(role="victim").pk], starts_on=today,
        ends_on=today + timedelta(days=90),
    )
    facts = typed(kind="injunction", state="under_way", wishes="said", wishes_said="An order that he keeps away.")
    assert send(client, case, "tenancy_add", order_id=str(order.pk), **facts).status_code == 302
    assert LandlordAction.objects.get().order_id == order.pk
    assert reverse("order", args=[case.reference, order.pk]) in text_of(client, case, "tenancy")
    assert send(client, case, "tenancy_add", order_id="0", **facts).status_code == 302
    assert LandlordAction.objects.latest("pk").order_id is None


def test_whoever_is_barred_sees_none_of_it(people, case, officer, client_for):
    from cases.actions.sharing import bar

    ordered(officer, case)
    bar(people.actor("housing_manager"), case, user=people.other_housing_officer, reason="Lives next door to them.", understood=True)
    for name in ("security", "repairs", "tenancy", "tenancy_other", "security_add", "tenancy_add"):
        assert client_for("other_housing_officer").get(reverse(name, args=[case.reference])).status_code == 404
