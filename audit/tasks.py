"""Each minute: seal what can no longer change."""

from celery import shared_task

from audit.seal import seal as seal_now


@shared_task(name="audit.seal")
def seal():
    """Seal the log."""
    seal_now()
