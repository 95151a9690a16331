"""The one question of the returns: which quarter."""

from uuid import uuid4

from django import forms

from reporting.quarters import parse_quarter
from ui.times import local_date


class QuarterForm(forms.Form):
    """Choose a quarter that is over. When the one that still runs can be chosen stands beside the question."""

    quarter = forms.TypedChoiceField(
        label="Quarter", coerce=parse_quarter,
        error_messages={"required": "Choose a quarter"},
    )
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args, quarters, running, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = [(one.code, f"{one.label} ({one.reporting_label})") for one in quarters]
        self.fields["quarter"].help_text = (
            f"The reporting year begins on 1 April. {running.label} still runs: it can be asked for from {local_date(running.ends_at)}."
        )
