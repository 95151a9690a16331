"""Proposing a new value for a negotiated number, or wording."""

from datetime import time
from uuid import uuid4

from django import forms
from django.utils import timezone

from agencies.policies import KEYS
from ui.fields import ChoiceField, DateField
from ui.times import LONDON, instant

_LOST = "This page lost part of itself on the way. Open it again"


class PolicyForm(forms.Form):
    """The value (with its unit, where it is a length of time), from when, and why."""

    value = forms.IntegerField(label="New value", widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}))
    unit = ChoiceField(
        label="Counted in", error_messages={"required": "Choose elapsed hours or working days"}, choices=[("h", "Elapsed hours"), ("wd", "Working days")],
        hints={"h": "Nights, weekends and bank holidays count.", "wd": "The first one is the first working day after the start."},
    )
    when = ChoiceField(
        label="From when?", choices=[("now", "From now"), ("day", "From the start of a later day")], reveals={"day": "from_day"}, initial="now",
    )
    from_day = DateField(label="First day", required=False, not_past=True)
    reason = forms.CharField(label="Why, and who agreed it?", max_length=300, error_messages={"required": "Say why, and who agreed it"}, widget=forms.Textarea(attrs={"rows": 3}))
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, error_messages={"required": _LOST, "invalid": _LOST})

    def __init__(self, key, *args, **kwargs):
        super().__init__(*args, **kwargs)
        spec = KEYS[key]
        if spec.kind == "words":
            self.fields["value"] = forms.CharField(label="New wording", max_length=spec.at_most)
        self.fields["value"].error_messages |= {"required": "Enter the new value", "invalid": "Enter a whole number"}
        self.fields["value"].help_text = f"From {spec.at_least} to {spec.at_most:,}." if spec.kind != "words" else f"At most {spec.at_most} characters."
        if spec.kind != "allowance":
            del self.fields["unit"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") != "day":
            # The box is out of sight: what was once typed there neither counts nor stands in the way.
            self.errors.pop("from_day", None)
            cleaned["from_day"] = None
        if cleaned.get("when") == "day" and not cleaned.get("from_day") and "from_day" not in self.errors:
            self.add_error("from_day", "Enter the first day")
        return cleaned

    @property
    def proposed(self):
        """The value as it is kept: "24h", "2wd", "12"."""
        return f"{self.cleaned_data['value']}{self.cleaned_data.get('unit', '')}"

    @property
    def effective_from(self):
        """The first instant of the chosen day in London; None means now."""
        day = self.cleaned_data.get("from_day")
        if self.cleaned_data["when"] == "now" or day is None or day <= timezone.localdate(timezone=LONDON):
            return None
        return instant(day, time(0))
