"""An agency that may not see a case any more leaves no child behind: its safeguarding referrals, and their times, pass to the agency that leads."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases import due
from cases.actions.sharing import bar, end_share, share
from cases.lapses import pass_on_lapsed
from cases.models import Clock, Entry, Grant, Task
from referrals.models import SafeguardingReferral
from tests.referrals.onward import of, sent, signed, text_of

DAY = timedelta(days=1)


@pytest.fixture
def case(a_case, share):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    share(case, "valley_health")
    return case


def of_idva(people, case):
    """A proposal that waits with the IDVAs."""
    signed(people.actor("idva"), case, "medium")
    return of(case)


def onward(people, persona):
    return [item for item in due.everything_due(people.actor(persona), timezone.now()).items if item.kind.code in ("onward", "promise") and "onward" in item.url]


def ended(people, case):
    grant = Grant.objects.get(content_object=case, agency=people.agency("harbour_idva"))
    end_share(people.actor("housing_officer"), case, grant=grant.pk, reason="The work is done")


def lapsed(people, case):
    Grant.objects.filter(content_object=case, agency=people.agency("harbour_idva")).update(ends_at=timezone.now() - DAY, started_at=timezone.now() - 2 * DAY)
    assert pass_on_lapsed() == 1
    assert pass_on_lapsed() == 0


def barred(people, case):
    bar(people.actor("housing_manager"), case, agency=people.agency("harbour_idva"), reason="A conflict of interest")


WAYS = [ended, lapsed, barred]


@pytest.mark.parametrize("end", WAYS)
def test_what_waits_for_a_decision_is_the_leads_from_then_on(people, case, client_for, end):
    one = of_idva(people, case)
    assert one.agency == people.agency("harbour_idva") and onward(people, "housing_officer") == []
    before = one.due_at
    end(people, case)
    one.refresh_from_db()
    assert (one.agency, one.due_at, one.state) == (case.lead_agency, before, "proposed")
    assert onward(people, "idva") == []
    (item,) = onward(people, "housing_officer")
    assert item.url == reverse("onward", args=[case.reference, one.pk]) and client_for("housing_officer").get(item.url).status_code == 200
    assert client_for("idva").get(item.url).status_code == 404
    entry = Entry.objects.get(case=case, title="Safeguarding referrals pass to Northvale Borough Council Housing")
    assert (entry.audience, entry.agency) == ("agency", case.lead_agency) and "IDVA" not in entry.title + entry.text
    # A partner would learn that somebody was shut out.
    assert "Safeguarding referrals pass to" not in client_for("health_visitor").get(f"/cases/{case.reference}/chronology/").content.decode()
    assert "Safeguarding referrals pass to" in text_of(client_for("housing_officer"), case)
    # The action that waited for it went with it, and deciding ends it.
    sent(people.actor("housing_officer"), one)
    assert not Task.objects.filter(case=case, kind="children.social_care", done_at=None).exists()
    verb = {"ended": "share.end", "lapsed": "share.lapse", "barred": "bar.make"}[end.__name__]
    assert Event.objects.get(verb=verb, outcome="done").after["onward"] == [one.pk]


@pytest.mark.parametrize("level", ["summary", "partner"])
def test_an_agency_that_may_only_know_of_the_case_from_now_on_keeps_no_referral(people, case, client_for, level):
    one = of_idva(people, case)
    given = {"agency": people.agency("harbour_idva"), "level": level, "basis": "vital_interests", "victim_told": True}
    share(people.actor("housing_officer"), case, **given, necessity="She asked", risk_believed="Serious harm", restrictions="To be kept here")
    one.refresh_from_db()
    assert (one.agency == case.lead_agency) is (level == "summary")
    assert bool(onward(people, "housing_officer")) is (level == "summary") and bool(onward(people, "idva")) is (level == "partner")
    assert client_for("idva").get(reverse("onward", args=[case.reference, one.pk])).status_code == (403 if level == "summary" else 200)
    assert Task.objects.get(case=case, kind="children.social_care").agency == one.agency


@pytest.mark.parametrize("end", WAYS)
def test_what_was_sent_is_chased_by_the_lead_in_the_same_time_and_the_words_stay_private(people, case, client_for, end):
    one = of_idva(people, case)
    sent(people.actor("idva"), one, concern="CANARY for our eyes", audience="agency")
    clock = Clock.objects.get(about=f"onward:{one.pk}")
    end(people, case)
    one.refresh_from_db()
    now = Clock.objects.get(pk=clock.pk)
    assert (now.agency, now.due_at, now.stopped_at) == (case.lead_agency, clock.due_at, None)
    assert (one.agency, one.told_by) == (case.lead_agency, people.agency("harbour_idva"))
    page = text_of(client_for("housing_officer"), case, "onward", one.pk)
    assert "CANARY" not in page and "Harbour IDVAs keeps this to itself." in page


def test_what_was_answered_decided_against_or_is_anothers_stays(people, case):
    theirs = of_idva(people, case)
    SafeguardingReferral.objects.filter(pk=theirs.pk).update(state="replaced")
    signed(people.actor("specialist_da_officer"), case, "medium")
    ended(people, case)
    theirs.refresh_from_db()
    assert theirs.agency == people.agency("harbour_idva")
    assert not Entry.objects.filter(case=case, title__startswith="Safeguarding referrals pass").exists()
