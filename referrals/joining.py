"""A disclosure about somebody whose case is open already: what is new goes onto the case, danger and what is unsafe at once, and the rest is for somebody to compare."""

from datetime import timedelta

from agencies.gate import inside
from cases import perpetrator_access
from cases.actions.safe_contact import replace
from cases.models import Address, Grant, Notification, Party, SafeContact, Task
from cases.models.contact import Safe
from cases.models.people import Role
from cases.rules import contact as contact_rules
from cases.rules import spelling
from referrals import into_case
from referrals.forms.people import full_name

COMPARE = "disclosure.joined"  # the kind of the task and of the notice
TIME_TO_COMPARE = timedelta(days=1)  # ASSUME: by the same hour of the next day


def bring(act, case, disclosure, answers):
    """Add what the case does not know yet. Returns, in words, what was said and differs from what it holds: nothing that stands is overwritten."""
    assert inside(), "a disclosure is joined inside a gate"
    victim = case.parties.get(role=Role.VICTIM)
    differs = [words for code, words in [(code, _BRING[code](act, case, victim, disclosure, answers[code])) for code in _BRING if code in answers] if words]
    for code in ("account", "consent"):  # what was said each time is kept beside what was said before
        if code in answers:
            into_case.add(act, case, victim, disclosure, code, answers[code])
    return differs


def leave(act, case, disclosure, answers):
    """What was said, left for those who may change who is on the case; the account goes to whom its author chose."""
    assert inside(), "a disclosure is joined inside a gate"
    if "account" in answers:
        into_case.add(act, case, case.parties.get(role=Role.VICTIM), disclosure, "account", answers["account"])
    _take_safe_marks(act, case, answers.get("channels", {}).get("rows", []))
    return [words for code, words in _LEFT.items() if code in answers]


def ask_to_compare(act, case, disclosure, differs):
    """Whoever holds the case is asked to read it and to put right what differs."""
    assert inside(), "a task is raised inside a gate"
    grants = Grant.objects.filter(content_object=case, worker__isnull=False).select_related("worker")
    workers = {grant.agency_id: grant.worker for grant in grants}
    worker = workers.get(case.lead_agency_id)
    why = f"It says something else about {', '.join(differs)}." if differs else "Nothing in it contradicts what the case holds."
    Task.objects.create(
        case=case, agency_id=case.lead_agency_id, owner=worker, kind=COMPARE, origin=f"disclosure:{disclosure.pk}", title="Compare the further disclosure with the case",
        why=why, due_at=act.at + TIME_TO_COMPARE, raised_at=act.at,
    )
    # Of those who hold the case, the ones whose agency may read what was added.
    told = {user for agency, user in workers.items() if agency in (case.lead_agency_id, act.actor.agency_id) and user.pk != act.actor.user_id}
    Notification.objects.bulk_create(Notification(user=user, case=case, kind=COMPARE, at=act.at) for user in told)


def _home(act, case, victim, disclosure, said):
    lines, postcode = said.get("address", ""), said.get("postcode", "")
    known = Address.objects.filter(party=victim, until_at=None)
    if not (lines or postcode):
        return ""
    if not known:
        into_case.add(act, case, victim, disclosure, "home", said)
        return ""
    same = any(
        spelling.postal(one.postcode) == spelling.postal(postcode) and (not lines or spelling.folded(one.lines) == spelling.folded(lines)) for one in known
    )
    return "" if same else "where they live"


def _channels(act, case, victim, disclosure, said):
    """A way that nobody knew is added as at the beginning. One that is known and said to be unsafe is unsafe from now on, whoever thought otherwise."""
    known = list(SafeContact.objects.filter(case=case, ended_at=None, party=victim))
    new, differs = [], False
    for row in said["rows"]:
        same = [one for one in known if one.channel == row["channel"] and _leads_to_same(one, row)]
        if not same:
            new.append(row)
        for one in same:
            said_of = (row["is_safe"], row.get("voicemail", Safe.UNKNOWN), row.get("times", ""))
            differs = differs or said_of != (one.is_safe, one.voicemail, one.times if row.get("times") else "") or bool(row.get("how") and row["how"] != one.how)
            differs = differs or (row.get("times") == "windows" and _hours(row) != {(each.weekday, f"{each.starts:%H:%M}", f"{each.ends:%H:%M}") for each in one.windows.all()})
    _take_safe_marks(act, case, said["rows"])
    if new:
        into_case.add(act, case, victim, disclosure, "channels", said | {"rows": new})
    return "how to reach them safely" if differs else ""


def _hours(row):
    """The safe hours that were said, as (weekday, from, to)."""
    return {
        (int(day), str(row[f"from_{number}"])[:5], str(row[f"to_{number}"])[:5]) for number in into_case.WINDOWS for day in row.get(f"days_{number}", [])
    }


def _take_safe_marks(act, case, rows):
    """What is said to be unsafe is unsafe from now on, and with it every way that leads to the same telephone or door; so is a voicemail that must not be left."""
    for row in rows:
        for one in SafeContact.objects.filter(case=case, ended_at=None).prefetch_related("windows"):
            if not _leads_to_same(one, row):
                continue
            is_safe = Safe.NO if row["is_safe"] == Safe.NO else one.is_safe
            voicemail = Safe.NO if Safe.NO in (row["is_safe"], row.get("voicemail")) else one.voicemail
            if (is_safe, voicemail) != (one.is_safe, one.voicemail):
                windows = [(each.weekday, each.starts, each.ends) for each in one.windows.all()]
                how = row.get("how") or one.how
                replace(act, case, one, windows, value=one.value, how=how, code_word=one.code_word, times=one.times, is_safe=is_safe, voicemail=voicemail)


def _leads_to_same(known, row):
    mine, theirs = spelling.called(known.value), spelling.called(row.get("value", ""))
    if mine or theirs:
        return mine == theirs
    return contact_rules.leads_to_same((known.channel, known.value.strip().casefold()), (row["channel"], row.get("value", "").strip().casefold()))


def _perpetrator(act, case, victim, disclosure, said):
    known = list(Party.objects.filter(case=case, role=Role.PERPETRATOR).select_related("person"))
    if not known:
        into_case.add(act, case, victim, disclosure, "perpetrator", said)
        return ""
    same = [party for party in known if _is_named(party.person, said)]
    if full_name(said) and not same:
        if any(party.person.name == "Name not known" for party in known):
            return "who the alleged perpetrator is"
        into_case.add(act, case, victim, disclosure, "perpetrator", said)
        return "who the alleged perpetrator is"
    lives_with = into_case.TRUTH.get(said.get("lives_with_victim"))
    if lives_with:  # a yes bars visits at once; a no takes nothing back
        perpetrator_access.moved_in(act, case, same or known)
    return "whether the alleged perpetrator lives with them" if lives_with is not None and all(party.lives_with_victim != lives_with for party in same or known) else ""


def _children(act, case, victim, disclosure, said):
    known = list(Party.objects.filter(case=case, role=Role.CHILD).select_related("person"))
    new = [row for row in said["rows"] if not any(_is_child(party, row) for party in known)]
    if new:
        into_case.add(act, case, victim, disclosure, "each_child", said | {"rows": new})
    return "the children" if new and known else ""


def _is_child(party, row):
    if full_name(row):
        return _is_named(party.person, row)
    return party.is_unborn == (row["stage"] == "unborn") and party.person.name == "Name not known"


def _is_named(person, said):
    """Is every word of the name that was given a name of this person, as it sounds or a letter away?"""
    given = spelling.words(said.get("given_name", ""), said.get("family_name", ""))
    known = spelling.words(person.given_name, person.family_name, person.also_known_as)
    return bool(given) and all(any(spelling.alike(word) & spelling.alike(name) for name in known) for word in given)


def _stalking(act, case, victim, disclosure, said):
    """A yes counts at once; a no does not take back what somebody else saw."""
    answer = into_case.TRUTH.get(said["stalking"])
    if answer is not None and (case.has_stalking_element is None or answer):
        into_case.add(act, case, victim, disclosure, "stalking", said)
        return ""
    return "stalking" if answer is False and case.has_stalking_element else ""


_LEFT = {
    "home": "where they live", "channels": "how to reach them safely", "perpetrator": "the alleged perpetrator", "each_child": "the children",
    "stalking": "stalking", "consent": "what may be shared",
}
_BRING = {"home": _home, "channels": _channels, "perpetrator": _perpetrator, "each_child": _children, "stalking": _stalking}
