"""Sums of money as people type them, kept in pence."""

import re

from django import forms
from django.core.exceptions import ValidationError

_SUM = re.compile(r"^(\d{1,6}|\d{1,3},\d{3})(?:\.(\d{1,2}))?$")


class MoneyField(forms.Field):
    """Pounds and pence: "35", "£35.50", "1,204.5"; cleaned to pence, None where nothing was typed."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-5", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value):
        text = str(value or "").replace("£", "").replace(" ", "")
        if not text:
            return None
        match = _SUM.match(text)
        if not match or not text.isascii():
            raise ValidationError("Enter a sum in pounds, like 35 or 35.50", code="invalid")
        return int(match[1].replace(",", "")) * 100 + int((match[2] or "0").ljust(2, "0"))

    def prepare_value(self, value):
        return f"{value / 100:.2f}" if isinstance(value, int) else value
