"""What Celery runs for what has no case yet: thin, because the table of promises is the truth."""

from celery import shared_task

from referrals import promises


@shared_task(name="referrals.sweep_promises")
def sweep_promises():
    """Each minute: notice which promises have come due, and tell the people who must hear of it."""
    promises.sweep()
    promises.deliver()
