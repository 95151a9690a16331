"""How often somebody has been tried since they were last reached."""

from django.db.models import Max, Q

from cases.models import ContactAttempt, Task
from cases.models.contact import AttemptOutcome, Channel
from cases.models.people import Role

# The task that asks for more than another attempt; `origin` names the attempt that raised it.
LIMIT = "attempts.limit"


def tries_since(case, agency_id, start):
    """When an agency tried by a safe route, and failed, since `start` and since anybody last reached this person."""
    return list(_failed(case, agency_id).filter(at__gte=start, was_safe_route=True).values_list("at", flat=True))


def failed_since_raised(case, agency_id):
    """How many of an agency's attempts, by whatever route, have failed since anybody last reached this person, or others were last told."""
    origins = Task.objects.filter(case=case, agency=agency_id, kind=LIMIT).values_list("origin", flat=True)
    raised_by = max((int(origin.removeprefix("attempt:")) for origin in origins), default=0)
    return _failed(case, agency_id).filter(pk__gt=raised_by).count()


def to_victim(case):
    """The attempts to reach the victim/survivor: one of the rows about somebody else says who answered there, and not that they were tried."""
    return ContactAttempt.objects.filter(Q(contact=None) | Q(contact__party__role=Role.VICTIM), case=case)


def _failed(case, agency_id):
    attempts = to_victim(case)
    reached_at = attempts.filter(outcome=AttemptOutcome.REACHED).aggregate(last=Max("at"))["last"]
    # Where they made the contact and could not talk, nobody has tried in vain to reach them.
    failed = attempts.filter(agency=agency_id).exclude(outcome=AttemptOutcome.REACHED).exclude(channel=Channel.FROM_THEM)
    return failed.filter(at__gt=reached_at) if reached_at else failed
