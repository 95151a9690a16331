"""The rules of a disclosure: values in, reasons out."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals import rules
from referrals.routes import ROUTES, has_talked

NOW = datetime(2026, 3, 20, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
TODAY = NOW.date()


def test_received_now_or_before_is_possible():
    assert rules.reasons_received_impossible(NOW, NOW, NOW) == []
    assert rules.reasons_received_impossible(NOW - HOUR, NOW, NOW) == []


def test_received_in_the_future_is_impossible():
    assert rules.reasons_received_impossible(NOW + HOUR, NOW + 2 * HOUR, NOW) == ["The time it was received must be now or in the past"]


def test_received_after_it_was_logged_is_impossible():
    assert rules.reasons_received_impossible(NOW - HOUR, NOW - 2 * HOUR, NOW) == ["It cannot have been received after it was logged"]


@settings(deadline=None)
@given(received=st.integers(-100, 100), logged=st.integers(-100, 100))
def test_what_is_possible_stands_in_order(received, logged):
    received, logged = NOW + timedelta(minutes=received), NOW + timedelta(minutes=logged)
    possible = not rules.reasons_received_impossible(received, logged, NOW)
    assert possible == (received <= NOW and received <= logged)


def test_logged_in_the_future_is_impossible():
    assert rules.reasons_logged_impossible(NOW + HOUR, NOW)
    assert rules.reasons_logged_impossible(NOW, NOW) == []


def test_more_than_a_year_ago_is_asked_about():
    assert [check.code for check in rules.check_received(NOW - timedelta(days=366), NOW)] == ["received_long_ago"]
    assert rules.check_received(NOW - timedelta(days=365), NOW) == []


@pytest.mark.parametrize(("route", "kind", "words"), [
    ("direct", "discussion", "from that discussion"), ("signs", "discussion", "from that discussion"), ("repairs", "contact", "from when it was received"),
    ("antisocial_behaviour", "contact", "from when it was received"), ("abandoned", "contact", "from when it was received"), ("partner", "contact", "from when it was received"),
    ("homeless", "contact", "from when it was received"), ("", "contact", "from when it was received"),
])
def test_each_route_starts_its_promise(route, kind, words):
    assert rules.clock_kind(has_talked(route)) == kind
    assert words in rules.clock_rule(has_talked(route))


def test_no_route_is_forgotten():
    assert set(ROUTES) == {"direct", "signs", "repairs", "antisocial_behaviour", "abandoned", "partner", "homeless"}


@pytest.mark.parametrize(("route", "role", "pathway"), [
    ("homeless", "housing_officer", "homeless"), ("direct", "housing_officer", "tenant"), ("", "idva", "tenant"),
    ("homeless", "call_handler", "helpline"), ("direct", "call_handler", "helpline"),
])
def test_pathway(route, role, pathway):
    assert rules.pathway_for(route, role) == pathway


@pytest.mark.parametrize(("born", "approximate", "age"), [
    (date(2000, 3, 20), None, 26), (date(2000, 3, 21), None, 25), (None, 40, 40), (None, None, None), (date(2004, 2, 29), None, 22),
])
def test_age(born, approximate, age):
    assert rules.age_on(born, approximate, TODAY) == age


def test_a_birthday_and_an_age_cannot_both_stand():
    assert rules.reasons_birth_unclear(date(2000, 1, 1), 26)
    assert rules.reasons_birth_unclear(None, 0) == rules.reasons_birth_unclear(date(2000, 1, 1), None) == []


@pytest.mark.parametrize(("age", "asked"), [(15, True), (16, False), (None, False)])
def test_a_victim_under_16_is_asked_about(age, asked):
    assert bool(rules.check_victim(age)) == asked


@pytest.mark.parametrize(("victim", "other", "asked"), [
    ("Mari  Thistlewood", "mari thistlewood", True), ("Mari", "Rufus", False), ("", "", False), ("Mari", "", False), ("STRASSE", "straße", True),
])
def test_one_name_twice_is_asked_about(victim, other, asked):
    assert bool(rules.check_perpetrator(victim, other)) == asked


@pytest.mark.parametrize(("ages", "victim", "codes"), [
    ([3], 19, []), ([19], 19, ["child_older", "child_grown_up"]), ([17], 16, ["child_older"]), ([18], None, ["child_grown_up"]),
    ([None], 30, []), ([], 30, []), ([17], 40, []),
])
def test_children_are_younger(ages, victim, codes):
    assert [check.code for check in rules.check_children(ages, victim)] == codes


@pytest.mark.parametrize(("days", "fits"), [(0, True), (300, True), (301, False), (-42, True), (-43, False)])
def test_an_expected_birth_is_near(days, fits):
    assert (rules.reasons_expected_impossible(TODAY + timedelta(days=days), TODAY) == []) == fits


@pytest.mark.parametrize(("days", "starts", "ends", "fits"), [
    ([], None, None, True), (["0"], time(12), time(13), True), ([], time(12), time(13), False), (["0"], None, time(13), False),
    (["0"], time(12), None, False), (["0"], None, None, False), (["0"], time(13), time(13), False), (["0"], time(22), time(2), False),
])
def test_a_safe_time_has_days_and_two_ends(days, starts, ends, fits):
    assert (rules.reasons_window_impossible(days, starts, ends) == []) == fits


def test_pages_without_an_answer_are_named():
    assert rules.reasons_cannot_submit(["When it came"]) == ["Answer “When it came” first"]
    assert rules.reasons_cannot_submit([]) == []


def test_a_promise_is_missed_after_its_time_and_not_at_it():
    assert rules.opens_missed(NOW, NOW + HOUR)
    assert not rules.opens_missed(NOW, NOW)
