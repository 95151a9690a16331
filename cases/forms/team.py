"""The questions of whoever moves cases from one worker to another."""

from django import forms

from cases.forms.sharing import once
from ui.fields import ChoiceField, MultipleChoiceField


class HandOverForm(forms.Form):
    """Which cases, to whom, and why. `cases` are (reference, what it is, what to know of it)."""

    cases = MultipleChoiceField(
        label="Which cases?",
        error_messages={"required": "Tick the cases that change hands", "invalid_choice": "A case that you ticked is not with them any more. Tick again"},
    )
    worker = ChoiceField(label="Who should hold them?", error_messages={"required": "Choose who should hold them"})
    reason = forms.CharField(
        label="Why do they change hands?", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "Say why they change hands"},
        help_text="Your own agency reads this on each case. Both workers are told.",
    )
    once = once()

    def __init__(self, *args, cases, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cases"].choices = [(reference, name) for reference, name, _ in cases]
        self.fields["cases"].hints = {reference: hint for reference, _, hint in cases}
        self.fields["worker"].choices = [(str(pk), name) for pk, name, _ in people]
        self.fields["worker"].hints = {str(pk): hint for pk, _, hint in people}
