"""How often somebody has been tried since they were last reached."""

from django.db.models import Max

from cases.models import ContactAttempt, Task
from cases.models.contact import AttemptOutcome

# The task that asks for more than another attempt; `origin` names the attempt that raised it.
LIMIT = "attempts.limit"


def failed_since_reached(case, agency_id):
    """How many of an agency's attempts have failed since anybody last reached this person."""
    return _failed(case, agency_id).count()


def failed_since_raised(case, agency_id):
    """The same, not counting those for which others were told already."""
    origins = Task.objects.filter(case=case, agency=agency_id, kind=LIMIT).values_list("origin", flat=True)
    raised_by = max((int(origin.removeprefix("attempt:")) for origin in origins), default=0)
    return _failed(case, agency_id).filter(pk__gt=raised_by).count()


def _failed(case, agency_id):
    attempts = ContactAttempt.objects.filter(case=case)
    reached_at = attempts.filter(outcome=AttemptOutcome.REACHED).aggregate(last=Max("at"))["last"]
    failed = attempts.filter(agency=agency_id).exclude(outcome=AttemptOutcome.REACHED)
    return failed.filter(at__gt=reached_at) if reached_at else failed
