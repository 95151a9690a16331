"""Forms for two records of one person: where the other record is, which value holds, and what the second person decides."""

from django import forms

from cases.forms.case_file import OnceForm
from cases.merging import LABELS, said
from cases.models.flag import Decision
from cases.rules import merging as rules
from ui.fields import ChoiceField, Notes

_READ = "Whoever may read every case on which either of them stands reads this. No addresses."


class OtherCaseForm(forms.Form):
    """Another case on which somebody of this one may stand too."""

    reference = forms.CharField(
        label="Reference of the other case", max_length=20, help_text="For example K7Q4-M9XD.", error_messages={"required": "Enter the reference of the other case"},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"] = ChoiceField(label="Who of this case?", choices=people, error_messages={"required": "Select who may be on record twice"})
        self.order_fields(["person", "reference"])


class ProposeMergeForm(OnceForm):
    """Which value holds of each fact in which the records differ, and how somebody knows that they are of one person."""

    opened_with = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, pair, **kwargs):
        super().__init__(*args, **kwargs)
        kept, absorbed = pair.facts()
        self.asked = rules.to_ask(kept, absorbed)
        for name in self.asked:
            self.fields[name] = ChoiceField(
                label=f"{LABELS[name]}: which is right?", choices=[(rules.KEPT, said(name, kept[name])), (rules.ABSORBED, said(name, absorbed[name]))],
                error_messages={"required": f"Select which {LABELS[name].lower()} is right"},
            )
        self.fields["reason"] = Notes(label="How do you know that they are one person?", max_length=1000, rows=4, help_text=_READ)
        self.initial.setdefault("opened_with", pair.mark())

    def facts(self):
        """What the action takes."""
        typed = self.cleaned_data
        return {"holds": {name: typed[name] for name in self.asked}, "reason": typed["reason"], "opened_with": typed["opened_with"], "once": typed["once"]}


class ProposeUndoForm(OnceForm):
    reason = Notes(label="Why are they two people after all?", max_length=1000, rows=4, help_text=_READ)


class WithdrawForm(OnceForm):
    reason = Notes(label="Why do you take it back?", max_length=1000, rows=3, help_text=_READ)


class DecideMergeForm(OnceForm):
    """The second person's answer. `yes` and `no` say what each of them does."""

    opened_with = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, question, yes, no, mark="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decision"] = ChoiceField(
            label=question, choices=[(Decision.APPROVED, yes), (Decision.DECLINED, no)], error_messages={"required": "Select whether you approve it"}
        )
        self.fields["reason"] = Notes(label="Why?", max_length=1000, rows=4, help_text=_READ)
        self.initial.setdefault("opened_with", mark)
