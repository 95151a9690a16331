"""Quarters begin at midnight in London, whatever the clocks do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.quarters import Quarter, parse_quarter, quarter_of, quarters_between

INSTANTS = st.integers(-631_152_000, 4_102_444_800).map(lambda second: datetime.fromtimestamp(second, UTC))  # 1950 to 2100


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quarter", "starts", "ends", "label", "reporting_label"),
    [
        # British Summer Time began on 29 March 2026: April begins an hour earlier in UTC than January did.
        (Quarter(2025, 4), utc(2026, 1, 1), utc(2026, 3, 31, 23), "January to March 2026", "Quarter 4 of 2025-26"),
        (Quarter(2026, 1), utc(2026, 3, 31, 23), utc(2026, 6, 30, 23), "April to June 2026", "Quarter 1 of 2026-27"),
        (Quarter(2026, 2), utc(2026, 6, 30, 23), utc(2026, 9, 30, 23), "July to September 2026", "Quarter 2 of 2026-27"),
        (Quarter(2026, 3), utc(2026, 9, 30, 23), utc(2027, 1, 1), "October to December 2026", "Quarter 3 of 2026-27"),
        (Quarter(1999, 4), utc(2000, 1, 1), utc(2000, 3, 31, 23), "January to March 2000", "Quarter 4 of 1999-00"),
    ],
)
def test_a_quarter_knows_its_instants_and_its_names(quarter, starts, ends, label, reporting_label):
    assert (quarter.starts_at, quarter.ends_at, quarter.label, quarter.reporting_label) == (starts, ends, label, reporting_label)
    assert parse_quarter(quarter.code) == quarter


@pytest.mark.parametrize(
    ("at", "quarter"),
    [
        (utc(2026, 3, 31, 22, 59, 59), Quarter(2025, 4)),
        (utc(2026, 3, 31, 23), Quarter(2026, 1)),  # midnight of 1 April in summer time
        (utc(2025, 12, 31, 23, 59, 59), Quarter(2025, 3)),
        (utc(2026, 1, 1), Quarter(2025, 4)),
        (utc(2026, 9, 30, 22, 59, 59), Quarter(2026, 2)),
        (utc(2026, 9, 30, 23), Quarter(2026, 3)),
    ],
)
def test_an_instant_belongs_to_the_quarter_of_its_london_day(at, quarter):
    assert quarter_of(at) == quarter


@given(INSTANTS)
def test_every_instant_has_one_quarter_and_one_month_of_it(at):
    quarter = quarter_of(at)
    assert quarter.starts_at <= at < quarter.ends_at
    assert sum(month.starts_at <= at < month.ends_at for month in quarter.months) == 1
    assert quarter.next.previous == quarter == quarter.previous.next
    assert quarter.is_complete(at) is False and quarter.previous.is_complete(at) is True


@given(INSTANTS)
def test_months_and_quarters_leave_no_gap_and_no_overlap(at):
    quarter = quarter_of(at)
    months = quarter.months
    assert (months[0].starts_at, months[2].ends_at) == (quarter.starts_at, quarter.ends_at)
    assert months[0].ends_at == months[1].starts_at and months[1].ends_at == months[2].starts_at
    assert quarter.ends_at == quarter.next.starts_at
    assert quarter.year_before.starts_at + timedelta(days=364) <= quarter.starts_at <= quarter.year_before.starts_at + timedelta(days=367)


def test_the_quarters_between_two_instants_the_newest_first():
    assert quarters_between(utc(2025, 8, 1), utc(2026, 4, 2)) == [Quarter(2026, 1), Quarter(2025, 4), Quarter(2025, 3), Quarter(2025, 2)]
    assert quarters_between(utc(2026, 4, 2), utc(2026, 4, 2)) == [Quarter(2026, 1)]


@pytest.mark.parametrize("code", ["", "2026", "2026-q5", "2026-q0", "2026-Q1", "26-q1", " 2026-q1", "2026-q1\n", "٢٠٢٦-q1", "0001-q1", "9999-q4"])
def test_what_is_no_quarter_is_refused(code):
    with pytest.raises(ValueError, match="no quarter"):
        parse_quarter(code)
