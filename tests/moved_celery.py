"""A real Celery worker or beat in another time, for the tests: `python -m tests.moved_celery HOURS HOLD worker|beat ...`.

HOURS moves the time of the whole process; HOLD ("-" for none) names a point at which the process says so in a file and then waits
to be killed: "claimed" (the sweep has committed, nobody is told yet), "claiming" (inside the sweep's transaction) or "alerting" (the same
for what is told of an order that ends).
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine


def main():
    hours, hold, *words = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=float(hours)), tick=True):
        import django

        django.setup()
        if hold != "-":
            _hold_at(hold)
        from config.celery import app

        app.start(words)


def _hold_at(point):
    from cases import clocks, order_alerts

    room, name = {"claimed": (clocks, "deliver"), "claiming": (clocks, "system_changes"), "alerting": (order_alerts, "system_changes")}[point]
    before = getattr(room, name)

    def wait_to_be_killed(*args, **kwargs):
        if name == "system_changes" and not args[3]:
            return before(*args, **kwargs)
        Path(os.environ["WAYMARK_TEST_MARK"]).touch()
        while True:
            time.sleep(60)

    setattr(room, name, wait_to_be_killed)


if __name__ == "__main__":
    main()
