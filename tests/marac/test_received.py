"""The coordinators hear of a referral: those who may see it, once each time it is sent; and the menu says how many wait."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from cases import notices
from cases.models import Exclusion, Notification
from marac.actions import referral, triage
from marac.models import Referral

pytestmark = pytest.mark.django_db
WHY_NOT = "The pattern is known elsewhere and a meeting adds nothing now."
TOLD = ["marac.received", "marac.answered"]


def told():
    return list(Notification.objects.filter(kind__in=TOLD).order_by("id").values_list("user__email", "kind"))


def bar(case, people, **whom):
    Exclusion.objects.create(case=case, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager, **whom)


def test_every_coordinator_who_may_see_it_is_told(a_case, desk, people, enrolled_coordinator):
    enrolled_coordinator("deputy", "vale_police")
    enrolled_coordinator("barred", "vale_police")
    enrolled_coordinator("stranger", "vale_probation")
    enrolled_coordinator("gone", "vale_police").memberships.update(ended_at=timezone.now())
    case = a_case()
    bar(case, people, user=people.barred)
    draft = desk.draft(case)
    assert told() == []  # a draft is nobody else's
    desk.send(draft)
    assert told() == [("marac_coordinator@example.org", "marac.received"), ("deputy@example.org", "marac.received")]


def test_a_referral_that_was_sent_back_and_comes_again_is_told_as_that(a_case, desk, people, enrolled_coordinator):
    enrolled_coordinator("stranger", "vale_probation")
    case = a_case()
    sent = desk.sent(case)
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which school does the child go to?")
    desk.send(Referral.objects.get())
    triage.decline_referral(desk.coordinator, case, referral_id=sent.pk, reasons=WHY_NOT)
    desk.send(Referral.objects.get(), receiver="vale_probation")  # another MARAC: to them it is new
    ours = "marac_coordinator@example.org"
    assert told() == [(ours, "marac.received"), (ours, "marac.answered"), ("stranger@example.org", "marac.received")]


def test_the_notice_leads_to_the_listing_and_goes_when_sight_of_it_goes(client_for, a_case, desk, people):
    case = a_case()
    sent = desk.sent(case)
    client, actor = client_for("marac_coordinator"), people.actor("marac_coordinator")
    page = client.get(reverse("notices")).content.decode()
    place = reverse("marac_received", args=[case.reference])
    assert "A MARAC referral was sent to you for a decision" in page and "Marigold" not in page
    (notice,), _ = notices.notices_of(actor)
    assert f'href="{notice.url}"' in page and notices.place_of(actor, notice.id) == place
    assert client.get(place)["Location"] == reverse("marac_listing", args=[case.reference, sent.pk])
    assert notices.unread_count(actor) == 1
    referral.withdraw_referral(people.actor("specialist_da_officer"), case, referral_id=sent.pk, reasons="She has moved to another country")
    assert notices.unread_count(actor) == 0
    assert case.reference not in client.get(reverse("notices")).content.decode()
    assert client.get(place).status_code == 404


def test_what_one_coordinator_has_decided_waits_for_nobody(a_case, desk, people, enrolled_coordinator):
    enrolled_coordinator("deputy", "vale_police")
    case, other = a_case(), a_case(family_name="Other")
    sent = desk.sent(case)
    desk.sent(other)
    with pytest.raises(Refused):
        triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="what")
    assert [notices.unread_count(people.actor(name)) for name in ("marac_coordinator", "deputy")] == [2, 2]
    triage.accept_referral(desk.coordinator, case, referral_id=sent.pk)
    assert [notices.unread_count(people.actor(name)) for name in ("marac_coordinator", "deputy")] == [1, 1]


def test_a_bar_takes_the_notice_and_the_count_away(client_for, a_case, desk, people):
    case, other = a_case(), a_case(family_name="Other")
    desk.sent(case)
    desk.sent(other)
    client = client_for("marac_coordinator")
    assert 'moj-badge">2<' in client.get(reverse("marac")).content.decode()
    bar(case, people, user=people.marac_coordinator)
    page = client.get(reverse("notices")).content.decode()
    assert page.count('moj-badge">1<') == 2 and case.reference not in page  # one notice, one referral that waits
    assert client.get(reverse("marac_received", args=[case.reference])).status_code == 404


def test_a_notice_of_a_listing_is_for_who_may_see_listings(a_case, desk, people, share):
    """A kind of notice opens nothing: a role that sees no listings does not read it, nor whoever has no sight of this one."""
    case = a_case()
    desk.sent(case)
    share(case, "harbour_idva", "meeting")
    for persona, count in (("idva", 1), ("marac_representative", 0), ("health_visitor", 0), ("commissioner", 0)):
        Notification.objects.create(user=getattr(people, persona), case=case, kind="marac.received", at=timezone.now())
        assert notices.unread_count(people.actor(persona)) == count, persona
        assert len(notices.notices_of(people.actor(persona))[0]) == count, persona
    share(case, "valley_health", "meeting")
    assert notices.unread_count(people.actor("health_visitor")) == 0
    Notification.objects.create(user=people.idva, case=case, kind="attempts.limit", at=timezone.now())
    assert notices.unread_count(people.actor("idva")) == 1  # of the case itself, which the listing does not open


@pytest.mark.parametrize(
    ("persona", "has_link"),
    [
        ("marac_coordinator", True), ("marac_representative", True), ("idva", True), ("idva_manager", True), ("housing_officer", False),
        ("commissioner", False), ("administrator", False), ("superuser", False),
    ],
)
def test_the_menu_leads_to_the_meetings_where_they_open(client_for, persona, has_link):
    client, address = client_for(persona), reverse("marac")
    landing = client.get("/", follow=True).content.decode()
    assert (f'href="{address}"' in landing) is has_link
    assert (client.get(address).status_code == 200) is has_link


@pytest.mark.parametrize(("persona", "place"), [("marac_coordinator", "marac"), ("marac_representative", "marac"), ("police_lead", "repeats"), ("idva", "work")])
def test_the_day_begins_where_their_own_work_is(client_for, persona, place):
    assert client_for(persona).get("/")["Location"] == reverse(place)


def test_only_a_coordinator_reads_how_many_wait(client_for, a_case, desk, share):
    case = a_case()
    share(case, "harbour_idva", "meeting")
    desk.sent(case)
    assert "moj-badge" not in client_for("idva").get(reverse("marac")).content.decode()
    sent = Referral.objects.get()
    triage.accept_referral(desk.coordinator, case, referral_id=sent.pk)
    Notification.objects.update(read_at=timezone.now())
    assert "moj-badge" not in client_for("marac_coordinator").get(reverse("marac")).content.decode()


def test_the_menu_asks_one_question_more_of_a_coordinator_however_many_wait(client_for, many):
    client = client_for("marac_coordinator")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("notices"))
        return len(queries)

    many(1)
    asked()
    first = asked()
    many(5)
    assert asked() == first
