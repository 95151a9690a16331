"""After someone was in danger: the police incident number, and why it counts as dealt with."""

from django import forms

from cases.forms.case_file import EditForm, OnceForm
from referrals import rules


class IncidentNumberForm(EditForm):
    number = forms.CharField(
        label="Police incident number", help_text="The number only, as the police gave it. The case’s partners can read it.",
        max_length=rules.LONGEST_INCIDENT_NUMBER, widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )


class SettledForm(OnceForm):
    reason = forms.CharField(
        label="How do you know that it has been dealt with?", min_length=10, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For example, the police went there, or everyone is at a safe place. The case’s partners can read this. Leave out addresses.",
    )
