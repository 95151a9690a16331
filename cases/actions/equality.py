"""Keeping what somebody said for equality monitoring."""

from django.http import Http404

from cases.gate import Change, Refused, case_action
from cases.models import Equality, Party
from cases.rules import equality as rules
from cases.rules.clocks import LONDON
from cases.rules.closing import reasons_closed


@case_action("equality.record", "edit_people")
def record_equality(act, case, *, party_id, answers, words, asked_on):
    """Record what a person answered for equality monitoring. The log keeps which questions were answered, never what was said."""
    if reasons := reasons_closed(case.is_open):
        raise Refused(reasons, code="closed")
    party = Party.objects.filter(pk=party_id, case=case).first()
    if party is None:
        raise Http404
    if reasons := rules.reasons_not_asked_of(party.role):
        raise Refused(reasons, code="role")
    if asked_on > act.at.astimezone(LONDON).date():
        raise Refused("This is in the future.", code="time", field="asked_on")
    for field, reason in rules.reasons_unfit(answers, words).items():
        raise Refused(reason, code="unfit", field=field)
    row, _ = Equality.objects.update_or_create(
        party=party,
        defaults={
            "case": case, "answers": {code: answer for code, answer in answers.items() if answer != rules.NOT_ASKED},
            "words": {code: text.strip() for code, text in words.items() if answers.get(code) == rules.SELF}, "asked_on": asked_on, "asked_by_id": act.actor.user_id,
            "agency_id": act.actor.agency_id, "recorded_at": act.at,
        },
    )
    return Change(subject=f"party:{party.pk}", case=case, after={"answered": sorted(row.answers)}, result=row)
