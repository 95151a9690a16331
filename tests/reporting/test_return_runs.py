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
from agencies.models import Membership, Policy
from audit.models import Event
from reporting import actions, preparing, rules
from reporting.indicators import IN_FORCE, edition
from reporting.models import PERCENT, PublishedQuarter, ReturnRun, Stage
from reporting.publication import column
from reporting.quarters import Quarter, quarter_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_drawing")]
WINTER = Quarter(2025, 4)
HOUR = timedelta(hours=1)


def verbs():
    return list(Event.objects.filter(verb__startswith="return.").order_by("id").values_list("verb", "outcome"))


def refresh(run):
    return ReturnRun.objects.get(pk=run.pk)


def figures(count, quarter=WINTER):
    """One quarter as a worker hands it over; with all counts the same, which is enough to tell them apart."""
    return column(quarter.code, dict.fromkeys(edition("2026").codes, count), timezone.now(), 5, "test")


def nothing_kept(quarter):
    return column(quarter.code, None, timezone.now(), 5, "test")


def keep(actor, run, claim, *columns):
    return actions.keep_numbers(actor, run=run.pk, claim=claim, counted_as="2026", columns=list(columns), about={"prepared_for": "test"})


def test_a_return_from_asking_to_downloading(people, ask):
    run = ask()
    assert (run.state, run.stage, run.edition) == ("queued", "waiting", IN_FORCE)
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


def test_a_quarter_that_is_not_over_is_refused_to_its_last_instant(people):
    actor, running = people.actor("commissioner"), quarter_of(timezone.now())
    for quarter in (running, running.next):
        with pytest.raises(Refused, match="not over"):
            actions.ask_for_return(actor, quarter=quarter)
    with time_machine.travel(running.ends_at - timedelta(microseconds=1), tick=False), pytest.raises(Refused, match="not over"):
        actions.ask_for_return(actor, quarter=running)
    with time_machine.travel(running.ends_at, tick=False):
        assert actions.ask_for_return(actor, quarter=running).quarter == running.code


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
    run = ready("auditor")
    for act in (actions.read_return, actions.download_return, actions.ask_again):
        with pytest.raises(Http404):
            act(people.actor("commissioner"), run=run.pk)


def test_an_auditor_reads_what_another_agency_has_finished_and_nothing_else_of_it(people, ask, monkeypatch):
    run, auditor = ask("commissioner"), people.actor("auditor")
    for act in (actions.read_return, actions.download_return, actions.ask_again):  # not finished
        with pytest.raises(Http404):
            act(auditor, run=run.pk)
    assert preparing.prepare(run.pk)
    assert bytes(actions.download_return(auditor, run=run.pk).pdf) == bytes(refresh(run).pdf)
    assert actions.read_return(auditor, run=run.pk).quarter == run.quarter
    with pytest.raises(Http404):
        actions.ask_again(auditor, run=run.pk)
    assert Event.objects.filter(verb__in=["return.read", "return.download"], outcome="done", agency=auditor.agency_id).count() == 2


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
    keep(actor, run, lost, figures(7, Quarter(2019, 1)))
    with time_machine.travel(timezone.now() + rules.LEASE - timedelta(seconds=1), tick=False):
        assert preparing.prepare(run.pk) is False
    with time_machine.travel(timezone.now() + rules.LEASE, tick=False):
        assert preparing.prepare(run.pk) is True
    done = refresh(run)
    assert len(done.published["quarters"]) == 3 and done.published["prepared_for"] == done.agency.name  # begun again, not carried on from what lay there
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


# ---------------------------------------------------------------- a quarter is published once: two returns cannot be subtracted


def test_two_returns_of_a_quarter_hold_the_same_numbers_whatever_came_between(ready, world, people):
    for day in range(1, 8):
        world.disclosure(f"2026-02-{day:02} 09:00", "direct")
    first = ready("commissioner")
    world.disclosure("2026-02-20 09:00", "direct")  # one more person: the attack is to ask again and subtract
    with time_machine.travel(timezone.now() + HOUR, tick=False):
        second, another = ready("commissioner"), ready("auditor")
    assert len({first.pk, second.pk, another.pk}) == 3
    assert first.published == second.published and first.taken_at == second.taken_at == another.taken_at
    assert first.published["quarters"] == another.published["quarters"]
    assert first.published["quarters"][0]["counts"]["disclosures.total"] == 7
    assert first.published["prepared_for"] != another.published["prepared_for"] == another.agency.name


def test_the_columns_beside_a_quarter_are_published_with_it_and_serve_as_they_are(ready, world):
    world.case("2024-06-01 09:00")
    for at in ("2025-02-03 09:00", "2025-11-03 09:00", "2026-02-03 09:00"):
        for _ in range(6):
            world.disclosure(at)
    first = ready(quarter=WINTER)
    for at in ("2025-02-03 09:00", "2025-11-03 09:00", "2026-02-03 09:00"):
        world.disclosure(at)
    spring, autumn = ready(quarter=WINTER.next), ready(quarter=WINTER.previous)
    kept = {one["quarter"]: one for one in first.published["quarters"]}
    assert {code: one["counts"]["disclosures.total"] for code, one in kept.items()} == {"2025-q4": 6, "2025-q3": 6, "2024-q4": 6}
    assert spring.published["quarters"][1] == kept[WINTER.code]
    assert autumn.published["quarters"][0] == kept[WINTER.previous.code] and autumn.taken_at == first.taken_at


def test_a_quarter_that_is_published_keeps_the_number_below_which_it_was_hidden(ready, world, people):
    for day in range(1, 4):
        world.disclosure(f"2026-02-{day:02} 09:00", "direct")
    first = ready()
    Policy.objects.create(
        key="returns.suppress_below", value="2", effective_from=timezone.now(), reason="Test", set_by=people.partnership_administrator, set_at=timezone.now()
    )
    again = ready()
    assert again.published == first.published
    assert first.published["quarters"][0]["counts"]["disclosures.total"] is None


def test_of_two_workers_who_counted_at_once_both_print_the_numbers_of_one(people, ask):
    """Both counted before either published: who comes second is given what stands."""
    ours, theirs = ask("commissioner"), ask("auditor")
    first, second = people.actor("commissioner", "worker"), people.actor("auditor", "worker")
    one, two = actions.claim_return(first, run=ours.pk), actions.claim_return(second, run=theirs.pk)
    kept = keep(first, ours, one, figures(7), nothing_kept(WINTER.previous))
    given = keep(second, theirs, two, figures(8), nothing_kept(WINTER.previous))
    assert given["quarters"][0] == kept["quarters"][0] and set(given["quarters"][0]["counts"].values()) == {7}
    assert refresh(theirs).published == given and refresh(theirs).taken_at == refresh(ours).taken_at
    assert PublishedQuarter.objects.get().quarter == WINTER.code  # a quarter without data is not published


def test_a_worker_that_lost_its_claim_publishes_nothing(people, ask):
    run, actor = ask(), people.actor("commissioner", "worker")
    actions.claim_return(actor, run=run.pk)
    with pytest.raises(Refused):
        keep(actor, run, uuid4(), figures(7))
    assert not PublishedQuarter.objects.exists()


def test_published_numbers_can_be_neither_changed_nor_removed_nor_doubled(ready):
    ready()
    row = PublishedQuarter.objects.get(quarter=WINTER.code)
    for change in (lambda: PublishedQuarter.objects.update(below=1), lambda: PublishedQuarter.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_it_is_prepared_for_the_agency_that_asked_wherever_the_person_is_now(people, ask):
    run = ask()
    asked_for = people.agency("shire_commissioning")
    Membership.objects.filter(user=people.commissioner).update(ended_at=timezone.now())
    moved = Membership.objects.get(user=people.auditor, ended_at=None).agency
    Membership.objects.create(user=people.commissioner, agency=moved, role="commissioner", started_at=timezone.now())
    assert moved != asked_for and preparing.prepare(run.pk)
    assert refresh(run).published["prepared_for"] == asked_for.name


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
