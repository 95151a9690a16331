"""Every address that there is, walked by those who may see nothing: no page, no API route, no file, no list, no search lets a case through."""

import re
from uuid import UUID

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from cases.actions.children import change_child
from cases.actions.equality import record_equality
from cases.actions.orders import add_order
from cases.actions.schemes import add_request
from cases.models import Address, Closing, ContactAttempt, Entry, Exclusion, Grant, Notification, Party, SafeContact, Task
from referrals.safeguarding.actions import add_notice
from tests.cases.attaching import added
from tests.cases.flagging import flagged, proposed
from tests.cases.planning import planned

NOBODY = ["outsider", "health_visitor", "superuser", "commissioner", "administrator"]
CANARIES = [
    "Xanthippe", "Quillblossom", "Blackwater", "Juniper", "900123", "bluebell", "CANARY-ENTRY", "CANARY-STREET", "CANARY-TASK", "CANARY-TERMS", "CANARY-AUNT",
    "CANARY-FLAG", "CANARY-PLAN", "CANARY-SELF", "CANARY-DURESS", "CANARY-NEVER", "CANARY-END", "CANARY-SCHOOL", "CANARY-GP",
    "CANARY-FILE",
]


def every_pattern(resolver, prefix="", names=()):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from every_pattern(pattern, prefix + str(pattern.pattern), [*names, *([pattern.namespace] if pattern.namespace else [])])
        elif pattern.name:
            yield ":".join([*names, pattern.name]), pattern, prefix


def routes():
    """Each named address with the converters of all its parts."""
    found = {}
    for name, pattern, _ in every_pattern(get_resolver()):
        keys = set(pattern.pattern.regex.groupindex) | set(getattr(pattern.pattern, "converters", {}))
        found[name] = {key: getattr(pattern.pattern, "converters", {}).get(key) for key in keys}
    return found


@pytest.fixture
def full_case(people, a_case, share):
    """A case with something behind each kind of number that an address can carry."""
    case = a_case(given_name="Xanthippe", family_name="Quillblossom")
    now = timezone.now()
    grant = share(case, "harbour_idva", worker="idva")
    victim = case.parties.get(role="victim")
    SafeContact.objects.filter(case=case).update(duress_word="CANARY-DURESS")
    Party.objects.filter(pk=victim.pk).update(interpreter_note="CANARY-NEVER")
    address = Address.objects.create(case=case, party=victim, lines="1 CANARY-STREET", visibility="confidential", from_at=now)
    entry = Entry.objects.create(
        case=case, agency=case.lead_agency, author=people.housing_officer, audience="partners", kind="note", title="CANARY-ENTRY", happened_at=now, recorded_at=now
    )
    task = Task.objects.create(case=case, agency=case.lead_agency, kind="test", origin="test:1", title="CANARY-TASK", due_at=now, raised_at=now)
    attempt = ContactAttempt.objects.create(
        case=case, agency=case.lead_agency, by=people.housing_officer, at=now, recorded_at=now, channel="phone", outcome="no_answer", was_safe_route=True
    )
    him = case.parties.get(role="perpetrator").pk
    order = add_order(
        people.actor("housing_officer"), case, kind="bail", state="made", respondent=him, protected=[victim.pk], starts_on=timezone.localdate(),
        terms="CANARY-TERMS",
    )
    request = add_request(people.actor("housing_officer"), case, route="third_party", applicant="CANARY-AUNT", at_risk=victim.pk, subject=him, asked_at=now)
    bar = Exclusion.objects.create(case=case, user=people.other_idva, reason="r", made_at=now, made_by=people.housing_manager)
    for persona in NOBODY:
        Notification.objects.create(user=getattr(people, persona), case=case, kind="attempts.limit", at=now)
    flag = flagged(people, case, reason="CANARY-FLAG")
    removal = proposed(people, flag, reason="CANARY-FLAG too")
    planned(people, case, danger="CANARY-PLAN")
    record_equality(
        people.actor("housing_officer"), case, party_id=victim.pk, answers={"gender": "self"}, words={"gender": "CANARY-SELF"}, asked_on=timezone.localdate()
    )
    closing = Closing.objects.create(
        case=case, agency=case.lead_agency, began_at=now, closed_at=now, closed_by=people.housing_officer, reason="needs_met", onward_note="CANARY-END", summary=entry,
        reopened_at=now, reopened_by=people.housing_officer, reopened_because=entry,
    )
    child = case.parties.get(role="child")
    change_child(people.actor("housing_officer"), case, party_id=child.pk, school="CANARY-SCHOOL", gp="CANARY-GP")
    notice = add_notice(people.actor("housing_officer"), case, party_id=child.pk, incident_at=now, is_attended=True)
    file = added(people, case, content=b"CANARY-FILE", title="CANARY-FILE", name="CANARY-FILE.txt")
    case.numbers = {
        "closing_id": closing.pk, "whom": "nobody", "attachment_id": file.pk,
        "flag_id": flag.pk, "removal_id": removal.pk,
        "grant": grant.pk, "exclusion": bar.pk, "entry_id": entry.pk, "task_id": task.pk, "attempt_id": attempt.pk, "party_id": victim.pk, "address_id": address.pk,
        "contact_id": case.safe_contacts.get().pk, "clock_id": case.clocks.earliest("pk").pk, "order_id": order.pk, "request_id": request.pk,
        "referral_id": notice.pk,
    }
    return case


def address(name, parts, case):
    """The address with this case and its own numbers in it."""
    values = {}
    for key, converter in parts.items():
        if key == "reference":
            values[key] = case.reference
        elif key in case.numbers:
            values[key] = case.numbers[key]
        elif type(converter).__name__ == "UUIDConverter":
            values[key] = UUID(int=7)
        elif type(converter).__name__ == "IntConverter" or key == "number":
            values[key] = 1
        else:
            values[key] = "check"
    try:
        return reverse(name, kwargs=values)
    except NoReverseMatch:
        # A part that only takes some words: any of them will do, the case is what is tried.
        return None


def case_addresses(case):
    found = {name: address(name, parts, case) for name, parts in routes().items() if "reference" in parts}
    return {name: path for name, path in found.items() if path}


def test_the_walk_reaches_what_it_should(people, full_case, client_for):
    """The same addresses open for those who run the case: the walk below does not merely miss."""
    client = client_for("housing_manager")
    opened = {name for name, path in case_addresses(full_case).items() if client.get(path).status_code == 200}
    reached = {"case_sharing", "share_give", "share_end", "bar_make", "bar_lift", "case_allocate", "order", "order_breach", "dvds", "v1:case", "flag_decide", "plan_version"}
    reached |= {"closing", "equality"}
    reached |= {"children", "onward", "notice_school"}
    reached |= {"file_content", "file_withdraw"}
    assert reached <= opened


def told(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace")


@pytest.mark.parametrize("persona", NOBODY)
def test_no_address_of_a_case_opens_for_who_may_not_see_it(persona, full_case, client_for):
    client = client_for(persona)
    ways = [client.get, lambda path: client.post(path, {"step": "check", "reason": "x"})] if persona in ("outsider", "superuser") else [client.get]
    for name, path in case_addresses(full_case).items():
        for way in ways:
            answer = way(path)
            if answer.status_code == 403:
                # A door that is shut to the role whatever is behind it says so, in the same words for a case that does not exist.
                absent = way(path.replace(full_case.reference, "ZZZZ-ZZZZ"))
                assert absent.status_code == 403, (name, path)
            else:
                assert answer.status_code in (404, 405), (name, path, answer.status_code)
            assert not [canary for canary in CANARIES if canary in told(answer)], (name, path)


@pytest.mark.parametrize("persona", NOBODY)
def test_no_list_search_or_file_names_a_case_that_one_may_not_see(persona, full_case, client_for):
    client = client_for(persona)
    paths = [address(name, parts, full_case) for name, parts in routes().items() if "reference" not in parts]
    answers = {path: client.get(path) for path in paths if path and not path.startswith(("/sign-in", "/ui/"))}
    for words in (full_case.reference, "Xanthippe Quillblossom", "Blackwater"):
        answers[f"find {words}"] = client.post("/find/", {"words": words})
    for path, answer in answers.items():
        text = re.sub(r'name="words" value="[^"]*"', "", told(answer))
        assert not [canary for canary in [*CANARIES, full_case.reference] if canary in text], path


@pytest.mark.parametrize("reference", ["ZZZZ-ZZZZ", "a\0b", "' OR 1=1", "x" * 300, "..", "%00"])
def test_a_reference_that_is_none_is_404_like_one_that_is_hidden(reference, people, a_case, client_for):
    client = client_for("housing_officer")
    for path in ("sharing/", "allocate/", "sharing/give/"):
        assert client.get(f"/cases/{reference}/{path}").status_code == 404
    assert client.get(f"/api/v1/cases/{reference}/").status_code == 404


def test_a_superuser_sees_no_case_even_when_an_agencys_member_of_the_group(people, full_case):
    """Django's own permissions and groups open nothing: only a grant, asked for by an agency's worker, does."""
    from cases.access import capabilities_on, visible_cases

    people.superuser.groups.add(people.agency("northvale_housing").group)
    actor = people.actor("superuser")
    assert not visible_cases(actor).exists() and capabilities_on(actor, full_case) == frozenset()
    assert Grant.objects.filter(content_object=full_case).count() == 2
