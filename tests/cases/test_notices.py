"""Notices: told to one person, worded on the page, gone when the case is gone for that person, read once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from cases import clocks, notices
from cases.models import Clock, Exclusion, Grant, Notification

HOUR = timedelta(hours=1)


def tell(user, case, kind="attempts.limit", **facts):
    return Notification.objects.create(user=user, case=case, kind=kind, at=timezone.now(), **facts)


def test_every_stage_of_every_clock_has_words(people, a_case):
    case = a_case()
    clock = Clock.objects.get(case=case)
    for stage in clocks.TOLD:
        assert f"clock.{stage}" in notices.WORDS
        tell(people.housing_officer, case, f"clock.{stage}", clock=clock)
    shown, _ = notices.notices_of(people.actor("housing_officer"))
    assert {notice.text for notice in shown} == {
        "Half the time has gone: contact the victim/survivor", "Little time is left: contact the victim/survivor",
        "A promise was missed: contact the victim/survivor", "A promise was missed a day ago: contact the victim/survivor",
    }
    assert {notice.is_alert for notice in shown if notice.text.startswith("A promise")} == {True}


def test_a_real_breach_reaches_the_page_of_the_manager(people, a_case, client_for):
    case = a_case(received_ago=49 * HOUR)
    clocks.sweep()
    clocks.deliver()
    page = client_for("housing_manager").get("/notices/").content.decode()
    assert "A promise was missed: contact the victim/survivor" in page and case.reference in page and "still open" in page
    assert "Marigold" not in page


def test_what_has_become_of_the_promise_is_said(people, a_case, inside_gate):
    case = a_case(received_ago=30 * HOUR)
    clock = Clock.objects.get(case=case)
    tell(people.housing_officer, case, "clock.half", clock=clock)
    with inside_gate() as act:
        clocks.stop(act, clock, "met")
    (notice,), _ = notices.notices_of(people.actor("housing_officer"))
    assert notice.since == "kept since"


@pytest.mark.parametrize("lost", ["person barred", "agency barred", "grant ended"])
def test_a_notice_goes_with_the_case(lost, people, a_case, share, client_for):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    tell(people.idva, case)
    assert notices.unread_count(people.actor("idva")) == 1
    now = timezone.now()
    if lost == "grant ended":
        Grant.objects.filter(content_object=case, agency=people.agency("harbour_idva")).update(ends_at=now)
    else:
        whom = {"user": people.idva} if lost == "person barred" else {"agency": people.agency("harbour_idva")}
        Exclusion.objects.create(case=case, reason="conflict", made_at=now, made_by=people.housing_manager, **whom)
    assert notices.unread_count(people.actor("idva")) == 0
    page = client_for("idva").get("/notices/").content.decode()
    assert case.reference not in page and "There is nothing to tell you." in page


def test_reading_one_or_all_of_ones_own_and_nobody_elses(people, a_case, client_for):
    case = a_case()
    first, *_ = [tell(people.housing_officer, case) for _ in range(3)]
    theirs = tell(people.other_housing_officer, case)
    client = client_for("housing_officer")
    assert b'moj-badge">3<' in client.get("/notices/").content
    client.post("/notices/", {"notice": first.pk})
    assert notices.unread_count(people.actor("housing_officer")) == 2
    client.post("/notices/", {"notice": theirs.pk})
    theirs.refresh_from_db()
    assert theirs.read_at is None
    for nonsense in ("", "x", "-1", "1" * 30, "٣"):
        assert client.post("/notices/", {"notice": nonsense}).status_code == 302
    assert notices.unread_count(people.actor("housing_officer")) == 2
    client.post("/notices/", {"notice": "all"})
    assert notices.unread_count(people.actor("housing_officer")) == 0
    assert Event.objects.filter(verb="notice.read", outcome="done").count() == 3
    assert b"Mark all as read" not in client.get("/notices/").content


def test_they_stand_by_time_newest_first_however_late_each_was_written(people, a_case):
    case, actor, now = a_case(), people.actor("housing_officer"), timezone.now()
    Notification.objects.all().delete()
    ago = [3, 1, 5, 1, *range(6, 6 + notices.PAGE)]
    made = [Notification.objects.create(user=people.housing_officer, case=case, kind="attempts.limit", at=now - hours * HOUR) for hours in ago]
    expected = [one.pk for one in sorted(made, key=lambda one: (one.at, one.pk), reverse=True)]
    first, before = notices.notices_of(actor)
    second, end = notices.notices_of(actor, before)
    assert [notice.id for notice in first + second] == expected and (len(first), end) == (notices.PAGE, None)
    # A place that is nobody's, or somebody else's, is none: the page begins at the top.
    theirs = tell(people.other_housing_officer, case)
    for unknown in (theirs.pk, 10**9):
        assert notices.notices_of(actor, unknown)[0][0].id == expected[0]


def test_a_notice_leads_to_what_it_speaks_of_for_its_own_reader_alone_and_is_read_then(people, a_case, client_for):
    case = a_case()
    mine, other = tell(people.housing_officer, case, "risk.changed"), tell(people.housing_officer, case)
    url = f"/notices/{mine.pk}/"
    for persona, status in (("outsider", 404), ("other_housing_officer", 404), ("housing_manager", 404), ("commissioner", 403), ("auditor", 403), ("superuser", 403)):
        assert client_for(persona).get(url).status_code == status
    client = client_for("housing_officer")
    assert client.get("/notices/999999/").status_code == 404 and client.post(url).status_code == 405
    assert notices.unread_count(people.actor("housing_officer")) == 2
    assert f'href="{url}"' in client.get("/notices/").content.decode()
    assert client.get(url)["Location"] == f"/cases/{case.reference}/assessments/over-time/"
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.read_at and not other.read_at
    Exclusion.objects.create(case=case, user=people.housing_officer, reason="conflict", made_at=timezone.now(), made_by=people.housing_manager)
    assert client.get(f"/notices/{other.pk}/").status_code == 404
    other.refresh_from_db()
    assert not other.read_at


@pytest.mark.parametrize("how", [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Sec-Fetch-Site": "cross-site"}, "HEAD"])
def test_a_browser_that_looks_ahead_and_another_site_read_nothing(people, a_case, client_for, how):
    one, client = tell(people.housing_officer, a_case(), "flag.raised"), client_for("housing_officer")
    answer = client.head(f"/notices/{one.pk}/") if how == "HEAD" else client.get(f"/notices/{one.pk}/", headers=how)
    one.refresh_from_db()
    assert answer.status_code == 302 and one.read_at is None
    client.get(f"/notices/{one.pk}/", headers={"Sec-Fetch-Site": "same-origin"})
    one.refresh_from_db()
    assert one.read_at


def test_who_may_see_less_by_now_is_led_to_what_they_may_see(people, a_case, share, client_for):
    case = a_case(clock=None)
    share(case, "harbour_idva", "partner")
    told = {kind: tell(people.idva, case, kind) for kind in ("risk.changed", "assessment.asked", "order.ends")}
    client = client_for("idva")
    places = {kind: client.head(f"/notices/{one.pk}/")["Location"] for kind, one in told.items()}
    assert len(set(places.values())) == 3 and all(client.get(place).status_code == 200 for place in places.values())
    share(case, "harbour_idva", "summary")
    for one in told.values():
        assert client.get(f"/notices/{one.pk}/")["Location"] == f"/cases/{case.reference}/"
    assert client.get(f"/cases/{case.reference}/").status_code == 200


def test_opened_from_everything_due_it_is_read(people, a_case, client_for):
    case = a_case(clock=None)
    one, client = tell(people.housing_officer, case, "case.allocated"), client_for("housing_officer")
    assert f'href="/notices/{one.pk}/"' in client.get("/work/due/").content.decode()
    assert client.get(f"/notices/{one.pk}/", follow=True).status_code == 200
    assert "Nothing is due." in client.get("/work/due/").content.decode()


def test_pages_of_notices(people, a_case, client_for):
    case = a_case()
    told = [tell(people.housing_officer, case) for _ in range(28)]
    first, before = notices.notices_of(people.actor("housing_officer"))
    second, end = notices.notices_of(people.actor("housing_officer"), before)
    assert [notice.id for notice in first + second] == [one.pk for one in reversed(told)]
    assert end is None
    assert f"?before={before}" in client_for("housing_officer").get("/notices/").content.decode()


@pytest.mark.parametrize(("persona", "status"), [("commissioner", 403), ("auditor", 403), ("superuser", 403), ("outsider", 200)])
def test_who_may_open_the_page(persona, status, people, a_case, client_for):
    case = a_case()
    tell(getattr(people, persona), case)
    answer = client_for(persona).get("/notices/")
    assert answer.status_code == status
    assert case.reference not in answer.content.decode()


def test_the_number_of_queries_is_constant(people, a_case, client_for):
    client = client_for("housing_officer")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/notices/")
        return len(captured)

    tell(people.housing_officer, a_case())
    queries()
    first = queries()
    for _ in range(6):
        tell(people.housing_officer, a_case())
    assert queries() == first <= 8
