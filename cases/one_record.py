"""One record, several cases: what each of the others is told when a record changes in which somebody stands there too (docs/adr/0028).

Two records that became one are changed in whichever case somebody works. The others get their line, their log and somebody who checks it; none
of them reads from which case, or by which agency, it came.
"""

from datetime import timedelta

from django.db import OperationalError, transaction
from django.db.models import F

from agencies.gate import Change, Refused, inside
from cases import extensions, repeat_victims
from cases.access import can, is_read_where_it_is_led, people_seeing
from cases.models import Case, Entry, Grant, Notification, Party, Task
from cases.models.chronology import Audience
from cases.models.people import Role

CHANGED = "person.changed"  # the kind of the task and of the notice
TIME_TO_CHECK = timedelta(days=1)  # ASSUME: by the same hour of the next day
BUSY = "Somebody was saving at the same moment. Nothing of yours is lost: save again."


def hold(person, case):
    """The parts of a person in other cases, those cases held until the act is over.

    Each of two people who change one record from two cases holds their own case already: who would have to wait for the other is asked to save again.
    """
    assert inside(), "other cases are held inside a gate"
    parts = list(Party.objects.filter(person=person).exclude(case=case).select_related("case__lead_agency").order_by("case"))
    try:
        with transaction.atomic():
            list(Case.objects.filter(pk__in=[part.case_id for part in parts]).order_by("pk").select_for_update(of=("self",), no_key=True, nowait=True).values_list("pk"))
    except OperationalError as busy:
        raise Refused(BUSY, code="busy") from busy
    return parts


def part_from(act, party, elsewhere):
    """Where not everybody who leads one of the cases reads all of them any more, what is written here must not reach the others, nor theirs this one.

    The part has a record of its own from now on, with what was known until now; what two people decided is kept and says no more of it. Whether it has.
    """
    assert inside(), "a record is parted inside a gate"
    if not elsewhere or is_read_where_it_is_led(party.person_id, act.at):
        return False
    person = party.person
    party.parted_from_id, person.pk, person._state.adding = person.pk, None, True
    person.save()
    party.person = person
    party.save(update_fields=["person", "parted_from"])
    return True


def changed(act, parts, facts, labels):
    """Each case of these parts: a line for its lead agency, the log, and whoever holds it is asked to check. A form that is open there is told on saving."""
    assert inside(), "other cases are told inside a gate"
    words = f"Changed: {', '.join(label[:1].lower() + label[1:] for label in labels)}."
    for part in parts:
        # Whoever may change people there too changed it there; for anybody else it has no name and no agency but the case's own.
        is_theirs = can(act.actor, "edit_people", part.case, act.at)
        Entry.objects.create(
            case=part.case, agency_id=part.case.lead_agency_id, author_id=act.actor.user_id if is_theirs else None, audience=Audience.AGENCY, kind="people",
            title=f"Details changed: {part.get_role_display()}", text=words, happened_at=act.at, recorded_at=act.at,
        )
        act.also("person.change", Change(subject=f"party:{part.pk}", case=part.case, after={"changed": facts}))
        if part.case.is_open:
            _ask_to_check(act, part, words)
            if part.role == Role.VICTIM:
                repeat_victims.link(act, part.case)
            if is_theirs:
                for consequence in extensions.ON_PEOPLE:
                    consequence(act, part.case, part)
    Case.objects.filter(pk__in=[part.case_id for part in parts]).update(revision=F("revision") + 1)


def _ask_to_check(act, part, words):
    """Whoever holds the case; nobody is asked to check what they changed themselves, and one open question for a person is enough."""
    grant = Grant.objects.filter(content_object=part.case, agency=part.case.lead_agency_id, level="lead").select_related("worker").first()
    worker = grant.worker if grant else None
    holders = people_seeing(part.case, [worker] if worker else [], act.at, "see_case")
    if worker and worker.pk == act.actor.user_id and holders:
        return
    if not Task.objects.filter(case=part.case, kind=CHANGED, origin__startswith=f"party:{part.pk}:", done_at=None).exists():
        Task.objects.create(
            case=part.case, agency_id=part.case.lead_agency_id, owner=holders[0] if holders else None, kind=CHANGED, origin=f"party:{part.pk}:{act.at.isoformat()}",
            title=f"Check the changed details: {part.get_role_display()[:1].lower()}{part.get_role_display()[1:]}", due_at=act.at + TIME_TO_CHECK, raised_at=act.at,
            why=f"{words} Compare it with what you know, and put right what does not hold.",
        )
    Notification.objects.bulk_create(Notification(user=user, case=part.case, kind=CHANGED, at=act.at) for user in holders)
