"""Narrowing a worklist down."""

from django import forms

from agencies.models import Agency
from cases.work import CLOCK_FILTERS, RISK_FILTERS, Filters


class WorkFilters(forms.Form):
    """Sent by GET; a choice that makes no sense narrows nothing."""

    risk = forms.ChoiceField(label="Risk", required=False, choices=[("", "Any"), *RISK_FILTERS.items()])
    clock = forms.ChoiceField(label="Promise", required=False, choices=[("", "Any"), *CLOCK_FILTERS.items()])
    lead = forms.ModelChoiceField(label="Lead agency", required=False, queryset=Agency.objects.none(), empty_label="Any")
    whose = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["lead"].queryset = Agency.objects.filter(is_active=True)

    def chosen(self):
        """The filters that hold, whatever else was sent."""
        self.is_valid()
        cleaned = self.cleaned_data
        lead = cleaned.get("lead")
        return Filters(cleaned.get("risk") or "", cleaned.get("clock") or "", lead.pk if lead else None)
