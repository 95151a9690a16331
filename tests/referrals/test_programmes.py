"""Programmes: who sees a participant, and that nothing of a case, of a victim/survivor or of where somebody lives reaches the participant's record."""

import json
from uuid import uuid4

import pytest
from django.core import serializers
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from agencies.models import Policy
from audit.models import Event
from cases.models import Address, Notification
from referrals.models import ProgrammeLink, ProgrammeReferral, ProgrammeStep
from referrals.programmes import actions

ANSWERS = {
    "programme": "tilth", "given_name": "Rufus", "family_name": "Blackwater", "telephone": "+441632960777", "level": "medium", "on_bail": "no", "under_investigation": "no",
    "police_case": "no", "is_abusive": "yes", "recognises": "yes", "is_willing": "yes",
}
ONE = ["participant", "participant_step", "participant_support"]


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def worker(people):
    return people.actor("programme_worker")


def said(**but):
    today = timezone.localdate()
    return ANSWERS | {"date_of_birth": today.replace(year=today.year - 40, day=1), "referrer": "self", "has_agreed": True} | but


def referred(people, case, persona="housing_officer", **but):
    him = case.parties.get(role="perpetrator").pk
    return actions.refer_from_case(
        people.actor(persona), case, party_id=him, agency_id=people.agency("turnstone_change").pk, **said(referrer="professional") | but
    )


def typed(case=None, **but):
    facts = ANSWERS | {"once": str(uuid4()), "has_agreed": "yes", "date_of_birth_day": "1", "date_of_birth_month": "2", "date_of_birth_year": "1985", "telephone": "01632 960777"}
    if case is not None:
        case.refresh_from_db()
        facts["revision"] = case.revision
    return facts | but


# --- from the outside


def test_a_participant_is_seen_by_those_who_run_the_programme_and_nobody_else(people, client_for, case, worker):
    one = actions.take_participant(worker, **said())
    referred(people, case)
    for persona in people.names():
        client = client_for(persona)
        wanted = 200 if persona == "programme_worker" else 403
        assert client.get(reverse("programme_desk")).status_code == wanted, persona
        assert client.get(reverse("participant_add")).status_code == wanted, persona
        for name in ONE:
            assert client.get(reverse(name, args=[one.pk])).status_code == wanted, (persona, name)


def test_another_agency_that_runs_programmes_sees_none_of_ours(people, client_for, worker):
    one = actions.take_participant(worker, **said())
    people.outsider.memberships.update(role="programme_worker")
    client = client_for("outsider")
    assert "Blackwater" not in client.get(reverse("programme_desk")).content.decode()
    assert [client.get(reverse(name, args=[one.pk])).status_code for name in ONE] == [404] * 3
    for call in (
        lambda: actions.record_step(people.actor("outsider"), referral_id=one.pk, step="suit", said="Mine"),
        lambda: actions.confirm_support(people.actor("outsider"), referral_id=one.pk),
    ):
        with pytest.raises(Http404):
            call()


def test_the_pages_of_the_case_are_closed_from_outside(client_for, people, case, share):
    link = referred(people, case)
    share(case, "lantern_outreach", "summary")
    him, her = case.parties.get(role="perpetrator").pk, case.parties.get(role="victim").pk
    for name, args in (("programmes_of_case", []), ("programme_refer", [him]), ("programme_support", [link.pk])):
        url = reverse(name, args=[case.reference, *args])
        for persona, wanted in (("outsider", 404), ("superuser", 404), ("programme_worker", 404), ("outreach_worker", 403), ("housing_officer", 200)):
            assert client_for(persona).get(url).status_code == wanted, (persona, name)
    officer = client_for("housing_officer")
    assert officer.get(reverse("programme_refer", args=[case.reference, her])).status_code == 404
    assert officer.get(reverse("programme_support", args=[case.reference, link.pk + 999])).status_code == 404


def test_the_actions_refuse_whoever_may_not(people, case, worker, a_case):
    one = actions.take_participant(worker, **said())
    link, other = referred(people, case), a_case()
    for persona in ("housing_officer", "idva", "superuser", "auditor"):
        actor = people.actor(persona)
        for call in (lambda who: actions.take_participant(who, **said()), lambda who: actions.record_step(who, referral_id=one.pk, step="suit", said="x"),
                     lambda who: actions.confirm_support(who, referral_id=one.pk)):
            with pytest.raises(PermissionDenied):
                call(actor)
    for persona in ("outsider", "programme_worker"):
        with pytest.raises(Http404):
            referred(people, case, persona)
        with pytest.raises(Http404):
            actions.support_from_case(people.actor(persona), case, link_id=link.pk)
    officer = people.actor("housing_officer")
    with pytest.raises(Http404):
        actions.support_from_case(officer, other, link_id=link.pk)
    with pytest.raises(Http404):
        actions.refer_from_case(officer, case, party_id=case.parties.get(role="victim").pk, agency_id=people.agency("turnstone_change").pk, **said())
    with pytest.raises(Refused):  # an agency that runs no programme receives nobody
        actions.refer_from_case(officer, case, party_id=case.parties.get(role="perpetrator").pk, agency_id=people.agency("vale_police").pk, **said())


# --- nothing of the partner


def test_nothing_of_the_case_reaches_the_participants_record(people, client_for, case, worker):
    victim = case.parties.get(role="victim")
    Address.objects.create(case=case, party=victim, lines="19 Plover Court", postcode="ZZ99 2CD", visibility="confidential", from_at=timezone.now())
    officer = people.actor("housing_officer")
    link = referred(people, case)
    one = link.referral
    actions.support_from_case(officer, case, link_id=link.pk)
    for step in ("suit", "start", "leave"):
        actions.record_step(worker, referral_id=one.pk, step=step, said="He was told why.")
    hers = [victim.person.given_name, victim.person.family_name, "Juniper", "Plover Court", "ZZ99 2CD", "900123", "bluebell"]
    never = [case.reference, *hers, "Northvale", people.housing_officer.full_name]

    client = client_for("programme_worker")
    seen = "".join(client.get(url).content.decode() for url in (
        reverse("programme_desk"), reverse("participant", args=[one.pk]), reverse("participant_add"), reverse("directory"),
    ))
    assert "Blackwater" in seen and [word for word in never if word in seen] == []
    assert client.get(reverse("case", args=[case.reference])).status_code == 404
    assert client.get("/api/cases/").status_code in (403, 404)

    one.refresh_from_db()
    kept = serializers.serialize("json", [one, *ProgrammeStep.objects.filter(referral=one)])
    names = {name for row in json.loads(kept) for name in row["fields"]}
    assert not {name for name in names if "case" in name.replace("police_case", "") or "part" in name or "link" in name} and [word for word in never if word in kept] == []

    rows = Event.objects.filter(subject=f"programme:{one.pk}")
    assert {row.verb for row in rows} >= {"programme.refer", "programme.step"}
    for row in rows:
        told = f"{row.case_reference} {row.before} {row.after} {row.reason}"
        assert row.case_reference == "" and [word for word in never if word in told] == []
    # On the case's side there is a line with the case, and it does not name the participant.
    linked = Event.objects.get(verb="programme.link", outcome="done")
    assert linked.case_reference == case.reference and "programme:" not in f"{linked.subject} {linked.after}"

    assert not Notification.objects.filter(user=people.programme_worker).exists()
    assert Notification.objects.filter(user=people.housing_officer, kind="programme.moved", case=case).count() == 3


def test_the_case_reads_what_became_of_it(people, client_for, case, worker):
    link = referred(people, case)
    actions.record_step(worker, referral_id=link.referral_id, step="refuse", said="He does not want to.")
    text = client_for("housing_officer").get(reverse("programmes_of_case", args=[case.reference])).content.decode()
    assert "Not suitable" in text and "He does not want to." not in text


# --- criteria, support, steps


@pytest.mark.parametrize(
    ("but", "field"),
    [({"on_bail": "yes"}, "on_bail"), ({"under_investigation": "yes"}, "under_investigation"), ({"has_agreed": False}, "has_agreed"), ({"level": "high"}, "level")],
)
def test_hard_criteria_refuse_beside_the_question(people, case, worker, but, field):
    for call in (lambda: actions.take_participant(worker, **said(**but)), lambda: referred(people, case, **but)):
        with pytest.raises(Refused) as refusal:
            call()
        assert refusal.value.field == field
    assert not ProgrammeReferral.objects.exists() and not ProgrammeLink.objects.exists()


def test_eighteen_follows_the_setting(people, worker):
    today = timezone.localdate()
    eighteen = today.replace(year=today.year - 18)
    assert actions.take_participant(worker, **said(date_of_birth=eighteen)).pk
    Policy.objects.create(
        key="programme.minimum_age", value="19", effective_from=timezone.now(), reason="Agreed", set_by=people.partnership_administrator, set_at=timezone.now(),
    )
    with pytest.raises(Refused, match="from 19 years on"):
        actions.take_participant(worker, **said(date_of_birth=eighteen))


def test_it_begins_only_once_somebody_decided_and_support_is_recorded(worker):
    one = actions.take_participant(worker, **said())
    with pytest.raises(Refused):
        actions.record_step(worker, referral_id=one.pk, step="start")
    actions.record_step(worker, referral_id=one.pk, step="suit", said="He has thought about it.")
    with pytest.raises(Refused, match="Linked support"):
        actions.record_step(worker, referral_id=one.pk, step="start")
    actions.confirm_support(worker, referral_id=one.pk)
    with pytest.raises(Refused):
        actions.confirm_support(worker, referral_id=one.pk)
    actions.record_step(worker, referral_id=one.pk, step="start")
    actions.record_step(worker, referral_id=one.pk, step="finish")
    one.refresh_from_db()
    assert one.state == "finished"
    assert set(one.steps.values_list("step", flat=True)) == {"suit", "start", "finish"}


def test_by_the_pages(people, client_for, case):
    client, officer = client_for("programme_worker"), client_for("housing_officer")
    bad = client.post(reverse("participant_add"), typed(referrer="self", on_bail="yes"))
    text = bad.content.decode()
    assert bad.status_code == 422 and "Tilth does not take anybody who is on bail." in text and "Blackwater" in text
    young = client.post(reverse("participant_add"), typed(referrer="self", date_of_birth_year=str(timezone.localdate().year - 17), date_of_birth_month="1", date_of_birth_day="1"))
    assert young.status_code == 422 and "from 18 years on" in young.content.decode()
    given = typed(referrer="family")
    made = client.post(reverse("participant_add"), given)
    assert made.status_code == 302 and client.post(reverse("participant_add"), given)["location"] == made["location"] and ProgrammeReferral.objects.count() == 1
    one = ProgrammeReferral.objects.get()
    assert client.post(reverse("participant_step", args=[one.pk]), {"once": str(uuid4()), "step": "start"}).status_code == 422
    assert client.post(reverse("participant_step", args=[one.pk]), {"once": str(uuid4()), "step": "suit", "said": "He came by himself."}).status_code == 302
    assert client.post(reverse("participant_support", args=[one.pk]), {"once": str(uuid4())}).status_code == 302
    assert client.get(reverse("participant_support", args=[one.pk])).status_code == 302

    him = case.parties.get(role="perpetrator").pk
    url = reverse("programme_refer", args=[case.reference, him])
    page = officer.get(url).content.decode()
    assert "Rufus" in page and "Marigold" not in page.split("<form", 2)[-1]
    agency = str(people.agency("turnstone_change").pk)
    refused = officer.post(url, typed(case, agency_id=agency, has_agreed="no"))
    assert refused.status_code == 422 and "Only refer somebody who has been asked" in refused.content.decode()
    assert officer.post(url, typed(case, agency_id=agency)).status_code == 302
    link = ProgrammeLink.objects.get()
    assert link.referral.referrer == "professional"
    case.refresh_from_db()
    confirm = {"once": str(uuid4()), "revision": case.revision}
    assert officer.post(reverse("programme_support", args=[case.reference, link.pk]), confirm).status_code == 302
    link.referral.refresh_from_db()
    assert link.referral.support_at


def test_the_desk_asks_the_same_however_many_came(client_for, worker):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, url = client_for("programme_worker"), reverse("programme_desk")
    actions.take_participant(worker, **said())
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(4):
        actions.take_participant(worker, **said())
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
