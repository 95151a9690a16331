"""What can be true of a protective order, and where one stands on a day: pure rules, by table and by property."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import orders as rules
from cases.rules.named_places import names_a_place
from cases.rules.order_types import TYPES, term_in_words

AT = datetime(2026, 3, 18, 14, 0, tzinfo=UTC)
TODAY = date(2026, 3, 18)
DAY = timedelta(days=1)


def facts(kind, *, state="made", starts_on=TODAY, ends_on=None, served_at=None, born=None):
    return rules.reasons_facts(TYPES[kind], state, starts_on, ends_on, served_at, born, AT)


def test_the_table_holds_every_type_of_the_brief_with_its_words():
    assert set(TYPES) == {
        "non_molestation", "occupation", "restraining_conviction", "restraining_acquittal", "dvpn", "dvpo", "dapn", "dapo", "stalking_interim", "stalking",
        "bail", "fmpo", "fgmpo",
    }
    for one in TYPES.values():
        assert one.label and one.law and one.granted_by and one.breach and term_in_words(one)
        assert not one.leads_to or (one.is_notice and not TYPES[one.leads_to].is_notice)
    assert term_in_words(TYPES["dvpo"]) == "From 14 to 28 days." and "2 years" in term_in_words(TYPES["stalking"])
    assert "until the court" in term_in_words(TYPES["dapn"])


@pytest.mark.parametrize(
    ("kind", "days", "may"),
    [
        ("dvpo", 13, False), ("dvpo", 14, True), ("dvpo", 28, True), ("dvpo", 29, False), ("non_molestation", 1, True), ("bail", 400, True),
        ("stalking", 730, False), ("stalking", 731, True), ("stalking_interim", 28, True),
    ],
)
def test_how_long_each_type_lasts_counting_both_days(kind, days, may):
    reasons = facts(kind, ends_on=TODAY + (days - 1) * DAY)
    assert ("ends_on" not in reasons) is may


def test_two_years_over_a_leap_day_are_two_years():
    assert facts("stalking", starts_on=date(2027, 3, 1), ends_on=date(2029, 2, 28)) == {}
    assert "ends_on" in facts("stalking", starts_on=date(2027, 3, 1), ends_on=date(2029, 2, 27))


@pytest.mark.parametrize("kind", TYPES)
def test_an_end_before_the_start_is_refused_for_every_type(kind):
    assert facts(kind, ends_on=TODAY - DAY, served_at=AT)["ends_on"].startswith("The last day cannot be before")


@pytest.mark.parametrize("kind", TYPES)
def test_what_was_made_has_a_first_day_and_an_application_need_not(kind):
    assert "starts_on" in facts(kind, starts_on=None, served_at=AT)
    # A notice is given by the police: nobody applies for one.
    assert list(facts(kind, state="applied", starts_on=None)) == (["state"] if TYPES[kind].is_notice else [])


@pytest.mark.parametrize("kind", TYPES)
def test_only_a_dvpo_must_have_a_last_day_and_only_a_notice_its_service(kind):
    reasons = facts(kind)
    assert ("ends_on" in reasons) is (kind == "dvpo")
    assert ("served_at" in reasons) is (kind in ("dvpn", "dapn"))


def test_service():
    assert "served_at" in facts("dapn", served_at=AT + timedelta(minutes=1))
    assert "served_at" in facts("dapn", served_at=AT - DAY)  # the day before it began
    assert facts("dapn", served_at=AT) == {}
    assert "not been made yet" in facts("bail", state="applied", served_at=AT)["served_at"]
    for state in ("refused", "ended"):
        assert rules.reasons_served(state, TODAY, AT, AT) == ["It is no longer in force, so it cannot be served."]
    assert rules.reasons_served("made", None, AT, AT) == []


@pytest.mark.parametrize("kind", ["dvpn", "dvpo", "dapn", "dapo"])
def test_those_of_the_police_are_for_adults(kind):
    eighteen = date(2008, 3, 18)
    assert "respondent" not in facts(kind, born=eighteen) and "respondent" in facts(kind, born=eighteen + DAY)
    assert "respondent" in facts(kind, state="applied", starts_on=None, born=eighteen + DAY)
    assert "respondent" not in facts("bail", born=eighteen + DAY)


def test_what_cannot_be_given_here_may_come_from_elsewhere():
    assert rules.reasons_not_given_here("DAPN", True, False) == {} == rules.reasons_not_given_here("DAPN", False, True)
    assert "kind" in rules.reasons_not_given_here("DAPN", False, False)


def test_who_stands_in_it():
    assert rules.reasons_people("perpetrator", 1, [2, 3]) == {}
    assert "respondent" in rules.reasons_people("victim", 1, [2])
    assert rules.reasons_people("perpetrator", 1, [])["protected"] == "Select who it protects."
    assert "against" in rules.reasons_people("perpetrator", 1, [1, 2])["protected"]


def test_what_the_court_may_still_decide():
    assert rules.reasons_cannot_decide(TYPES["bail"], "applied") == [] == rules.reasons_cannot_decide(TYPES["dapn"], "made")
    assert rules.reasons_cannot_decide(TYPES["bail"], "made") and rules.reasons_cannot_decide(TYPES["dapn"], "ended")


def test_ending_and_changing():
    assert rules.reasons_cannot_end("made", TODAY, TODAY, AT) == {} == rules.reasons_cannot_end("applied", TODAY, None, AT)
    assert "ended_on" in rules.reasons_cannot_end("made", TODAY + DAY, TODAY, AT)
    assert "ended_on" in rules.reasons_cannot_end("made", TODAY - DAY, TODAY, AT)
    assert "" in rules.reasons_cannot_end("ended", TODAY, TODAY, AT) and "" in rules.reasons_cannot_end("refused", TODAY, TODAY, AT)
    assert rules.reasons_cannot_change("made") == [] and rules.reasons_cannot_change("ended")


@pytest.mark.parametrize(
    ("state", "starts", "ends", "served", "expected"),
    [
        ("applied", None, None, False, ["applied"]),
        ("refused", None, None, False, ["refused"]),
        ("ended", 0, 5, True, ["ended"]),
        ("made", -9, -1, True, ["over"]),
        ("made", -9, 0, True, ["in_force", "soon"]),
        ("made", -9, 28, True, ["in_force", "soon"]),
        ("made", -9, 29, True, ["in_force"]),
        ("made", -9, None, False, ["in_force", "not_served"]),
        ("made", -9, 3, False, ["in_force", "not_served", "soon"]),
        ("made", 1, None, True, ["not_yet"]),
    ],
)
def test_where_it_stands(state, starts, ends, served, expected):
    day = lambda days: None if days is None else TODAY + days * DAY  # noqa: E731
    assert rules.standing(state, day(starts), day(ends), served, 28, TODAY) == expected


@given(st.integers(-400, 400))
def test_days_left_agree_with_where_it_stands(days):
    ends_on = TODAY + days * DAY
    words, stands = rules.days_left(ends_on, TODAY), rules.standing("made", TODAY - 500 * DAY, ends_on, True, 28, TODAY)
    assert words.startswith("Ended") is (stands == ["over"])
    assert rules.days_left(None, TODAY) == "No end date"


@pytest.mark.parametrize(("days", "words"), [(0, "Today is the last day"), (1, "1 day left"), (2, "2 days left"), (-1, "Ended 1 day ago"), (-2, "Ended 2 days ago")])
def test_days_left_in_words(days, words):
    assert rules.days_left(TODAY + days * DAY, TODAY) == words


PLACES = [("17 Nightjar Close\nBolsover", "ZZ99 3VZ"), ("Flat 2, 4 O’Hara Street", ""), ("", "")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Not to go within 100 metres of 17 Nightjar Close.", True),
        ("not to enter NIGHTJAR  close", True),
        ("Stay away from zz993vz", True),
        ("Stay away from ZZ99-3VZ.", True),
        ("Stay out of O'Hara Street", True),
        ("Not to go near their home or the school.", False),
        ("A nightjar was seen; close the door.", False),
        ("17", False),
        ("", False),
    ],
)
def test_a_text_that_names_a_protected_place(text, named):
    assert names_a_place(text, PLACES) is named


@pytest.mark.parametrize(("lines", "text", "named"), [("Lantern", "at the Lantern tonight", True), ("9", "at 9 tonight", False), ("The Elms", "near the elms", True)])
def test_a_place_of_one_line(lines, text, named):
    assert names_a_place(text, [(lines, "")]) is named


@pytest.mark.parametrize(
    ("left", "days"),
    [(400, [28, 14, 7]), (29, [28, 14, 7]), (28, [14, 7]), (10, [7]), (7, [7]), (3, [7]), (0, [7]), (-1, [])],
)
def test_which_alerts_are_planned(left, days):
    assert rules.alerts(TODAY + left * DAY, [28, 14, 7], TODAY) == days


def test_alerts_of_an_order_without_an_end_and_of_equal_thresholds():
    assert rules.alerts(None, [28, 14, 7], TODAY) == []
    assert rules.alerts(TODAY + 50 * DAY, [14, 14, 7], TODAY) == [14, 7]
    assert rules.alert_day(TODAY, 7) == TODAY - 7 * DAY


def test_when_an_order_can_have_been_breached():
    assert rules.reasons_breach("made", TODAY, None, AT, AT) == {} == rules.reasons_breach("ended", TODAY, TODAY, AT, AT)
    assert "" in rules.reasons_breach("applied", None, None, AT, AT) and "" in rules.reasons_breach("refused", None, None, AT, AT)
    assert "future" in rules.reasons_breach("made", TODAY, None, AT + timedelta(minutes=1), AT)["happened_at"]
    assert "not yet in force" in rules.reasons_breach("made", TODAY, None, AT - DAY, AT)["happened_at"]
    assert "no longer in force" in rules.reasons_breach("ended", TODAY - 9 * DAY, TODAY - DAY, AT, AT)["happened_at"]
    assert rules.reasons_breach("made", None, None, AT - DAY, AT) == {}
