"""Days that count in England: working days (Monday to Friday) and court days (Monday to Saturday), both without the bank holidays of England and Wales."""

import functools
from datetime import date

import holidays


@functools.lru_cache(maxsize=8192)
def is_working_day(day: date) -> bool:
    """Is this a working day?"""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


@functools.lru_cache(maxsize=8192)
def is_court_day(day: date) -> bool:
    """Does this day count towards the time in which a court must hear a notice of the police? Sundays, Christmas Day, Good Friday and bank holidays do not."""
    return day.weekday() != 6 and day not in _bank_holidays(day.year)


def is_bank_holiday(day: date) -> bool:
    """Is this a bank holiday, whatever the day of the week?"""
    return day in _bank_holidays(day.year)


@functools.lru_cache(maxsize=64)
def _bank_holidays(year: int):
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
