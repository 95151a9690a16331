"""Working days in England: Monday to Friday, without the bank holidays of England and Wales."""

import functools
from datetime import date

import holidays


@functools.lru_cache(maxsize=8192)
def is_working_day(day: date) -> bool:
    """Is this a working day?"""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


@functools.lru_cache(maxsize=64)
def _bank_holidays(year: int):
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
