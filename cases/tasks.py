"""What Celery runs for the case file: thin, because the table of clocks is the truth."""

from celery import shared_task

from cases import clocks


@shared_task(name="cases.sweep_clocks")
def sweep_clocks():
    """Each minute: notice what has come due, then tell the people who must hear of it."""
    clocks.sweep()
    clocks.deliver()
