"""Forms for a safety plan: a page of its draft, and what is asked when it is finished."""

from django import forms

from cases.forms.case_file import OnceForm, Revision
from cases.plans import mark_of
from cases.rules import plan as rules
from ui.fields import DateField, Notes, YesNoField


class PlanPartForm(OnceForm):
    """One page of a draft. It carries the mark of what was saved when it was opened; everything on it may stay empty."""

    opened_with = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, stored, **kwargs):
        kwargs["initial"] = {**stored, "opened_with": mark_of(stored)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.codes = list(stored)
        for code in self.codes:
            section = rules.SECTIONS[code]
            self.fields[code] = Notes(label=section.label, help_text=section.hint, required=False, max_length=rules.LONGEST, rows=4)

    def facts(self):
        """What the action takes."""
        typed = self.cleaned_data
        return {"texts": {code: typed[code] for code in self.codes}, "opened_with": typed["opened_with"], "once": typed["once"]}


class FinishPlanForm(OnceForm):
    """Agreed or why not, copy or none, and when it is reviewed. The hidden numbers say what was on the page when it was read."""

    draft_revision, newest_seen = Revision(), Revision()
    is_agreed = YesNoField(label="Is it agreed with the victim/survivor?", reveals={"yes": ["agreed_on", "agreed_with"], "no": "not_agreed_reason"})
    agreed_on = DateField(label="When did they agree?", required=False, not_future=True)
    agreed_with = forms.CharField(label="Who went through it with them?", required=False, max_length=120)
    not_agreed_reason = Notes(label="Why is it not agreed with them?", required=False, max_length=1000, rows=3)
    has_copy = YesNoField(label="Have they been given a copy?", reveals={"yes": "copy_kept"})
    copy_kept = forms.CharField(
        label="Where is the copy, and why is it safe there?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A copy on a telephone, a computer or a cloud account that is shared or searched is a danger. So is one in a bag, a car or a home that is.",
    )
    wants_address = YesNoField(
        label="Do they want their address and their safe place on a printed copy?", initial=False,
        help_text="Only if they ask for it: to read it out to the police, say. Otherwise neither is printed.",
    )

    def __init__(self, *args, basis, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["review_on"] = DateField(label="When should it be reviewed?", not_past=True, help_text=f"{basis}. Earlier where things may change sooner.")

    def clean(self):
        facts = super().clean()
        if facts.get("is_agreed") is True:
            self._need("agreed_on", "Enter when they agreed")
            self._need("agreed_with", "Enter who went through it with them")
        if facts.get("is_agreed") is False:
            self._need("not_agreed_reason", "Say why it is not agreed with them")
        if facts.get("has_copy"):
            self._need("copy_kept", "Say where the copy is kept, and why it is safe there")
        return facts

    def _need(self, name, words):
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, words)
