"""The clocks with a real worker and a real beat, time moved, and the worker killed: each notice once, none lost, none doubled."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from audit.models import Event
from cases.actions.orders import add_order
from cases.models import Clock, ClockNotice, Notification, OrderAlert

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 45
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def celery(service_environment, tmp_path):
    """Runs worker and beat, `hours` from now, until the block ends; `hold` makes the worker wait at a point to be killed."""
    environment = service_environment | {"WAYMARK_MODE": "test", "WAYMARK_SWEEP_SECONDS": "1", "WAYMARK_TEST_MARK": str(tmp_path / "held")}

    def start(hours, hold, *words):
        command = [sys.executable, "-W", "ignore", "-m", "tests.moved_celery", str(hours), hold, *words, "--loglevel", "warning"]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @contextmanager
    def running(hours, *, hold="-", workers=1):
        (tmp_path / "held").unlink(missing_ok=True)
        processes = [start(hours, hold, "worker", "--pool", "solo", "--hostname", f"w{number}@test") for number in range(workers)]
        processes.append(start(hours, "-", "beat", "--schedule", str(tmp_path / "schedule"), "--pidfile", ""))
        try:
            yield processes
        finally:
            for process in processes:
                process.send_signal(signal.SIGKILL if hold != "-" else signal.SIGTERM)
            for process in processes:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    running.is_held = lambda: (tmp_path / "held").exists()
    return running


def wait_for(condition):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.2)
    pytest.fail(f"not within {PATIENCE} seconds")


def told():
    return sorted(Notification.objects.values_list("kind", "user__full_name"))


def stages():
    return list(ClockNotice.objects.order_by("id").values_list("stage", flat=True))


def test_an_uncontacted_case_warns_breaches_and_escalates_exactly_once_each(celery, people, a_case):
    clock = Clock.objects.get(case=a_case())
    officer, manager, lead = people.housing_officer.full_name, people.housing_manager.full_name, people.agency_lead.full_name
    expected = []
    for hours, kind, name in ((25, "clock.half", officer), (41, "clock.five_sixths", officer), (48.01, "clock.breach", manager), (73, "clock.day_after", lead)):
        expected = sorted([*expected, (kind, name)])
        with celery(hours, workers=2 if hours > 48 else 1):
            wait_for(lambda expected=expected: len(told()) >= len(expected))
            time.sleep(2.5)  # two more sweeps, and nothing more to say
        assert told() == expected
    assert stages() == ["half", "five_sixths", "breach", "day_after"]
    assert Event.objects.filter(verb="clock.stage").count() == 4
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at


def test_a_worker_killed_between_claim_and_notice_loses_and_doubles_nothing(celery, people, a_case):
    clock = Clock.objects.get(case=a_case())
    with celery(49, hold="claimed"):
        wait_for(celery.is_held)
    assert stages() == ["breach"]  # claimed and stamped ...
    assert told() == []  # ... and nobody told yet
    with celery(49.1):
        wait_for(told)
        time.sleep(2.5)
    assert told() == [("clock.breach", people.housing_manager.full_name)]
    assert stages() == ["breach"]
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at


def test_a_worker_killed_inside_the_claim_leaves_the_row_for_the_next(celery, people, a_case):
    clock = Clock.objects.get(case=a_case())
    with celery(49, hold="claiming"):
        wait_for(celery.is_held)
        assert stages() == []
    clock.refresh_from_db()
    assert clock.breached_at is None
    with celery(49.1):
        wait_for(told)
        time.sleep(2.5)
    assert told() == [("clock.breach", people.housing_manager.full_name)]


def test_with_no_worker_at_all_the_pages_tell_the_truth(people, a_case, client_for):
    case = a_case()
    with time_machine.travel(timezone.now() + timedelta(hours=50), tick=True):
        client = client_for("housing_officer")
        assert Clock.objects.get(case=case).breached_at is None
        for path in ("/work/", f"/cases/{case.reference}/"):
            page = client.get(path).content.decode()
            assert "overdue" in page or "missed" in page.lower()


def test_a_worker_killed_while_it_tells_of_an_order_that_ends_loses_and_doubles_nothing(celery, people, a_case):
    case = a_case(clock=None)
    today = timezone.localdate()
    add_order(
        people.actor("housing_officer"), case, kind="bail", state="made", respondent=case.parties.get(role="perpetrator").pk,
        protected=[case.parties.get(role="victim").pk], starts_on=today, ends_on=today + timedelta(days=20), served_at=timezone.now(),
    )
    with celery(7 * 24, hold="alerting"):
        wait_for(celery.is_held)
        assert told() == []
    assert not OrderAlert.objects.filter(told_at__isnull=False).exists()
    with celery(7 * 24 + 0.1, workers=2):
        wait_for(told)
        time.sleep(2.5)
    assert told() == [("order.ends", people.housing_officer.full_name)]
