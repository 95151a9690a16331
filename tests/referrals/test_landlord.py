"""What a landlord does on a case: who may see it and who may do it, from the outside inwards."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from cases.models import Case
from referrals.landlord.actions.security import fit_security
from referrals.models import LandlordAction, RepairWaiver, SecurityOrder
from tests.referrals.landlord import LONG, added, cancelled, checked, decided, fitted, him, ordered, stepped, visit

READ = ["security", "security_order", "repairs", "tenancy", "tenancy_other"]
WRITE = ["security_add", "security_visit", "security_fitted", "security_cancel", "security_text", "repair_add", "tenancy_add", "tenancy_other_add", "tenancy_step"]


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def officer(people):
    return people.actor("housing_officer")


@pytest.fixture
def place(case, officer):
    """The address of a page, with something behind it."""
    order, one = ordered(officer, case), added(officer, case)

    def of(name):
        number = {"security_step": order.pk, "tenancy_step": one.pk}.get(name, order.pk if name.startswith("security_") and name not in ("security_add",) else None)
        return reverse(name, args=[case.reference, *([number] if number else [])])

    return of


@pytest.mark.parametrize("name", READ + WRITE)
def test_the_pages_are_closed_from_outside_and_below_partner_level(client_for, case, share, place, name):
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva", "partner")
    for persona in ("outsider", "superuser", "commissioner", "auditor", "health_visitor"):
        assert client_for(persona).get(place(name)).status_code == 404, persona
    assert client_for("outreach_worker").get(place(name)).status_code == 403
    # A partner reads; the landlord alone does.
    assert client_for("idva").get(place(name)).status_code == (200 if name in READ else 403)
    assert client_for("housing_officer").get(place(name)).status_code == 200


def test_the_actions_refuse_whoever_may_not(people, case, share, officer):
    order, one = ordered(officer, case), added(officer, case)
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva", "partner")
    for persona, problem in (("outsider", Http404), ("outreach_worker", PermissionDenied), ("idva", PermissionDenied)):
        actor = people.actor(persona)
        for call in (
            lambda who: ordered(who, case), lambda who: visit(who, order), lambda who: fitted(who, order), lambda who: checked(who, order), lambda who: cancelled(who, order),
            lambda who: decided(who, case), lambda who: added(who, case), lambda who: added(who, case, "warning", party_id=him(case)), lambda who: stepped(who, one, "done"),
        ):
            with pytest.raises(problem):
                call(actor)
    assert (SecurityOrder.objects.count(), RepairWaiver.objects.count(), LandlordAction.objects.count()) == (1, 0, 1)


def test_nothing_of_another_case_is_reached_through_this_one(client_for, officer, case, a_case):
    order, one, other = ordered(officer, case), added(officer, case), a_case()
    assert client_for("housing_officer").get(reverse("security_order", args=[other.reference, order.pk])).status_code == 404
    assert client_for("housing_officer").get(reverse("tenancy_step", args=[other.reference, one.pk])).status_code == 404
    with pytest.raises(Http404):
        added(officer, case, "injunction", order_id=9999)
    with pytest.raises(Http404):
        visit(officer, SecurityOrder(pk=order.pk, case=other))
    mine = ordered(officer, other)
    with pytest.raises(Http404):
        fit_security(officer, other, order_id=mine.pk, measures=[order.measures.first().pk], fitted_at=timezone.now(), fitter="Joiner")


def test_a_closed_case_refuses(people, case, officer):
    order, one = ordered(officer, case), added(officer, case)
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    for call in (
        lambda: ordered(officer, case), lambda: visit(officer, order), lambda: fitted(officer, order), lambda: cancelled(officer, order), lambda: decided(officer, case),
        lambda: added(officer, case), lambda: stepped(officer, one, "done"),
    ):
        with pytest.raises(Refused, match="closed"):
            call()


def test_partners_read_the_measures_without_what_they_cost(client_for, case, share, officer):
    share(case, "harbour_idva", "partner")
    order = ordered(officer, case)
    decided(officer, case, audience="partners", decision="part", charged=4321, why=LONG)
    for name, args in (("security", []), ("security_order", [order.pk]), ("repairs", [])):
        url = reverse(name, args=[case.reference, *args])
        theirs, ours = (client_for(who).get(url).content.decode() for who in ("idva", "housing_officer"))
        assert "£" not in theirs and "£" in ours
    assert "door chain" in client_for("idva").get(reverse("security", args=[case.reference])).content.decode()
    case_page = client_for("idva").get(reverse("case", args=[case.reference])).content.decode()
    assert "2 ordered, not fitted yet" in case_page and "£" not in case_page
    assert "Plan the fitter" not in case_page
    assert "Plan the fitter" in client_for("housing_officer").get(reverse("case", args=[case.reference])).content.decode()


def test_what_is_done_about_the_alleged_perpetrator_stays_in_the_agency_unless_it_is_shared(client_for, case, share, officer):
    share(case, "harbour_idva", "partner")
    one = added(officer, case, "breach", party_id=him(case), what_happened="PLANTED-NOTICE")
    page = lambda who: client_for(who).get(reverse("tenancy_other", args=[case.reference])).content.decode()  # noqa: E731
    assert "PLANTED-NOTICE" in page("housing_officer") and "clause 6.3(g)" in page("housing_officer")
    assert "PLANTED-NOTICE" not in page("idva") and "6.3(g)" not in page("idva") and "Nothing is recorded that you may read" in page("idva")
    chronology = client_for("idva").get(reverse("case", args=[case.reference])).content.decode()
    assert "Breach of tenancy" not in chronology
    assert client_for("idva").get(reverse("tenancy_step", args=[case.reference, one.pk])).status_code == 404
    stepped(officer, one, "under_way", audience="partners", what_happened="PLANTED-SHARED")
    stepped(officer, one, "done", what_happened="PLANTED-LATER")
    # Each step is for whom it was written: what was kept before and after stays kept, and so does how far it is.
    assert "PLANTED-SHARED" in page("idva") and "How far it is now" not in page("idva")
    assert all(words not in page("idva") for words in ("PLANTED-NOTICE", "PLANTED-LATER", "Done"))
    assert all(words in page("housing_officer") for words in ("PLANTED-NOTICE", "PLANTED-LATER", "PLANTED-SHARED"))
    assert client_for("idva").get(reverse("tenancy_step", args=[case.reference, one.pk])).status_code == 403


def test_of_the_tenancy_partners_learn_how_far_it_is_and_words_only_where_they_may(client_for, case, share, officer):
    share(case, "harbour_idva", "partner")
    added(officer, case, "sole_tenancy", state="under_way", wishes="said", wishes_said="PLANTED-WISH", protection="lifetime")
    page = lambda who: client_for(who).get(reverse("tenancy", args=[case.reference])).content.decode()  # noqa: E731
    assert "PLANTED-WISH" in page("housing_officer")
    assert "New sole tenancy" in page("idva") and "Under way" in page("idva") and "PLANTED-WISH" not in page("idva")


def test_the_words_for_the_fitter_carry_no_name_no_reason_and_no_protected_place(client_for, people, case, officer, inside_gate):
    from cases.models import Address

    order, victim = ordered(officer, case, fears_fire=True, no_letterbox=LONG), case.parties.get(role="victim")
    home = Address.objects.create(case=case, party=victim, lines="4 Plover Court", postcode="ZZ99 3VZ", from_at=timezone.now() - timedelta(days=9))
    page = lambda: client_for("housing_officer").get(reverse("security_text", args=[case.reference, order.pk])).content.decode()  # noqa: E731
    assert "Plan the visit first" in page() and "Plover" not in page()
    visit(officer, order)
    words = page().split("aria-label=\"Work order\"")[1].split("</section>")[0]
    assert "4 Plover Court" in words and "door chain" in words
    for told in ("Marigold", "Thistlewood", "Rufus", "Blackwater", "arson", "fire", "abuse", case.reference, LONG):
        assert told not in words
    home.visibility = "confidential"
    home.save()
    assert "Plover" not in page() and "by telephone" in page() and "Show it" in page()


def test_the_sums_are_for_the_managers_of_a_landlord(client_for, case, officer):
    ordered(officer, case)
    url = reverse("security_spend")
    assert client_for("housing_manager").get(url).status_code == 200
    for persona, code in (("housing_officer", 403), ("idva_manager", 404), ("outsider", 403), ("superuser", 403), ("commissioner", 403)):
        assert client_for(persona).get(url).status_code == code, persona
    page = client_for("housing_manager").get(url).content.decode()
    assert "£70.00" in page and "Marigold" not in page and case.reference not in page
