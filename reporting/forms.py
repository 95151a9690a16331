"""The one question of the returns: which quarter."""

from uuid import uuid4

from django import forms

from reporting.quarters import parse_quarter


class QuarterForm(forms.Form):
    """Choose a quarter. The one that still runs says so."""

    quarter = forms.TypedChoiceField(
        label="Quarter", coerce=parse_quarter, help_text="The reporting year begins on 1 April.",
        error_messages={"required": "Choose a quarter"},
    )
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args, quarters, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = [
            (one.code, f"{one.label} ({one.reporting_label})" + ("" if one.is_complete(at) else ", incomplete")) for one in quarters
        ]
