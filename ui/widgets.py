"""Owns the boxes of answers that need more than one, or more than Django draws: date parts, radios, checkboxes."""

import datetime as dt

from django import forms

from ui.times import LONDON


class Radios(forms.RadioSelect):
    """Radio buttons; drawn by ui/fields/choices.html."""


class Checkboxes(forms.CheckboxSelectMultiple):
    """Checkboxes; drawn by ui/fields/choices.html."""


class DateParts(forms.MultiWidget):
    """Three boxes named <field>_day, <field>_month and <field>_year."""

    labels = {"day": "Day", "month": "Month", "year": "Year"}
    use_fieldset = True

    def __init__(self, attrs=None, parts=("day", "month", "year")) -> None:
        super().__init__(dict.fromkeys(parts, forms.TextInput), attrs)

    def decompress(self, value):
        if isinstance(value, dt.date):
            return [str(value.day), str(value.month), str(value.year)]
        return ["", "", ""]


class DateTimeParts(DateParts):
    """The three boxes of a day and one for the time, <field>_time."""

    labels = {**DateParts.labels, "time": "Time"}

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs, parts=("day", "month", "year", "time"))

    def decompress(self, value):
        if isinstance(value, dt.datetime):
            local = value.astimezone(LONDON)
            return [*super().decompress(local.date()), f"{local:%H:%M}"]
        return ["", "", "", ""]
