"""What the tests of the returns stand on: the small known world, and runs at any stage."""

import pytest

from reporting import actions, preparing
from reporting.models import ReturnRun
from reporting.quarters import Quarter
from tests.reporting.world import World

WINTER = Quarter(2025, 4)  # January to March 2026


@pytest.fixture
def world(people):
    return World(people)


@pytest.fixture
def ask(people):
    """Asks for a return as a persona: `ask("commissioner")`."""

    def asked(persona="commissioner", quarter=WINTER):
        return actions.ask_for_return(people.actor(persona), quarter=quarter)

    return asked


@pytest.fixture
def without_drawing(monkeypatch):
    """Drawing takes seconds: tests that are not about the document do without."""
    monkeypatch.setattr(preparing, "draw", lambda run: b"%PDF-1.7 drawn by nobody")


@pytest.fixture
def ready(ask):
    """A finished return, prepared in this process by the function that the worker runs."""

    def prepared(persona="commissioner", quarter=WINTER):
        run = ask(persona, quarter)
        assert preparing.prepare(run.pk)
        return ReturnRun.objects.get(pk=run.pk)

    return prepared
