"""The beat: what it sends expires when nobody takes it, so that a long stop does not end in a queue of sweeps."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from celery.beat import Scheduler
from django.conf import settings

from config.celery import app
from tests.conftest import PREFIX


def sent(client):
    return [json.loads(message) for message in client.lrange(f"{PREFIX}:celery:celery", 0, -1)]


@pytest.mark.parametrize("name", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_what_the_beat_sends_expires_before_long(name, _valkey):
    schedule = settings.CELERY_BEAT_SCHEDULE[name]
    scheduler = Scheduler(app=app, lazy=True)
    scheduler.merge_inplace({name: schedule})
    before = datetime.now(UTC)
    scheduler.apply_async(scheduler.schedule[name], advance=False)
    (message,) = sent(_valkey)
    assert message["headers"]["task"] == schedule["task"]
    left = datetime.fromisoformat(message["headers"]["expires"]) - before
    # Long enough for a busy worker to come to it, and not longer than until the one after the next.
    assert timedelta(seconds=30) <= left <= max(schedule["schedule"], timedelta(seconds=30)) + timedelta(seconds=5)
