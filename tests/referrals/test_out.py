"""Referrals out: who may make, read and answer one; that it shares no more than was decided, and that a refusal ends it at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from cases.access import capabilities_on
from cases.actions.closing import close_case
from cases.actions.sharing import end_share
from cases.models import Case, Clock, Consent, Grant, Notification, SharingDecision
from referrals.directory.actions import close_service
from referrals.models import ReferralOut
from referrals.onward import actions, reading
from tests.cases.ends import ENDED
from tests.referrals.listed import service

CONSENTLESS = {
    "basis": "vital_interests", "necessity": "She needs an advocate.", "risk_believed": "Serious harm to her.", "restrictions": "Keep it to yourselves.", "victim_told": True,
}
ONE = ["referral_out", "referral_out_answer", "referral_out_record", "referral_out_chase", "referral_out_withdraw", "referral_out_close"]


@pytest.fixture
def case(a_case):
    return a_case()


@pytest.fixture
def officer(people):
    return people.actor("housing_officer")


@pytest.fixture
def harbour(people):
    return service(people, "Harbour IDVAs", "idva", agency="harbour_idva", answers_within="1wd")


@pytest.fixture
def outside(people):
    return service(people, "Kite Hill", "standard_support")


def victim(case):
    return case.parties.get(role="victim").pk


def agreed(case, people, state="given"):
    Consent.objects.create(case=case, party_id=victim(case), state=state, recorded_at=timezone.now(), recorded_by=people.housing_officer)


def sent(actor, case, entry, **facts):
    more = {} if entry.agency_id else {"channel": "phone"}
    return actions.send_out(actor, case, **{"entry_id": entry.pk, "party_id": victim(case), "asked_for": "An advocate before Friday."} | more | CONSENTLESS | facts)


def answer(people, one, step, persona="idva", **facts):
    return actions.answer_out(people.actor(persona), one.case, referral_id=one.pk, step=step, **facts)


def level_of(case, slug):
    grant = Grant.objects.filter(content_object=case, agency__slug=slug).exclude(level="meeting").first()
    return None if grant is None or (grant.ends_at and grant.ends_at <= timezone.now()) else grant.level


# --- from the outside


@pytest.mark.parametrize("name", ONE)
def test_pages_of_one_are_closed_from_outside(client_for, case, harbour, officer, share, name):
    one = sent(officer, case, harbour)
    share(case, "lantern_outreach", "summary")
    url = reverse(name, args=[case.reference, one.pk])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "health_visitor"):
        assert client_for(persona).get(url).status_code == 404, persona
    # Another service that sees as much of the case is not told that this referral is there.
    assert client_for("outreach_worker").get(url).status_code == (404 if name == "referral_out_answer" else 403)
    assert client_for("idva").get(url).status_code == (200 if name in ("referral_out", "referral_out_answer") else 403)
    assert client_for("housing_officer").get(url).status_code == (403 if name == "referral_out_answer" else 200)


def test_pages_of_a_case_are_closed_from_outside(client_for, case, harbour, share):
    share(case, "lantern_outreach", "summary")
    share(case, "valley_health", "partner")
    for name, args, partner in (("referrals_out", [], 200), ("referral_out_new", [harbour.pk], 403), ("incoming_of_case", [], 302)):
        url = reverse(name, args=[case.reference, *args])
        assert [client_for(persona).get(url).status_code for persona in ("outsider", "superuser", "idva")] == [404] * 3
        assert client_for("outreach_worker").get(url).status_code == (302 if name == "incoming_of_case" else 403)
        assert client_for("health_visitor").get(url).status_code == partner
    assert client_for("housing_officer").get(reverse("referral_out_new", args=[case.reference, harbour.pk + 999])).status_code == 404
    assert client_for("outsider").get(reverse("incoming")).status_code == 403


def test_the_actions_refuse_whoever_may_not(people, case, harbour, officer, share, a_case):
    share(case, "valley_health", "partner")
    for persona, problem in (("outsider", Http404), ("health_visitor", PermissionDenied), ("superuser", Http404)):
        with pytest.raises(problem):
            sent(people.actor(persona), case, harbour)
    one, other = sent(officer, case, harbour), a_case()
    for persona in ("outsider", "health_visitor", "outreach_worker"):
        with pytest.raises((Http404, PermissionDenied)):
            answer(people, one, "accept", persona)
    told = {"happened_at": timezone.now(), "who": "W"}
    calls = [(actions.chase_out, told), (actions.record_out, told | {"step": "accept"}), (actions.withdraw_out, {"said": "s"}), (actions.close_out, {})]
    for call, facts in calls:
        for persona in ("outsider", "idva", "health_visitor"):
            with pytest.raises((Http404, PermissionDenied)):
                call(people.actor(persona), case, referral_id=one.pk, **facts)
    with pytest.raises(Http404):  # of another case
        actions.withdraw_out(officer, other, referral_id=one.pk, said="Mine")
    with pytest.raises(Http404):
        actions.send_out(officer, case, entry_id=harbour.pk, party_id=victim(other), asked_for="x", **CONSENTLESS)
    with pytest.raises(Http404):  # an alleged perpetrator is not referred in this way
        actions.send_out(officer, case, entry_id=harbour.pk, party_id=case.parties.get(role="perpetrator").pk, asked_for="x", **CONSENTLESS)
    one.refresh_from_db()
    assert one.state == "sent" and level_of(case, "harbour_idva") == "summary"


def test_who_is_barred_sees_nothing_on_the_desk(people, case, harbour, officer, client_for):
    from cases.actions.sharing import bar

    one = sent(officer, case, harbour)
    bar(people.actor("housing_manager"), case, user=people.other_idva, reason="Related.")
    assert case.reference in client_for("idva").get(reverse("incoming")).content.decode()
    assert case.reference not in client_for("other_idva").get(reverse("incoming")).content.decode()
    assert client_for("other_idva").get(reverse("referral_out", args=[case.reference, one.pk])).status_code == 404


# --- inside Waymark


def test_before_they_accept_they_see_the_summary_and_what_was_asked_and_no_more(people, case, harbour, officer, client_for):
    one = sent(officer, case, harbour)
    decision = SharingDecision.objects.get(pk=one.decision_now_id)
    assert (decision.level, decision.recipient.slug, decision.necessity) == ("summary", "harbour_idva", "She needs an advocate.")
    assert one.decision_then.level == "partner" and level_of(case, "harbour_idva") == "summary"
    assert "see_case" not in capabilities_on(people.actor("idva"), case)
    client = client_for("idva")
    text = client.get(reverse("referral_out", args=[case.reference, one.pk])).content.decode()
    assert "An advocate before Friday." in text and "Blackwater" not in text
    assert "waits for an answer" in client.get(reverse("case", args=[case.reference])).content.decode()
    assert client.get(reverse("case_chronology", args=[case.reference])).status_code == 403
    told = set(Notification.objects.filter(kind="referral_out.sent").values_list("user__full_name", flat=True))
    assert told == {people.idva.full_name, people.other_idva.full_name, people.idva_manager.full_name}
    notice = Notification.objects.filter(kind="referral_out.sent", user=people.idva).get()
    desk = client.get(reverse("notice", args=[notice.pk])).url
    assert desk == reverse("incoming_of_case", args=[case.reference]) and client.get(desk).url == reverse("referral_out", args=[case.reference, one.pk])


def test_accepting_opens_what_was_decided_when_it_was_sent(people, case, harbour, officer):
    one = sent(officer, case, harbour)
    clock = Clock.objects.get(about=f"referral:{one.pk}")
    assert clock.kind == "service_answer" and "the service’s own time" in clock.basis and clock.due_at == one.due_at
    answer(people, one, "receive")
    answer(people, one, "triage")
    answer(people, one, "accept", worker_id=people.other_idva.pk)
    grant = Grant.objects.get(content_object=case, agency__slug="harbour_idva")
    assert (grant.level, grant.worker, grant.decision_id) == ("partner", people.other_idva, one.decision_then_id)
    clock.refresh_from_db()
    assert clock.outcome == "met"
    answer(people, one, "report", outcome="working", said="She came on Tuesday.")
    one.refresh_from_db()
    assert (one.state, one.outcome) == ("reported", "working")
    actions.close_out(officer, case, referral_id=one.pk)
    one.refresh_from_db()
    assert one.state == "closed"
    kinds = set(Notification.objects.filter(user=people.housing_officer).values_list("kind", flat=True))
    assert "referral_out.answered" in kinds


def test_a_service_that_declines_loses_the_case_at_once(people, case, harbour, officer, client_for):
    one = sent(officer, case, harbour)
    with pytest.raises(Refused):
        answer(people, one, "decline")
    assert level_of(case, "harbour_idva") == "summary"
    answer(people, one, "decline", reason="full", said="No room until May.")
    assert level_of(case, "harbour_idva") is None
    client = client_for("idva")
    assert client.get(reverse("case", args=[case.reference])).status_code == 404
    assert client.get(reverse("referral_out", args=[case.reference, one.pk])).status_code == 404
    assert case.reference not in client.get(reverse("incoming")).content.decode()
    text = client_for("housing_officer").get(reverse("referral_out", args=[case.reference, one.pk])).content.decode()
    assert "No room at present" in text and "No room until May." in text
    row = Event.objects.get(verb="referral_out.answer", outcome="done")
    assert row.after["reason"] == "full" and row.after["ended"] is True and "May" not in str(row.after)


def test_what_they_held_before_is_not_taken_by_a_refusal(people, case, harbour, officer, share):
    share(case, "harbour_idva", "partner")
    one = sent(officer, case, harbour)
    assert one.decision_now is None and one.decision_then is None
    answer(people, one, "decline", reason="conflict")
    assert level_of(case, "harbour_idva") == "partner"


def test_taking_it_back_ends_what_it_let_them_see(people, case, harbour, officer):
    one = sent(officer, case, harbour)
    actions.withdraw_out(officer, case, referral_id=one.pk, said="She has changed her mind.")
    assert level_of(case, "harbour_idva") is None
    assert Clock.objects.get(about=f"referral:{one.pk}").outcome == "not_needed"
    with pytest.raises(Refused):
        actions.withdraw_out(officer, case, referral_id=one.pk, said="Again")


def test_consent_that_is_gone_when_they_accept_opens_nothing_more(people, case, harbour, officer):
    with pytest.raises(Refused, match="does not record"):
        sent(officer, case, harbour, basis="consent")
    agreed(case, people)
    one = sent(officer, case, harbour, basis="consent", necessity="", risk_believed="", restrictions="", victim_told=None)
    agreed(case, people, "withdrawn")
    answer(people, one, "accept")
    one.refresh_from_db()
    assert one.state == "accepted" and level_of(case, "harbour_idva") == "summary"


def test_an_agency_that_is_barred_or_a_service_that_is_closed_gets_nothing(people, case, harbour, officer, client_for):
    from cases.actions.sharing import bar

    other = service(people, "Harbour by night", "idva")
    close_service(people.actor("partnership_administrator"), entry_id=harbour.pk, closed_on=timezone.localdate(), closed_reason="The money ended.")
    with pytest.raises(Refused, match="The money ended"):
        sent(officer, case, harbour)
    response = client_for("housing_officer").get(reverse("referral_out_new", args=[case.reference, harbour.pk]))
    text = response.content.decode()
    assert response.status_code == 422 and "The money ended." in text and reverse("referral_out_new", args=[case.reference, other.pk]) in text
    lantern = service(people, "Lantern", agency="lantern_outreach")
    bar(people.actor("housing_manager"), case, agency=people.agency("lantern_outreach"), reason="Conflict.")
    with pytest.raises(Refused) as refusal:
        sent(officer, case, lantern)
    assert "barred" not in str(refusal.value)  # an officer may not know of bars
    for kind in ("safeguarding_children", "programme"):
        with pytest.raises(Refused):
            sent(officer, case, service(people, kind, kind))
    assert not ReferralOut.objects.exists() and level_of(case, "lantern_outreach") is None


def test_misfits_need_a_reason_and_one_at_a_time(people, case, officer):
    narrow = service(people, "Narrow", "legal", agency="valley_health", areas=["derby"])
    with pytest.raises(Refused, match="all the same"):
        sent(officer, case, narrow)
    one = sent(officer, case, narrow, despite="They have agreed to an exception.")
    with pytest.raises(Refused, match="already"):
        sent(officer, case, narrow, despite="Again")
    answer(people, one, "decline", "health_visitor", reason="area")
    assert sent(officer, case, narrow, despite="They have asked for it again.").pk != one.pk


def test_a_protected_place_does_not_go_with_it(people, case, harbour, officer):
    from cases.models import Address

    Address.objects.create(case=case, party_id=victim(case), lines="19 Plover Court", postcode="ZZ99 2CD", visibility="confidential", from_at=timezone.now())
    with pytest.raises(Refused) as refusal:
        sent(officer, case, harbour, asked_for="Meet her at 19 Plover Court, ZZ99 2CD.")
    assert refusal.value.field == "asked_for" and not ReferralOut.objects.exists()


# --- silence, closing, passing on


def test_silence_is_missed_shown_to_both_and_explained_by_a_chase(people, case, harbour, officer, client_for):
    one = sent(officer, case, harbour)
    later = timezone.now() - timedelta(days=10)
    ReferralOut.objects.filter(pk=one.pk).update(sent_at=later, due_at=later + timedelta(days=1))
    Clock.objects.filter(about=f"referral:{one.pk}").update(started_at=later, due_at=later + timedelta(days=1))
    for persona in ("housing_officer", "idva"):
        assert "No answer in time" in client_for(persona).get(reverse("referral_out", args=[case.reference, one.pk])).content.decode()
    assert "Chase the answer to a referral" in client_for("housing_officer").get(reverse("case", args=[case.reference])).content.decode()
    actions.chase_out(officer, case, referral_id=one.pk, happened_at=timezone.now(), who="Duty worker")
    assert Clock.objects.get(about=f"referral:{one.pk}").is_explained


def test_a_case_does_not_close_while_an_answer_is_awaited(people, case, harbour, officer):
    sent(officer, case, harbour)
    with pytest.raises(Refused) as refusal:
        close_case(people.actor("housing_manager"), case, closing_reason="needs_met", summary="Safe and settled.", audience="partners", **ENDED)
    assert any("service" in reason for reason in refusal.value.reasons)


def test_where_the_sharing_ends_the_sender_writes_down_the_answer(people, case, harbour, officer):
    one = sent(officer, case, harbour)
    with pytest.raises(Refused, match="themselves"):
        actions.record_out(officer, case, referral_id=one.pk, step="accept", happened_at=timezone.now(), who="Duty worker")
    grant = Grant.objects.get(content_object=case, agency__slug="harbour_idva")
    end_share(officer, case, grant=grant.pk, reason="By mistake.")
    actions.record_out(officer, case, referral_id=one.pk, step="decline", reason="unclear", happened_at=timezone.now(), who="Duty worker")
    one.refresh_from_db()
    assert one.state == "declined"


# --- outside


def test_to_a_service_outside_what_was_told_and_answered_is_written_down(people, case, outside, officer):
    with pytest.raises(Refused, match="how you made"):
        sent(officer, case, outside, channel="")
    one = sent(officer, case, outside, channel="secure_mail", sent_at=timezone.now() - timedelta(hours=2))
    assert one.receiver is None and one.decision_now is None and not SharingDecision.objects.exclude(basis="lead").exists()
    assert (one.necessity, one.channel, "2 working days" in one.due_basis) == ("She needs an advocate.", "secure_mail", True)
    actions.record_out(officer, case, referral_id=one.pk, step="accept", happened_at=timezone.now(), who="Duty worker")
    actions.record_out(officer, case, referral_id=one.pk, step="report", outcome="finished", happened_at=timezone.now(), who="Duty worker")
    one.refresh_from_db()
    assert (one.state, one.outcome) == ("reported", "finished")
    with pytest.raises(Refused):
        actions.record_out(officer, case, referral_id=one.pk, step="accept", happened_at=timezone.now(), who="Duty worker")


# --- the pages


def form(case, **said):
    case.refresh_from_db()
    return {"once": str(uuid4()), "revision": case.revision, "party_id": victim(case), "asked_for": "An advocate.", "level": "partner", "basis": "vital_interests"} | said


def test_a_referral_by_its_pages(client_for, case, harbour):
    url = reverse("referral_out_new", args=[case.reference, harbour.pk])
    sender, service_desk = client_for("housing_officer"), client_for("idva")
    bad = sender.post(url, form(case, asked_for="Kept as typed", necessity=""))
    text = bad.content.decode()
    assert bad.status_code == 422 and "Kept as typed" in text and "Say why this agency needs it" in text
    why = {"necessity": "n", "risk_believed": "r", "restrictions": "q", "victim_told": "yes"}
    given = form(case, **why)
    response = sender.post(url, given)
    assert response.status_code == 302
    assert sender.post(url, given).status_code == 302 and ReferralOut.objects.count() == 1  # sent twice, made once
    one = ReferralOut.objects.get()
    answering = reverse("referral_out_answer", args=[case.reference, one.pk])
    assert case.reference in service_desk.get(reverse("incoming")).content.decode()
    missing = service_desk.post(answering, form(case, step="decline"))
    assert missing.status_code == 422 and "Choose why it is declined" in missing.content.decode()
    assert service_desk.post(answering, form(case, step="accept", worker_id="")).status_code == 302
    assert service_desk.post(answering, form(case, step="report", outcome="working")).status_code == 302
    for name in ("referral_out_chase", "referral_out_withdraw", "referral_out_close"):
        page = reverse(name, args=[case.reference, one.pk])
        assert sender.get(page).status_code == 200
        is_whole = name == "referral_out_close"  # which needs no words; the others do
        assert sender.post(page, form(case, who="", said="")).status_code == (302 if is_whole else 422)
    one.refresh_from_db()
    assert one.state == "closed"
    stale = form(case) | why | {"revision": 0}
    assert sender.post(url, stale).status_code == 422


def test_the_desk_asks_the_same_however_much_came_in(client_for, people, a_case, harbour, officer, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for("idva")
    sent(officer, a_case(), harbour)
    client.get(reverse("incoming"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("incoming"))
    for _ in range(3):
        sent(officer, a_case(), harbour)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("incoming"))
    assert len(many) == len(few)


def test_the_signed_level_proposes_the_support_that_fits(people, case, harbour, officer, client_for):
    from tests.referrals.onward import signed

    signed(people.actor("specialist_da_officer"), case, "high")
    client = client_for("housing_officer")
    assert "Refer to an IDVA" in client.get(reverse("case", args=[case.reference])).content.decode()
    text = client.get(reverse("referrals_out", args=[case.reference])).content.decode()
    assert "High risk leads to an IDVA, beside MARAC." in text and "Harbour IDVAs" in text
    one = sent(officer, case, harbour)
    assert "Refer to an IDVA" not in client.get(reverse("case", args=[case.reference])).content.decode()
    facts = {name: exists(OuterRef("pk")) for name, exists in reading.FACTS.items()}
    held = Case.objects.annotate(**facts).get(pk=case.pk)
    assert [getattr(held, name) for name in facts] == [True, False, False, True]
    answer(people, one, "decline", reason="full")
    assert "Refer to an IDVA" in client.get(reverse("case", args=[case.reference])).content.decode()
    assert not Case.objects.annotate(**facts).get(pk=case.pk).referred_any


def test_a_pathway_reads_that_somebody_was_referred_wherever_the_service_works(people, case, outside, officer):
    from referrals.pathways.facts import FACTS

    def known():
        at = timezone.now()
        return [next(iter(FACTS[code].query(officer, case, at).values_list("first", flat=True)), None) for code in ("standard_support_involved", "idva_involved")]

    assert known() == [None, None]
    one = sent(officer, case, outside)
    assert known() == [one.sent_at, None]
    actions.withdraw_out(officer, case, referral_id=one.pk, said="She has changed her mind.")
    assert known() == [None, None]
