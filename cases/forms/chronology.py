"""Looking for entries in a chronology: of what kind, whose, from when to when, read by whom."""

from datetime import time

from django import forms

from cases.chronology import KINDS
from cases.models.chronology import Audience
from ui.fields import DateField
from ui.times import instant

_ANY = [("", "Any")]


class ChronologyFilter(forms.Form):
    """Every question may be left open. `agencies` are those that have written what the reader may read: (id, name)."""

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["kind"] = forms.ChoiceField(label="About", choices=[*_ANY, *KINDS.items()], required=False)
        fields["agency"] = forms.ChoiceField(label="Written by", choices=[*_ANY, *((str(pk), name) for pk, name in agencies)], required=False)
        fields["readers"] = forms.ChoiceField(
            label="Read by", choices=[*_ANY, (Audience.PARTNERS, "The case’s partners"), (Audience.AGENCY, "My agency only")], required=False,
        )
        fields["since"] = DateField(label="From", required=False)
        fields["until"] = DateField(label="To", required=False)

    def clean(self):
        facts = super().clean()
        if facts.get("since") and facts.get("until") and facts["until"] < facts["since"]:
            self.add_error("until", "The last day must be the first day or later")
        return facts

    def narrow(self, entries):
        """Of these entries, those that are looked for; all of them while the form says something that makes no sense."""
        if not self.is_valid():
            return entries
        facts = self.cleaned_data
        asked = {"kind": facts["kind"], "agency": facts["agency"], "audience": facts["readers"]}
        entries = entries.filter(**{name: value for name, value in asked.items() if value})
        if facts["since"]:
            entries = entries.filter(happened_at__gte=instant(facts["since"], time(0)))
        if facts["until"]:
            entries = entries.filter(happened_at__lte=instant(facts["until"], time(23, 59)))
        return entries

    @property
    def is_narrowed(self):
        return self.is_valid() and any(self.cleaned_data.values())
