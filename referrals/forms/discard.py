"""Why a draft is discarded."""

from django import forms


class DiscardForm(forms.Form):
    reason = forms.CharField(
        label="Why?", help_text="For example, begun twice, or it turned out to be about something else.", max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
