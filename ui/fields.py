"""Owns the kinds of answer a form can ask for beyond Django's own: dates in three parts, times, phones, postcodes."""

import datetime as dt
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from ui import phones, postcodes, times
from ui.widgets import Checkboxes, DateParts, DateTimeParts, Radios

NOTES_LENGTH = 10_000
EARLIEST = dt.date(1900, 1, 1)
DAY = ("day", "month", "year")
_MONTHS = {
    name: number for number in range(1, 13) for name in (dt.date(2000, number, 1).strftime("%B").lower(), dt.date(2000, number, 1).strftime("%b").lower())
}
_MONTHS["sept"] = 9


class Notes(forms.CharField):
    """Free text over several lines, kept with its line breaks. Ten thousand characters unless told otherwise."""

    def __init__(self, *, max_length: int = NOTES_LENGTH, rows: int = 6, **kwargs) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value):
        # A browser sends two characters for each line end but counts one; what it allowed must not be refused here.
        text = super().to_python(value)
        return text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text


class ChoiceField(forms.ChoiceField):
    """One of a few, as radio buttons. `hints` explains a choice; `reveals` names the question that a choice opens."""

    widget = Radios

    def __init__(self, *, hints: dict | None = None, reveals: dict | None = None, divider: str = "", **kwargs) -> None:
        super().__init__(**kwargs)
        self.hints, self.reveals, self.divider = hints or {}, reveals or {}, divider


class MultipleChoiceField(forms.MultipleChoiceField):
    """Any of a few, as checkboxes; hints and revealed questions as for ChoiceField."""

    widget = Checkboxes

    def __init__(self, *, hints: dict | None = None, reveals: dict | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.hints, self.reveals, self.divider = hints or {}, reveals or {}, ""


class YesNoField(forms.TypedChoiceField):
    """Yes or no as two radio buttons; cleaned to True, False, or None where it may stay open."""

    widget = Radios

    def __init__(self, *, hints: dict | None = None, reveals: dict | None = None, **kwargs) -> None:
        kwargs.setdefault("choices", [("yes", "Yes"), ("no", "No")])
        super().__init__(coerce=lambda value: value == "yes", empty_value=None, **kwargs)
        self.hints, self.reveals, self.divider = hints or {}, reveals or {}, ""
        self.is_inline = not self.hints and not self.reveals

    def prepare_value(self, value):
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class PhoneField(forms.CharField):
    """A telephone number, kept with its country code. `ui.phones.shown` writes it for readers."""

    default_error_messages = {
        "invalid": "Enter a telephone number, like 01632 960001, 07700 900982 or +44 808 157 0192",
    }

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "class": "govuk-input--width-20"}))
        super().__init__(max_length=40, **kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return text
        number = phones.normalise(text)
        if number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number

    def prepare_value(self, value):
        return phones.shown(value) if isinstance(value, str) and phones.normalise(value) == value else value


class PostcodeField(forms.CharField):
    """A postcode in its usual spelling. ZZ99 (no fixed address) and BFPO are postcodes too."""

    default_error_messages = {"invalid": "Enter a full UK postcode, like DE1 2QY. Use ZZ99 3VZ for no fixed address"}

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-10"}))
        super().__init__(max_length=20, **kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return text
        postcode = postcodes.normalise(text)
        if postcode is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return postcode


class TimeField(forms.Field):
    """A time of day in one box, as people write it."""

    default_error_messages = {"invalid": "Enter a time, like 14:30 or 2:30pm"}

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-5"}))
        super().__init__(**kwargs)

    def to_python(self, value):
        if isinstance(value, dt.time) or value in self.empty_values or not str(value).strip():
            return value if isinstance(value, dt.time) else None
        time = times.parse_time(str(value))
        if time is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return time

    def prepare_value(self, value):
        return f"{value:%H:%M}" if isinstance(value, dt.time) else value


def _part(text: str | None) -> str:
    return str(text or "").strip()


class DateField(forms.Field):
    """A day in three boxes. `not_future` and `not_past` compare with today in London; `min_value` defaults to 1900."""

    widget = DateParts
    parts = DAY

    def __init__(self, *, min_value: dt.date = EARLIEST, max_value: dt.date | None = None, not_future=False, not_past=False, **kwargs):
        super().__init__(**kwargs)
        self.min_value, self.max_value, self.not_future, self.not_past = min_value, max_value, not_future, not_past
        self.noun = ""  # the label, once the field stands in a form

    def subject(self) -> str:
        """What an error is about: the label where it is a name, "The date" where it is a question."""
        label = str(self.noun or self.label or "")
        return "The date" if not label or label.endswith("?") else label

    def faulty_parts(self, value) -> list[str]:
        """Which boxes an error is about: those that are empty or can never be right, else those that do not go together."""
        if not isinstance(value, list | tuple):
            return []
        texts = dict(zip(self.parts, map(_part, value), strict=False))
        wrong = [part for part, text in texts.items() if not text or not self._can_be(part, text)]
        if not set(wrong) & set(DAY) and not self._is_real(texts):
            wrong = [*DAY, *wrong]
        if wrong:
            return wrong
        try:
            self.to_python(value)
        except ValidationError as error:
            return self._out_of_range(error.code, self._day(texts))
        return list(self.parts)  # a rule of the form refused it as a whole

    def _can_be(self, part: str, text: str) -> bool:
        """Can this stand in its box, whatever stands in the others?"""
        return self._number(part, text) is not None and (part != "year" or re.fullmatch(r"[0-9]{4}", text) is not None)

    def _is_real(self, texts: dict[str, str]) -> bool:
        try:
            return self._day(texts) is not None
        except ValidationError:
            return False

    def _out_of_range(self, code: str | None, day: dt.date) -> list[str]:
        today = timezone.localdate(timezone=times.LONDON)
        is_years_fault = {
            "future": day.year > today.year,
            "past": day.year < today.year,
            "early": day.year < self.min_value.year,
            "late": self.max_value is not None and day.year > self.max_value.year,
        }
        return ["year"] if is_years_fault.get(code) else list(DAY)

    @staticmethod
    def _number(part: str, text: str) -> int | None:
        if part == "month" and text.lower().rstrip(".") in _MONTHS:
            return _MONTHS[text.lower().rstrip(".")]
        if not re.fullmatch(r"[0-9]{1,4}", text):
            return None
        number = int(text)
        top = {"day": 31, "month": 12, "year": 9999}[part]
        return number if 1 <= number <= top else None

    def _day(self, texts: dict[str, str]) -> dt.date | None:
        missing = [part for part in ("day", "month", "year") if not texts[part]]
        if len(missing) == 3:
            return None
        if missing:
            words = " and ".join(("a " if i == 0 else "") + part for i, part in enumerate(missing))
            raise ValidationError(f"{self.subject()} must include {words}", code="incomplete")
        numbers = {part: self._number(part, texts[part]) for part in ("day", "month", "year")}
        if numbers["year"] and not re.fullmatch(r"[0-9]{4}", texts["year"]):
            raise ValidationError("Year must include 4 numbers", code="year")
        try:
            return dt.date(numbers["year"], numbers["month"], numbers["day"])
        except (TypeError, ValueError):
            raise ValidationError(f"{self.subject()} must be a real date", code="invalid") from None

    def _check_range(self, day: dt.date) -> None:
        today = timezone.localdate(timezone=times.LONDON)
        if self.not_future and day > today:
            raise ValidationError(f"{self.subject()} must be today or in the past", code="future")
        if self.not_past and day < today:
            raise ValidationError(f"{self.subject()} must be today or in the future", code="past")
        if day < self.min_value:
            earliest = f"{self.min_value.day} {self.min_value:%B} {self.min_value.year}"
            raise ValidationError(f"{self.subject()} must be on or after {earliest}", code="early")
        if self.max_value and day > self.max_value:
            latest = f"{self.max_value.day} {self.max_value:%B} {self.max_value.year}"
            raise ValidationError(f"{self.subject()} must be on or before {latest}", code="late")

    def to_python(self, value):
        if isinstance(value, dt.date):
            value = [value.day, value.month, value.year]
        if not isinstance(value, list | tuple):
            return None
        day = self._day(dict(zip(self.parts, map(_part, value), strict=False)))
        if day is not None:
            self._check_range(day)
        return day

    def has_changed(self, initial, data) -> bool:
        return list(map(_part, self.widget.decompress(initial))) != list(map(_part, data or []))


class DateTimeField(DateField):
    """A day and a time of London, cleaned to a UTC instant. Of an hour that comes twice, the earlier is meant."""

    widget = DateTimeParts
    parts = ("day", "month", "year", "time")

    def subject(self) -> str:
        label = str(self.noun or self.label or "")
        return "The date and time" if not label or label.endswith("?") else label

    def _can_be(self, part: str, text: str) -> bool:
        return times.parse_time(text) is not None if part == "time" else super()._can_be(part, text)

    def _out_of_range(self, code: str | None, day: dt.date) -> list[str]:
        today = timezone.localdate(timezone=times.LONDON)
        is_times_fault = code == "no_such_time" or (code in ("future", "past") and day == today)
        return ["time"] if is_times_fault else super()._out_of_range(code, day)

    def to_python(self, value):
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC)
        if not isinstance(value, list | tuple):
            return None
        texts = dict(zip(self.parts, map(_part, value), strict=False))
        typed = texts.get("time", "")
        day = self._day(texts)
        if day is None and not typed:
            return None
        if day is None:
            raise ValidationError(f"{self.subject()} must include a day, month and year", code="incomplete")
        if not typed:
            raise ValidationError(f"{self.subject()} must include a time, like 14:30 or 2:30pm", code="incomplete")
        time = times.parse_time(typed)
        if time is None:
            raise ValidationError("Enter the time like 14:30 or 2:30pm", code="time")
        self._check_range(day)
        try:
            at = times.instant(day, time)
        except times.NoSuchLocalTime:
            raise ValidationError(
                f"There was no {typed} on {times.local_date(day)}: the clocks went forward from 1am to 2am. Check the time",
                code="no_such_time",
            ) from None
        if self.not_future and at > timezone.now():
            raise ValidationError(f"{self.subject()} must be now or in the past", code="future")
        if self.not_past and at < timezone.now():
            raise ValidationError(f"{self.subject()} must be in the future", code="past")
        return at
