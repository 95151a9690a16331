"""A return on its way: asked for once, prepared by one worker at a time, never half there, never changed, kept in the log."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, transaction
from django.http import Http404
from django.utils import timezone

from agencies.founding import enrol
from agencies.gate import AlreadyDone, Refused
from agencies.models import Membership
from audit.models import Event
from reporting import actions, preparing, rules
from reporting.models import PERCENT, ReturnRun, Stage
from reporting.quarters import Quarter, quarter_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_drawing")]
WINTER = Quarter(2025, 4)
HOUR = timedelta(hours=1)


def verbs():
    return list(Event.objects.filter(verb__startswith="return.").order_by("id").values_list("verb", "outcome"))


def refresh(run):
    return ReturnRun.objects.get(pk=run.pk)


def test_a_return_from_asking_to_downloading(people, ask):
    run = ask()
    assert (run.state, run.stage, run.edition) == ("queued", "waiting", "2026")
    assert (run.agency, run.asked_by) == (people.agency("shire_commissioning"), people.commissioner)
    assert preparing.prepare(run.pk)
    run = refresh(run)
    assert (run.state, run.stage, run.error) == ("ready", "done", "")
    actor = people.actor("commissioner")
    assert bytes(actions.download_return(actor, run=run.pk).pdf) == bytes(run.pdf)
    assert verbs() == [
        ("return.ask", "done"), ("return.claim", "done"), ("return.count", "done"), ("return.finish", "done"), ("return.download", "done"),
    ]
    log = Event.objects.get(verb="return.download")
    assert (log.after["sha256"], log.case_reference, log.agency) == (run.sha256, "", run.agency_id)


def test_asking_twice_while_it_is_prepared_leads_to_the_same_run(ask, people):
    assert ask().pk == ask().pk
    colleague = enrol("second@example.org", "Araminta Fell", people.agency("shire_commissioning"), "commissioner")
    people.colleague = colleague
    assert ask("colleague").pk == ask().pk
    assert ask(quarter=WINTER.previous).pk != ask().pk
    assert ask("auditor").pk != ask().pk  # another agency's is its own


def test_the_same_form_sent_twice_asks_once(people):
    token, actor = uuid4(), people.actor("commissioner")
    run = actions.ask_for_return(actor, quarter=WINTER, once=token)
    with pytest.raises(AlreadyDone) as again:
        actions.ask_for_return(actor, quarter=WINTER, once=token)
    assert str(run.pk) in again.value.led_to


def test_a_quarter_that_has_not_begun_is_refused(people):
    with pytest.raises(Refused, match="not begun"):
        actions.ask_for_return(people.actor("commissioner"), quarter=quarter_of(timezone.now()).next)


@pytest.mark.parametrize("persona", ["outsider", "superuser", "housing_officer", "agency_lead", "marac_coordinator", "administrator", "information_governance"])
def test_who_may_not_prepare_returns_asks_for_none_and_gets_none(people, ready, persona):
    run, actor = ready(), people.actor(persona)
    for act, facts in (
        (actions.ask_for_return, {"quarter": WINTER}), (actions.ask_again, {"run": run.pk}), (actions.read_return, {"run": run.pk}),
        (actions.download_return, {"run": run.pk}), (actions.claim_return, {"run": run.pk}),
    ):
        with pytest.raises(PermissionDenied):
            act(actor, **facts)
    assert Event.objects.filter(outcome="denied", actor=actor.code).count() == 5


def test_another_agencys_return_does_not_exist(people, ready):
    run = ready("commissioner")
    for act in (actions.read_return, actions.download_return, actions.ask_again):
        with pytest.raises(Http404):
            act(people.actor("auditor"), run=run.pk)


def test_two_workers_cannot_both_have_it(people, ask):
    run, actor = ask(), people.actor("commissioner", "worker")
    actions.claim_return(actor, run=run.pk)
    with pytest.raises(Refused):
        actions.claim_return(actor, run=run.pk)
    assert preparing.prepare(run.pk) is False
    assert refresh(run).state == "running"


def test_what_a_killed_worker_left_is_taken_over_after_the_lease_and_begun_again(people, ask):
    run, actor = ask(), people.actor("commissioner", "worker")
    lost = actions.claim_return(actor, run=run.pk)
    actions.keep_numbers(actor, run=run.pk, claim=lost, taken_at=timezone.now(), published={"below": 5, "quarters": []})
    with time_machine.travel(timezone.now() + rules.LEASE - timedelta(seconds=1), tick=False):
        assert preparing.prepare(run.pk) is False
    with time_machine.travel(timezone.now() + rules.LEASE, tick=False):
        assert preparing.prepare(run.pk) is True
    done = refresh(run)
    assert len(done.published["quarters"]) == 3  # counted afresh, not carried on from what lay there
    # The one that was thought dead comes back: nothing of it is taken.
    with pytest.raises(Refused):
        actions.keep_document(actor, run=run.pk, claim=lost, pdf=b"late")
    with pytest.raises(Refused):
        actions.give_up(actor, run=run.pk, claim=lost, error="drawing")
    assert bytes(refresh(run).pdf) == bytes(done.pdf)


@pytest.mark.parametrize("part", ["count", "draw"])
def test_a_worker_that_loses_its_claim_on_the_way_leaves_the_run_to_the_next(people, ask, monkeypatch, part):
    run = ask()
    swift = getattr(preparing, part)

    def slow(*facts):
        with time_machine.travel(timezone.now() + rules.LEASE + HOUR, tick=False):
            monkeypatch.setattr(preparing, part, swift)
            assert preparing.prepare(run.pk) is True
        return swift(*facts)

    monkeypatch.setattr(preparing, part, slow)
    assert preparing.prepare(run.pk) is False
    assert refresh(run).state == "ready"
    assert ("return.finish" if part == "draw" else "return.count", "refused") in verbs()


@pytest.mark.parametrize(("part", "code", "stage"), [("count", "counting", "counting"), ("draw", "drawing", "drawing")])
def test_a_return_that_cannot_be_prepared_says_so_and_can_be_asked_for_again(people, ask, monkeypatch, caplog, part, code, stage):
    run = ask()

    def broken(*_):
        raise OSError("no such library")

    with monkeypatch.context() as patch:
        patch.setattr(preparing, part, broken)
        assert preparing.prepare(run.pk) is False
    assert "a return could not be prepared" in caplog.text
    failed = refresh(run)
    assert (failed.state, failed.error, failed.stage, failed.pdf) == ("failed", code, stage, None)
    actions.ask_again(people.actor("commissioner"), run=run.pk)
    assert refresh(run).error == ""
    assert preparing.prepare(run.pk) is True


def test_a_person_who_may_no_longer_prepare_returns_gets_none_and_a_colleague_can_take_over(people, ask):
    run = ask()
    people.colleague = enrol("second@example.org", "Araminta Fell", people.agency("shire_commissioning"), "commissioner")
    Membership.objects.filter(user=people.commissioner).update(ended_at=timezone.now())
    assert preparing.prepare(run.pk) is False
    assert refresh(run).state == "queued"
    with time_machine.travel(timezone.now() + rules.PATIENCE, tick=False):
        actions.ask_again(people.actor("colleague"), run=run.pk)
        assert preparing.prepare(run.pk) is True
    assert refresh(run).asked_by == people.colleague


def test_leaving_while_it_is_prepared_ends_it_there(people, ask, monkeypatch):
    run = ask()
    draw = preparing.draw

    def leaves(half):
        Membership.objects.filter(user=people.commissioner).update(ended_at=timezone.now())
        return draw(half)

    monkeypatch.setattr(preparing, "draw", leaves)
    # The worker's right to act was read when it began: at most one return of a person who just left is finished, and it stays in the agency.
    assert preparing.prepare(run.pk) is True
    with pytest.raises(PermissionDenied):
        actions.download_return(people.actor("commissioner"), run=run.pk)


def test_a_run_that_does_not_exist_is_nobodys_work():
    assert preparing.prepare(uuid4()) is False


def test_asking_again_is_for_runs_that_nobody_works_on(people, ask, ready):
    actor = people.actor("commissioner")
    run = ask()
    with pytest.raises(Refused, match="being prepared"):
        actions.ask_again(actor, run=run.pk)
    assert preparing.prepare(run.pk)
    with pytest.raises(Refused, match="is ready"):
        actions.ask_again(actor, run=run.pk)


def test_a_failed_run_is_not_revived_beside_another_of_the_same_quarter(people, ask, monkeypatch):
    run = ask()
    with monkeypatch.context() as patch:
        patch.setattr(preparing, "draw", lambda _: 1 / 0)
        preparing.prepare(run.pk)
    other = ask()
    assert other.pk != run.pk
    with pytest.raises(Refused, match="Another return"):
        actions.ask_again(people.actor("commissioner"), run=run.pk)


def test_a_ready_return_can_be_neither_changed_nor_removed(ready):
    run = ready()
    for change in (lambda: ReturnRun.objects.filter(pk=run.pk).update(sha256="0" * 64), lambda: ReturnRun.objects.filter(pk=run.pk).delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change()


def test_the_database_refuses_half_a_return(ask):
    run = ReturnRun.objects.filter(pk=ask().pk)
    for half in (
        {"state": "ready"}, {"pdf": b"%PDF-"}, {"state": "failed"}, {"error": "drawing"}, {"claim": uuid4()}, {"taken_at": timezone.now()},
        {"published": {"below": 5}}, {"finished_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            run.update(**half)


# ---------------------------------------------------------------- the rules on their own


@pytest.mark.parametrize(
    ("state", "asked_ago", "claimed_ago", "claimable", "stalled"),
    [
        ("queued", timedelta(0), None, True, False),
        ("queued", rules.PATIENCE - timedelta(seconds=1), None, True, False),
        ("queued", rules.PATIENCE, None, True, True),
        ("running", HOUR, rules.LEASE - timedelta(seconds=1), False, False),
        ("running", timedelta(0), rules.LEASE, True, True),
        ("running", HOUR, None, False, False),
        ("ready", HOUR, HOUR, False, False),
        ("failed", HOUR, HOUR, False, False),
    ],
)
def test_who_may_take_a_run(state, asked_ago, claimed_ago, claimable, stalled):
    at = timezone.now()
    claimed_at = None if claimed_ago is None else at - claimed_ago
    assert rules.may_be_claimed(state, claimed_at, at) is claimable
    assert rules.is_stalled(state, at - asked_ago, claimed_at, at) is stalled
    reasons = rules.reasons_cannot_ask_again(state, at - asked_ago, claimed_at, at)
    assert bool(reasons) is not (stalled or state == "failed")


def test_each_stage_has_a_place_on_the_bar():
    assert list(PERCENT) == list(Stage)
    assert sorted(PERCENT.values()) == list(PERCENT.values())
