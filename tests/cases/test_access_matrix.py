"""The access matrix: persona x capability x situation -> answer, written down from the agreed rules and not from the code that
applies them; and for random grants and bars, that the list, the single answer and the buttons of a page never disagree."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.capabilities import CAPABILITIES
from cases import access
from cases.models import Case, Exclusion, Grant, SharingDecision
from cases.opening import _permission
from cases.search import find
from cases.work import worklist

HOUR = timedelta(hours=1)

# --- What is agreed. Two keys, both needed: what a role may ever do, and what the agency's level opens.

SUMMARY = {"see_summary", "see_contact_number", "receive_referrals"}
MEETING = {"see_listing"}
PARTNER = SUMMARY | {
    "see_case", "record_contact", "add_entry", "assess_risk", "countersign", "allocate", "explain_breach", "refer_to_marac", "see_protected_address",
}
LEAD = PARTNER | {"edit_people", "share_case", "exclude", "close_case"}
OPENS = {"summary": SUMMARY, "meeting": MEETING, "partner": PARTNER, "lead": LEAD}

READS = {"see_summary", "see_case"}
WORKS = READS | {"see_contact_number", "record_contact", "add_entry", "explain_breach"}
OWNS = WORKS | {"edit_people", "allocate", "share_case", "refer_to_marac", "close_case", "see_protected_address"}
MANAGES = OWNS | {"countersign", "exclude", "assess_risk", "receive_referrals"}
CEILING = {
    "housing_officer": OWNS,
    "other_housing_officer": OWNS,
    "outsider": OWNS,
    "specialist_da_officer": OWNS | {"assess_risk", "countersign"},
    "housing_manager": MANAGES,
    "agency_lead": MANAGES - {"assess_risk"},
    "helpline_lead": MANAGES - {"assess_risk"},
    "idva": OWNS | {"assess_risk", "see_listing", "receive_referrals"},
    "other_idva": OWNS | {"assess_risk", "see_listing", "receive_referrals"},
    "idva_manager": MANAGES | {"see_listing"},
    "outreach_worker": OWNS | {"assess_risk", "receive_referrals"},
    "refuge_worker": OWNS | {"assess_risk", "receive_referrals"},
    "call_handler": WORKS | {"edit_people", "assess_risk", "share_case", "refer_to_marac"},
    "health_visitor": WORKS | {"edit_people", "assess_risk", "share_case", "allocate", "refer_to_marac", "receive_referrals"},
    "marac_coordinator": {"see_summary", "see_listing"},
    "marac_representative": {"see_summary", "see_case", "see_listing", "add_entry"},
    "police_lead": {"see_summary", "see_case", "add_entry"},
    # None of these ever sees a person, whatever is shared with their agency.
    "programme_worker": set(),
    "commissioner": set(),
    "auditor": set(),
    "information_governance": set(),
    "administrator": set(),
    "partnership_administrator": set(),
    "superuser": set(),
}

# situation: (levels that the agency holds, from, until, bar) -> which levels count
SITUATIONS = {
    "no grant": ([], None, None, None),
    "summary": (["summary"], -HOUR, None, None),
    "meeting": (["meeting"], -HOUR, None, None),
    "partner": (["partner"], -HOUR, None, None),
    "lead": (["lead"], -HOUR, None, None),
    "summary and meeting": (["summary", "meeting"], -HOUR, None, None),
    "until later": (["partner"], -HOUR, HOUR, None),
    "expired": (["lead", "meeting"], -2 * HOUR, -HOUR, None),
    "ends this instant": (["lead"], -HOUR, timedelta(0), None),
    "future": (["lead", "meeting"], HOUR, None, None),
    "person barred": (["lead", "meeting"], -HOUR, None, "person"),
    "agency barred": (["lead", "meeting"], -HOUR, None, "agency"),
    "bar lifted": (["lead"], -HOUR, None, "lifted"),
    "another person barred": (["lead"], -HOUR, None, "somebody"),
    "another agency barred": (["lead"], -HOUR, None, "elsewhere"),
}
NOTHING = {"no grant", "expired", "ends this instant", "future", "person barred", "agency barred"}
CASE_CAPABILITIES = sorted(code for code, capability in CAPABILITIES.items() if capability.scope == "case")


def expected(persona, situation):
    """The agreed answer: the capabilities that this persona has in this situation."""
    if situation in NOTHING:
        return set()
    return CEILING[persona] & set().union(*(OPENS[level] for level in SITUATIONS[situation][0]))


def grant(case, agency, level, at, starts, ends=None, worker=None):
    decision = SharingDecision.objects.create(
        case=case, recipient=agency, level=level, basis="public_task", decided_at=at, decided_by_id=case.opened_by_id, deciding_agency_id=case.lead_agency_id
    )
    return Grant.objects.create(
        content_object=case, agency=agency, group=agency.group, permission=_permission(level), level=level, decision=decision, started_at=at + starts,
        ends_at=None if ends is None else at + ends, worker=worker,
    )


def bar(case, at, *, user=None, agency=None, lifted=False):
    return Exclusion.objects.create(
        case=case, user=user, agency=agency, reason="r", made_at=at, made_by_id=case.opened_by_id, lifted_at=at if lifted else None,
        lifted_by_id=case.opened_by_id if lifted else None,
    )


@pytest.fixture
def bare_case(people, a_case):
    """A case on which no agency holds anything."""
    case = a_case(clock=None, with_phone=False)
    Grant.objects.filter(content_object=case).delete()
    return case


def arrange(people, case, persona, situation, at):
    levels, starts, ends, barred = SITUATIONS[situation]
    user = getattr(people, persona)
    membership = user.memberships.filter(ended_at=None).first()
    agency = membership.agency if membership else people.agency("northvale_housing")
    for level in levels:
        grant(case, agency, level, at, starts, ends, worker=user)
    elsewhere = people.agency("lantern_outreach" if agency.slug != "lantern_outreach" else "valley_health")
    somebody = people.idva if persona != "idva" else people.other_idva
    match barred:
        case "person":
            bar(case, at, user=user)
        case "agency":
            bar(case, at, agency=agency)
        case "lifted":
            bar(case, at, user=user, lifted=True)
            bar(case, at, agency=agency, lifted=True)
        case "somebody":
            bar(case, at, user=somebody)
        case "elsewhere":
            bar(case, at, agency=elsewhere)


def test_the_table_knows_every_capability_and_every_persona(people):
    assert set().union(*OPENS.values()) == set(CASE_CAPABILITIES)
    assert set(people.names()) == set(CEILING)


@pytest.mark.parametrize("persona", CEILING)
def test_the_matrix(persona, people, bare_case):
    actor, at = people.actor(persona), timezone.now()
    for situation in SITUATIONS:
        with transaction.atomic():
            arrange(people, bare_case, persona, situation, at)
            answer = expected(persona, situation)
            assert access.capabilities_on(actor, bare_case, at) == answer, situation
            for capability in CASE_CAPABILITIES:
                may = capability in answer
                assert access.can(actor, capability, bare_case, at) is may, (situation, capability)
            transaction.set_rollback(True)


@pytest.mark.parametrize("persona", CEILING)
def test_opening_is_the_case_or_403_for_who_sees_it_or_404(persona, people, bare_case):
    actor = people.actor(persona)
    for situation in SITUATIONS:
        with transaction.atomic():
            arrange(people, bare_case, persona, situation, timezone.now())
            answer = expected(persona, situation)
            for capability in ("see_summary", "see_case", "see_listing", "share_case", "exclude", "see_protected_address"):
                if capability in answer:
                    assert access.open_case(actor, bare_case.reference, capability) == bare_case
                else:
                    problem = PermissionDenied if answer & {"see_summary", "see_listing"} else Http404
                    with pytest.raises(problem):
                        access.open_case(actor, bare_case.reference, capability)
            transaction.set_rollback(True)


# --- Whatever is granted and barred, the ways of asking agree.

AGENCIES = ["northvale_housing", "harbour_idva", "vale_probation", "eastmoor_housing"]
ACTORS = ["housing_officer", "housing_manager", "idva", "other_idva", "marac_representative", "outsider", "superuser", "commissioner", "administrator"]
offsets = st.sampled_from([-2, -1, 0, 1, 2])
spans = st.tuples(offsets, st.none() | offsets)
holdings = st.fixed_dictionaries(
    {slug: st.tuples(st.none() | st.tuples(st.sampled_from(["summary", "partner", "lead"]), spans), st.none() | spans) for slug in AGENCIES}
)
barrings = st.lists(st.tuples(st.sampled_from(AGENCIES + ACTORS), st.booleans()), max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=holdings, barred=barrings)
def test_list_single_answer_buttons_search_and_worklist_agree(people, bare_case, held, barred):
    at, case = timezone.now(), bare_case
    with transaction.atomic():
        live = {slug: set() for slug in AGENCIES}
        for slug, (main, meeting) in held.items():
            for level, span in ([main] if main else []) + ([("meeting", meeting)] if meeting else []):
                starts, ends = span
                grant(case, people.agency(slug), level, at, starts * HOUR, None if ends is None else ends * HOUR)
                if starts <= 0 and (ends is None or ends > 0):
                    live[slug].add(level)
        shut = set()
        for whom, is_lifted in barred:
            bar(case, at, **({"agency": people.agency(whom)} if whom in AGENCIES else {"user": getattr(people, whom)}), lifted=is_lifted)
            if not is_lifted:
                shut.add(whom)
        for persona in ACTORS:
            actor = people.actor(persona)
            slug = next((slug for slug in AGENCIES if people.agency(slug).pk == actor.agency_id), None)
            levels = set() if {persona, slug} & shut else live.get(slug, set())
            answer = CEILING[persona] & set().union(*(OPENS[level] for level in levels)) if levels else set()
            assert access.capabilities_on(actor, case, at) == answer
            for capability in ("see_summary", "see_case", "see_listing", "share_case"):
                may = capability in answer
                assert list(access.visible_cases(actor, capability, at)) == ([case] if may else [])
                assert access.count_visible(actor, capability, at) == int(may)
            sees = [case.reference] if "see_summary" in answer else []
            assert [row.reference for row in worklist(actor, whose="agency", at=at).rows] == sees
            assert [hit.reference for hit in find(actor, case.reference)] == sees
            assert [hit.reference for hit in find(actor, "Thistlewood")] == sees
            assert [hit.reference for hit in find(actor, "Blackwater")] == (sees if "see_case" in answer else [])
        seeing = {one.agency.slug for one in access.agencies_seeing(case, at)}
        assert seeing == {slug for slug in AGENCIES if live[slug] and slug not in shut}
        transaction.set_rollback(True)
    assert Case.objects.count() == 1
