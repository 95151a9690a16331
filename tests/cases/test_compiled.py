"""Queries made once and run for many: each run asks for its own actor, case and time, and for nobody else's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.db.transaction import TransactionManagementError
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Agency
from cases import case_reads, chronology
from cases.access import capabilities_on, open_case, visible_cases
from cases.compiled import Rows
from cases.models import Case, Entry
from cases.models.chronology import Audience


@pytest.fixture
def two_cases(a_case, share, inside_gate):
    """Two cases of one agency; the second is shared; each holds a private and a shared entry."""
    cases = [a_case(given_name="Ansel"), a_case(given_name="Briony")]
    share(cases[1], "harbour_idva")
    with inside_gate() as act:
        for case in cases:
            chronology.record(act, case, "note", f"private of {case.pk}", audience=Audience.AGENCY)
            chronology.record(act, case, "note", f"shared of {case.pk}", audience=Audience.PARTNERS)
    return cases


def test_each_run_reads_its_own_case_and_what_its_own_actor_may(people, two_cases):
    at = timezone.now()
    for persona in ("housing_officer", "idva", "housing_officer"):
        actor = people.actor(persona)
        for case in two_cases:
            read = case_reads.WHOLE(actor, case, at)
            expected = set(chronology_titles(actor, case))
            assert {row["title"] for row in read["entries"]} == expected
            assert len(expected) == (2 if persona == "housing_officer" else 1)
            assert [row["person__given_name"] for row in read["people"] if row["role"] == "victim"] == [case.parties.get(role="victim").person.given_name]


def chronology_titles(actor, case):
    from cases.access import chronology as readable

    return readable(actor, case).values_list("title", flat=True)


def test_time_is_the_time_of_the_run(people, a_case, share):
    case = a_case()
    share(case, "harbour_idva", ends_at=timezone.now() + timedelta(hours=1))
    idva = people.actor("idva")
    assert "see_case" in capabilities_on(idva, case)
    assert capabilities_on(idva, case, timezone.now() + timedelta(hours=2)) == frozenset()
    assert "see_case" in capabilities_on(idva, case)
    later = case_reads.SUMMARY(idva, case, timezone.now() + timedelta(hours=2))
    assert [row["level"] for row in later["grants"]] == ["lead"]


def test_opening_a_case_agrees_with_the_list_for_every_persona(people, two_cases, share):
    share(two_cases[0], "lantern_outreach", "summary")
    share(two_cases[1], "vale_probation", "meeting")
    two_cases[1].exclusions.create(user=people.other_idva, reason="x", made_at=timezone.now(), made_by=people.idva)
    for persona in people.names():
        actor = people.actor(persona)
        for capability in ("see_summary", "see_case", "record_contact", "see_listing", "edit_people"):
            listed = set(visible_cases(actor, capability).values_list("reference", flat=True))
            opened = set()
            for case in two_cases:
                try:
                    found = open_case(actor, case.reference, capability)
                except (Http404, PermissionDenied):
                    continue
                assert found == case and found.lead_agency.slug == "northvale_housing" and not found.get_deferred_fields()
                opened.add(found.reference)
            assert opened == listed, (persona, capability)


@pytest.mark.parametrize("reference", ["", "x" * 300, "\x00caseless", "\x00reference", "' OR 1=1 --", "%s", "-7700000000000003"])
def test_a_reference_that_makes_no_sense_opens_nothing(people, a_case, reference):
    a_case()
    with pytest.raises(Http404):
        open_case(people.actor("housing_officer"), reference)


def test_a_row_opened_is_the_row_stored(people, a_case):
    case = a_case()
    opened = open_case(people.actor("housing_officer"), case.reference)
    stored = Case.objects.select_related("lead_agency").get(pk=case.pk)
    assert {name: getattr(opened, name) for name in vars(stored) if not name.startswith("_")} == {name: value for name, value in vars(stored).items() if not name.startswith("_")}
    assert vars(opened.lead_agency).keys() == vars(stored.lead_agency).keys() and opened.lead_agency.name == stored.lead_agency.name
    assert not Entry.objects.filter(case=opened).exists()


def _plans():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(generic_plans), 0), coalesce(sum(custom_plans), 0) FROM pg_prepared_statements")
        return cursor.fetchone()


def test_a_plan_that_is_kept_answers_each_as_a_new_one_would(people, two_cases, share):
    """More runs than the database makes plans of its own for: whose plan it is does not matter to what comes back."""
    share(two_cases[0], "lantern_outreach", "summary")
    two_cases[1].exclusions.create(user=people.other_idva, reason="x", made_at=timezone.now(), made_by=people.idva)
    at = timezone.now()
    with CaptureQueriesContext(connection):  # where queries are logged, nothing is prepared
        new = {(name, case.pk): capabilities_on(people.actor(name), case, at) for name in people.names() for case in two_cases}
    assert len(set(new.values())) > 3
    before = _plans()
    for _ in range(3):
        for (name, pk), held in new.items():
            assert capabilities_on(people.actor(name), next(case for case in two_cases if case.pk == pk), at) == held, name
    generic, custom = (after - earlier for after, earlier in zip(_plans(), before, strict=True))
    assert generic > custom > 0


def test_what_is_written_into_the_sql_and_what_is_given_come_back_as_they_were_meant(people):
    odd = "50% of O'Brien's \\ %s %(case)s %% ::text"
    asked = Rows(lambda actor, case, at, said: Agency.objects.filter(pk=actor.agency_id).values_list(Value(odd), Value(said), Value(-7), "pk"), "said")
    actor = people.actor("idva")
    for said in (odd, "", "a stranger's \x01 word", "%", odd):
        assert asked(actor, None, said=said) == [(odd, said, -7, actor.agency_id)]


def test_numbers_of_any_width_share_a_plan(people):
    asked = Rows(lambda actor, case, at: Agency.objects.filter(pk=actor.agency_id).values_list("pk"))
    plans = "SELECT count(*) FROM pg_prepared_statements"
    with connection.cursor() as cursor:
        cursor.execute(plans)
        before = cursor.fetchone()[0]
        for number in (7, 70_000, 7_000_000_000):
            assert asked(replace(people.actor("idva"), agency_id=number), None) == []
        cursor.execute(plans)
        assert cursor.fetchone()[0] == before + 1


def test_nothing_made_once_runs_in_a_transaction_that_is_broken(people):
    asked = Rows(lambda actor, case, at: Agency.objects.filter(pk=actor.agency_id).values_list("pk"))
    with pytest.raises(TransactionManagementError), transaction.atomic():
        with pytest.raises(DatabaseError), connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SELECT 1 / 0")
        transaction.set_rollback(True)
        asked(people.actor("idva"), None)
