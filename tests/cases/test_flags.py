"""Safety flags: who may raise and remove them, that it takes two, what they do to a contact, and who learns of them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.gate import Refused
from agencies.models import Policy
from audit.models import Event
from cases import reach, safe_contact
from cases.actions.flags import decide_removal, propose_removal, raise_flag, review_flag
from cases.models import Case, ContactAttempt, Entry, FlagRemoval, Notification, SafetyFlag
from tests.cases.contacting import HOUR, LONG_REASON, running, way
from tests.cases.flagging import WHY, flagged, proposed, removed

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")


# --- who may


def test_from_outside_nothing_of_it_can_be_done(people, a_case, share):
    case = a_case()
    flag = flagged(people, case)
    removal = proposed(people, flag)
    share(case, "lantern_outreach", "summary")
    tomorrow = timezone.localdate() + timedelta(days=1)
    calls = [
        (raise_flag, {"kind": "dogs", "reason": WHY, "review_on": tomorrow}),
        (review_flag, {"flag_id": flag.pk, "note": WHY, "review_on": tomorrow}),
        (propose_removal, {"flag_id": flag.pk, "reason": WHY}),
        (decide_removal, {"removal_id": removal.pk, "decision": "approved", "reason": WHY}),
    ]
    for action, facts in calls:
        for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
            with pytest.raises(Http404):
                action(people.actor(persona), case, **facts)
        with pytest.raises(PermissionDenied):
            action(people.actor("outreach_worker"), case, **facts)
    assert SafetyFlag.objects.filter(removed_at=None).count() == 1 and FlagRemoval.objects.filter(decided_at=None).count() == 1


def test_a_partner_may_raise_and_propose_and_only_a_second_person_decides(people, a_case, share):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    share(case, "vale_probation")
    flag = flagged(people, case, persona="idva")
    removal = proposed(people, flag, "idva")
    for persona in ("other_idva", "marac_representative"):
        with pytest.raises(PermissionDenied):
            decide_removal(people.actor(persona), case, removal_id=removal.pk, decision="approved", reason=WHY)
    decide_removal(people.actor("idva_manager"), case, removal_id=removal.pk, decision="approved", reason=WHY)
    flag.refresh_from_db()
    assert flag.removed_at


def test_the_agency_that_runs_the_case_can_be_the_second_person(people, a_case, share):
    case = a_case()
    share(case, "harbour_idva")
    flag = flagged(people, case, persona="idva")
    removed(people, flag, by="idva", and_by="housing_officer")
    flag.refresh_from_db()
    assert flag.removed_at


def test_a_flag_of_another_case_does_not_exist_here(people, a_case):
    case, other = a_case(), a_case()
    theirs = flagged(people, other)
    removal = proposed(people, theirs)
    officer, manager = people.actor("housing_officer"), people.actor("housing_manager")
    with pytest.raises(Http404):
        review_flag(officer, case, flag_id=theirs.pk, note=WHY, review_on=timezone.localdate() + timedelta(days=2))
    with pytest.raises(Http404):
        propose_removal(officer, case, flag_id=theirs.pk, reason=WHY)
    with pytest.raises(Http404):
        decide_removal(manager, case, removal_id=removal.pk, decision="approved", reason=WHY)


def test_nothing_is_changed_on_a_closed_case_and_its_flags_still_stand(people, a_case):
    case = a_case(clock=None)
    flag = flagged(people, case)
    removal = proposed(people, flag)
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    officer, soon = people.actor("housing_officer"), timezone.localdate() + timedelta(days=2)
    for action, facts in (
        (raise_flag, {"kind": "dogs", "reason": WHY, "review_on": soon}), (review_flag, {"flag_id": flag.pk, "note": WHY, "review_on": soon}),
        (propose_removal, {"flag_id": flag.pk, "reason": WHY}), (decide_removal, {"removal_id": removal.pk, "decision": "approved", "reason": WHY}),
    ):
        with pytest.raises(Refused, match="closed"):
            action(people.actor("housing_manager") if action is decide_removal else officer, case, **facts)
    assert SafetyFlag.objects.get().removed_at is None


# --- it takes two

DECIDERS = ["housing_officer", "other_housing_officer", "housing_manager", "idva", "idva_manager"]
steps = st.lists(
    st.tuples(st.sampled_from(["raise", "review", "propose", "approve", "decline"]), st.sampled_from(DECIDERS), st.sampled_from(["dogs", "weapons"])), max_size=14
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_done_in_whatever_order_no_flag_is_removed_by_one_person(people, a_case, share, taken):
    with transaction.atomic():
        case = a_case(clock=None, with_phone=False)
        share(case, "harbour_idva")
        for step, persona, kind in taken:
            actor, soon = people.actor(persona), timezone.localdate() + timedelta(days=5)
            flag = SafetyFlag.objects.filter(case=case, kind=kind).order_by("removed_at", "-id").last()
            removal = FlagRemoval.objects.filter(case=case, flag__kind=kind).last()
            try:
                if step == "raise":
                    raise_flag(actor, case, kind=kind, reason=WHY, review_on=soon)
                elif step == "review" and flag:
                    review_flag(actor, case, flag_id=flag.pk, note=WHY, review_on=soon)
                elif step == "propose" and flag:
                    propose_removal(actor, case, flag_id=flag.pk, reason=WHY)
                elif step in ("approve", "decline") and removal:
                    decide_removal(actor, case, removal_id=removal.pk, decision={"approve": "approved"}.get(step, "declined"), reason=WHY)
            except (Refused, PermissionDenied):
                pass
            for one in SafetyFlag.objects.filter(case=case).exclude(removed_at=None):
                approved = one.removals.filter(decision="approved")
                assert approved.count() == 1 and approved.get().proposed_by_id != approved.get().decided_by_id
                who = set(Event.objects.filter(verb__in=["flag.propose_removal", "flag.decide_removal"], outcome="done", subject=f"flag:{one.pk}").values_list("actor", flat=True))
                assert len(who) >= 2
        transaction.set_rollback(True)


def test_the_proposer_is_refused_and_the_flag_stays_meanwhile(people, a_case):
    case = a_case()
    flag = flagged(people, case)
    removal = proposed(people, flag, "housing_manager")
    with pytest.raises(Refused, match="Another person must decide"):
        decide_removal(people.actor("housing_manager"), case, removal_id=removal.pk, decision="approved", reason=WHY)
    with pytest.raises(Refused, match="proposed this already"):
        proposed(people, flag, "housing_officer")
    assert safe_contact.flags.kinds_now(case) == ["no_home_visits"]


def test_declined_it_stays_and_can_be_proposed_again(people, a_case):
    case = a_case()
    flag = flagged(people, case)
    decide_removal(people.actor("housing_manager"), case, removal_id=proposed(people, flag).pk, decision="declined", reason="He was seen there on Monday")
    flag.refresh_from_db()
    assert flag.removed_at is None and Entry.objects.filter(case=case, title="Safety flag stays: No home visits").exists()
    with pytest.raises(Refused, match="decided this already"):
        decide_removal(people.actor("agency_lead"), case, removal_id=FlagRemoval.objects.get().pk, decision="approved", reason=WHY)
    removed(people, flag)
    flag.refresh_from_db()
    assert flag.removed_at
    with pytest.raises(Refused, match="removed"):
        review_flag(people.actor("housing_officer"), case, flag_id=flag.pk, note=WHY, review_on=timezone.localdate() + timedelta(days=2))
    with pytest.raises(Refused, match="removed already"):
        proposed(people, flag)


def test_the_table_itself_refuses_what_the_code_would_not_do(people, a_case):
    flag = flagged(people, a_case())
    now = timezone.now()
    removal = proposed(people, flag)
    attempts = [
        lambda: SafetyFlag.objects.filter(pk=flag.pk).update(removed_at=now),
        lambda: SafetyFlag.objects.filter(pk=flag.pk).update(kind="dogs"),
        lambda: SafetyFlag.objects.filter(pk=flag.pk).update(reason="Something else"),
        lambda: SafetyFlag.objects.filter(pk=flag.pk).delete(),
        lambda: FlagRemoval.objects.filter(pk=removal.pk).update(proposed_by=people.idva),
        lambda: FlagRemoval.objects.filter(pk=removal.pk).delete(),
        lambda: SafetyFlag.objects.create(
            case=flag.case, kind="dogs", agency=flag.agency, reason="x", raised_at=now, raised_by=people.idva, review_on=now.date(), removed_at=now
        ),
        lambda: FlagRemoval.objects.create(
            case=flag.case, flag=flag, agency=flag.agency, reason="x", proposed_at=now, proposed_by=people.idva, decided_at=now,
            decided_by=people.housing_manager, decision="approved",
        ),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic():
        FlagRemoval.objects.filter(pk=removal.pk).update(decided_at=now, decided_by=removal.proposed_by, decision="approved")
    for half in ({"decided_at": now}, {"decided_by": people.housing_manager}, {"decision": "approved"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FlagRemoval.objects.filter(pk=removal.pk).update(**half)
    removed_once = FlagRemoval.objects.get(pk=removal.pk)
    decide_removal(people.actor("housing_manager"), flag.case, removal_id=removed_once.pk, decision="approved", reason=WHY)
    for attempt in (
        lambda: SafetyFlag.objects.filter(pk=flag.pk).update(removed_at=None),
        lambda: FlagRemoval.objects.filter(pk=removal.pk).update(decided_by=people.agency_lead),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


# --- contact


@pytest.mark.parametrize("kind", ["no_home_visits", "staff_risk", "weapons"])
def test_a_visit_against_a_flag_wants_a_reason_and_keeps_no_promise(people, a_case, attempt, kind):
    case = a_case()
    visit = way(case, "visit", "17 Nightjar Close")
    assert safe_contact.state_of(visit, case, timezone.now()).is_safe_now
    flagged(people, case, kind)
    state = safe_contact.state_of(visit, case, timezone.now())
    assert (state.is_safe_now, state.may_become_safe, state.headline, state.colour) == (False, False, "Not safe", "red")
    with pytest.raises(Refused, match=r"Flag: .*Say why it was used all the same"):
        attempt(case, contact_id=visit.pk, outcome="reached", talked_it_through=True)
    done = attempt(case, contact_id=visit.pk, outcome="reached", talked_it_through=True, override_reason=LONG_REASON)
    assert not done.was_safe_route and done.override_reason == LONG_REASON and running(case) == ["contact"]
    with pytest.raises(Refused, match="Flag: "):
        attempt(case, channel="visit")


def test_a_letter_where_none_may_be_sent(people, a_case, attempt):
    case = a_case()
    letter = way(case, "letter", "17 Nightjar Close")
    flagged(people, case, "no_letters")
    with pytest.raises(Refused, match="do not send letters"):
        attempt(case, contact_id=letter.pk, outcome="message_sent")


def test_other_flags_and_other_ways_are_left_alone(people, a_case, attempt):
    case = a_case()
    visit = way(case, "visit", "17 Nightjar Close")
    for kind in ("stalking", "dogs", "pairs", "others_present"):
        flagged(people, case, kind)
    assert attempt(case, contact_id=visit.pk).was_safe_route
    flagged(people, case, "staff_risk")
    assert attempt(case).was_safe_route and attempt(case, channel="in_person", outcome="reached").was_safe_route


def test_an_attempt_is_judged_by_the_flags_of_its_own_time(people, a_case, attempt):
    now = timezone.now()
    case = a_case(received_ago=5 * HOUR)
    visit = way(case, "visit", "17 Nightjar Close", recorded_at=now - 4 * HOUR, verified_at=now - 4 * HOUR)
    flag = flagged(people, case)
    assert attempt(case, contact_id=visit.pk, at=now - HOUR).was_safe_route
    removed(people, flag)
    assert attempt(case, contact_id=visit.pk).was_safe_route
    with pytest.raises(Refused, match="Flag"):
        attempt(case, contact_id=visit.pk, at=flag.raised_at)
    assert ContactAttempt.objects.filter(case=case).count() == 2


def test_the_worklist_never_calls_a_flagged_visit_safe(people, a_case):
    case = a_case(with_phone=False)
    way(case, "visit", "17 Nightjar Close")
    actor, at = people.actor("housing_officer"), timezone.now()
    assert reach.safe_times(actor, at, [case.pk])[case.pk].words == "Safe now"
    flag = flagged(people, case)
    assert reach.safe_times(actor, at, [case.pk])[case.pk].words == "No safe way known"
    removed(people, flag)
    assert reach.safe_times(actor, at, [case.pk])[case.pk].words == "Safe now"


# --- what is kept and who is told


def test_raising_is_written_down_and_whoever_goes_there_is_told(people, a_case, share, attempt):
    case = a_case()
    share(case, "harbour_idva", worker="idva")
    share(case, "lantern_outreach", worker="outreach_worker")
    attempt(case, "other_idva")
    case.exclusions.create(user=people.outreach_worker, reason="x", made_at=timezone.now(), made_by=people.housing_officer)
    flag = flagged(people, case, persona="other_housing_officer")
    told = set(Notification.objects.filter(kind="flag.raised").values_list("user__email", flat=True))
    assert told == {"housing_officer@example.org", "idva@example.org", "other_idva@example.org"}
    entry = Entry.objects.get(case=case, kind="risk")
    assert (entry.title, entry.text, entry.audience) == ("Safety flag raised: No home visits", WHY, "partners")
    event = Event.objects.get(verb="flag.raise")
    assert event.subject == f"flag:{flag.pk}" and event.after["kind"] == "no_home_visits" and "machete" not in str(event.after) + event.reason


def test_a_review_moves_the_day_and_keeps_its_note(people, a_case):
    case = a_case()
    flag = flagged(people, case, in_days=1)
    later = timezone.localdate() + timedelta(days=40)
    review_flag(people.actor("housing_officer"), case, flag_id=flag.pk, note="Asked the beat officer", review_on=later)
    flag.refresh_from_db()
    assert flag.review_on == later and flag.reviews.get().note == "Asked the beat officer" and flag.removed_at is None
    event = Event.objects.get(verb="flag.review")
    assert event.after == {"review_on": later.isoformat()} and "officer" not in str(event.before)


@pytest.mark.parametrize(("facts", "words"), [({"reason": "short"}, "10 characters"), ({"in_days": 0}, "after today"), ({"in_days": 400}, "within a year")])
def test_what_does_not_do_is_refused(people, a_case, facts, words):
    with pytest.raises(Refused, match=words):
        flagged(people, a_case(), **facts)


def test_a_kind_stands_once_on_a_case_and_again_after_it_was_removed(people, a_case):
    case = a_case()
    flag = flagged(people, case)
    with pytest.raises(Refused, match="stands already"):
        flagged(people, case)
    removed(people, flag)
    assert flagged(people, case).pk != flag.pk


def test_the_days_until_a_review_are_the_agencys_own(people, a_case, client_for):
    now = timezone.now()
    Policy.objects.create(
        agency=people.agency("northvale_housing"), key="flag.review_days", value="7", effective_from=now - HOUR, set_by=people.agency_lead, set_at=now
    )
    text = client_for("housing_officer").get(reverse("flag_add", args=[a_case().reference])).content.decode()
    assert "7 days from today: " in text and "Waymark’s default" not in text
