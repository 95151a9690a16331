"""Has this person been here before? A case whose victim/survivor is likely the same as in one that was closed within the agreed months.

Looked for where a case begins and where its victim/survivor is said anew, among all cases (who counts as the same: docs/adr/0012); told
only to who may see the earlier case too. Nobody learns from it that another case exists.
"""

from agencies import policies
from agencies.gate import Change, inside, register_verb
from cases.access import parties_to_match, visible_cases
from cases.models import Case, EarlierCase, Party
from cases.models.case import CaseStatus
from cases.models.people import Role
from cases.rules.clocks import LONDON
from cases.rules.outcomes import months_before
from ui.times import start_of_day

register_verb("case.link", "", "A case was linked to an earlier one that is likely of the same victim/survivor.", "cases.repeat_victims.link")


def link(act, case):
    """Link a case to those of the same victim/survivor that were closed within the agreed months, inside a gate."""
    assert inside(), "cases are linked inside a gate"
    victims = [party for party in Party.objects.filter(case=case, role=Role.VICTIM).select_related("person") if party.person.given_name or party.person.family_name]
    if not victims:
        return
    months = policies.in_force("repeat.victim_months", None, act.at).whole
    since = start_of_day(months_before(act.at.astimezone(LONDON).date(), months))
    ended = Party.objects.filter(role=Role.VICTIM, case__status=CaseStatus.CLOSED, case__closed_at__gte=since).exclude(case=case)
    same = parties_to_match(victims, ended.values("person"))
    for earlier in Case.objects.filter(pk__in=ended.filter(person__in=same).values("case")):
        _, is_new = EarlierCase.objects.get_or_create(case=case, earlier=earlier, defaults={"found_at": act.at})
        if is_new:
            # By its id alone, as everything in the log: who reads of one case there is not told the reference of another.
            act.also("case.link", Change(subject=f"case:{earlier.pk}", case=case))


def readable(actor, case, at):
    """The earlier cases of which this reader may know, for the case page's one statement."""
    return EarlierCase.objects.filter(case=case, earlier__in=visible_cases(actor, "see_summary", at)).values(
        "earlier__reference", "earlier__closed_at", "earlier__closing_reason"
    )
