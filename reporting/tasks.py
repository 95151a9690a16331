"""What Celery runs for the returns: thin, because the table of runs is the truth."""

from celery import shared_task

from reporting.preparing import prepare


@shared_task(name="reporting.prepare_return")
def prepare_return(run_id):
    """Prepare one return that somebody asked for."""
    prepare(run_id)
