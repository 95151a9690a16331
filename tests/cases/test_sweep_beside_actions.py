"""The sweep and an officer at the same moment: neither stops the other."""

import threading

import pytest
from django.db import connection

from agencies.gate import Change
from cases import clocks
from cases.gate import case_action
from cases.models import Clock, ClockNotice

pytestmark = pytest.mark.django_db(transaction=True)


def test_recording_on_a_case_and_sweeping_its_clock_never_deadlock(people, a_case, monkeypatch):
    from agencies.gate import VERBS

    case = a_case()
    clock = Clock.objects.get(case=case)
    swept, held = threading.Event(), threading.Event()

    @case_action("test.hold", "close_case")
    def hold(act, case):
        """Hold the case until the sweep holds the clock, then want the clock."""
        held.set()
        assert swept.wait(10)
        Clock.objects.filter(pk=clock.pk).update(basis="changed by the officer")
        return Change(subject="case", case=case)

    before = clocks.system_changes

    def pause(*args):
        swept.set()
        return before(*args)

    monkeypatch.setattr(clocks, "system_changes", pause)
    problems = []

    def officer():
        try:
            hold(people.actor("housing_officer"), case)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=officer)
    thread.start()
    assert held.wait(10)
    clocks.sweep(clock.due_at)
    thread.join(20)
    VERBS.pop("test.hold")
    assert problems == []
    assert ClockNotice.objects.filter(clock=clock, stage="breach").count() == 1
