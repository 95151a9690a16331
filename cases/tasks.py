"""What Celery runs for the case file: thin, because the table of clocks is the truth."""

from celery import shared_task

from cases import clocks, lapses, order_alerts


@shared_task(name="cases.sweep_clocks")
def sweep_clocks():
    """Each minute: pass on what lapsed sharing left behind, notice what has come due, tell the people who must hear of it."""
    lapses.pass_on_lapsed()
    clocks.sweep()
    clocks.deliver()
    order_alerts.tell()
