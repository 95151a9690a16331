"""Who may be known already, asked of the cases that somebody may see: never more than they may read there, and the same whether a name is rare or common."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import few, matching
from cases.models import Address, Case, Exclusion, Grant
from cases.rules.matching import Profile
from cases.rules.spelling import called, postal

NAMED = Profile("Marigold", "Thistlewood")
BORN = date(1994, 5, 17)
# Too little of a name to be likely by itself: what else is known of her has to say the rest.
RUNG = Profile("Marygold", "Thistelwood", "", None, frozenset(called("07700 900123")))
LIVES = Profile("Quite", "Other", "", BORN, frozenset(), frozenset(postal("ZZ99 9XK")))


@pytest.fixture(autouse=True, params=["rare", "common"])
def how_common(request, monkeypatch):
    """What is rare is asked for in two steps, its SQL made once; what is common in one: what is found, and for whom, is the same."""
    if request.param == "common":
        monkeypatch.setattr(few, "FEW", -1)


@pytest.fixture
def case(a_case, share):
    case = a_case(clock=None)
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva", "partner")
    share(case, "vale_probation", "partner")
    return case


def found(people, persona, profile=NAMED, at=None):
    return [(one.reference, one.why) for one in matching.candidates(people.actor(persona), profile, at or timezone.now())]


# --- from the outside


@pytest.mark.parametrize("persona", ["outsider", "superuser", "commissioner", "auditor", "administrator", "health_visitor"])
def test_nobody_outside_finds_anybody(people, case, persona):
    for profile in (NAMED, RUNG, LIVES):
        assert found(people, persona, profile) == []


def test_a_bar_an_end_and_a_beginning_hold(people, case):
    now = timezone.now()
    assert found(people, "idva") and found(people, "other_idva")
    assert found(people, "idva", at=now - timedelta(days=1)) == []
    Exclusion.objects.create(case=case, user=people.idva, reason="friend", made_at=now, made_by=people.housing_manager)
    assert found(people, "idva") == [] and found(people, "other_idva")
    Grant.objects.filter(content_object=case, agency=people.agency("harbour_idva")).update(ends_at=timezone.now())
    assert found(people, "other_idva") == []


def test_a_number_is_a_reason_for_those_alone_who_may_see_it(people, case):
    why = ["The same telephone number or e-mail address", "A name that is spelt alike or sounds alike"]
    for persona in ("housing_officer", "idva", "outreach_worker"):  # a summary says how to reach them safely
        assert found(people, persona, RUNG) == [(case.reference, why)], persona
    assert found(people, "marac_representative", RUNG) == [] and found(people, "marac_representative") == [(case.reference, ["The same name"])]


def test_a_protected_place_is_a_reason_for_those_alone_who_may_see_it(people, case):
    place = Address.objects.create(
        case=case, party=case.parties.get(role="victim"), lines="19 Heron Wharf", postcode="ZZ99 9XK", visibility="confidential", from_at=timezone.now()
    )
    why = ["The same date of birth", "The same postcode"]
    for persona in ("housing_officer", "idva"):
        assert found(people, persona, LIVES) == [(case.reference, why)], persona
    for persona in ("outreach_worker", "marac_representative"):
        assert found(people, persona, LIVES) == [], persona
    Address.objects.filter(pk=place.pk).update(visibility="normal")
    for persona in ("housing_officer", "idva", "marac_representative"):
        assert found(people, persona, LIVES) == [(case.reference, why)], persona
    assert found(people, "outreach_worker", LIVES) == []


# --- what is found


def test_the_likeliest_first_open_before_closed_and_five_at_most(people, a_case, case):
    closed = a_case(clock=None, with_phone=False)
    Case.objects.filter(pk=closed.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    likeliest = a_case(clock=None, family_name="Thistelwood")
    described = Profile("Marigold", "Thistelwood", "", BORN)
    (first, *others) = found(people, "housing_officer", described)
    assert first == (likeliest.reference, ["The same name", "The same date of birth"])
    assert [reference for reference, _ in others] == [case.reference, closed.reference]
    for _ in range(4):
        a_case(clock=None, with_phone=False)
    assert len(found(people, "housing_officer")) == 5


def test_a_name_in_one_word_and_more_words_than_most_have(people, a_case):
    one = a_case(given_name="Anne Marie Louise", family_name="de la Vega-Quorn", clock=None)
    assert [reference for reference, _ in found(people, "housing_officer", Profile("AnneMarie Louise", "Delavega Quorn"))] == [one.reference]
    assert found(people, "housing_officer", Profile("Anne Marie Louise", "de la Vega-Quorn")) == [(one.reference, ["The same name"])]
    assert found(people, "housing_officer", Profile("Zora", "")) == []


def test_however_many_there_are_the_queries_are_as_many(people, a_case, case):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            found(people, "housing_officer", Profile("Marigold", "Thistlewood", "", BORN, RUNG.called, LIVES.postcodes))
        return len(queries)

    asked()
    before = asked()
    for _ in range(12):
        a_case(clock=None)
    assert asked() == before <= 7
