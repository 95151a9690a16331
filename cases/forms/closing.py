"""What is asked when a case is closed: why, what came of it, how the risk stands, whether somebody may ask afterwards."""

from django import forms

from cases.forms.case_file import EditForm, audience_field
from cases.models.case import ClosingReason
from cases.models.closing import HousingOutcome, SafeguardingOutcome, Survey
from cases.rules import outcomes as rules
from ui.fields import ChoiceField, MultipleChoiceField, Notes, YesNoField

_NOT_ASKED = "Leave the rest empty where the reason is “deceased” or “duplicate”."


class CloseForm(EditForm):
    """All of it on one page. `dash` is the DASH at exit, or None; `ways` are the safe ways of contact: id and name."""

    closing_reason = ChoiceField(
        label="Why is the case being closed?",
        help_text=_NOT_ASKED,
        choices=ClosingReason.choices,
        hints={
            ClosingReason.UNABLE_TO_CONTACT: "Only a manager may close a case for this reason.",
            ClosingReason.IMPRISONED: "Only after a review: say when it was, and what it found.",
        },
    )
    is_planned = YesNoField(label="Was the end planned with them?", required=False)
    housing = ChoiceField(label="What came of the help with housing?", choices=HousingOutcome.choices, required=False)
    safeguarding = ChoiceField(label="What came of safeguarding, of children and adults?", choices=SafeguardingOutcome.choices, required=False)
    onward = MultipleChoiceField(label="Where were they referred on to?", choices=list(rules.ONWARD.items()), required=False)
    onward_note = forms.CharField(label="To whom, and what came of it", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, readers=(), dash=None, ways=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.dash, fields = dash, self.fields
        if dash is None:
            fields["no_exit_dash_reason"] = forms.CharField(
                label="Why is there no DASH at exit?", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
                help_text="None was signed lately. Assess the risk before you close, or say why that was not possible.",
            )
        for code, measure in rules.MEASURES.items():
            # Lists to choose from: as buttons, seven questions would be a page of their own.
            fields[code] = forms.ChoiceField(label=measure.question, choices=[("", "Choose an answer"), *measure.answers.items()], required=False)
        choices = Survey.choices if ways else [one for one in Survey.choices if one[0] != Survey.YES]
        fields["survey"] = ChoiceField(label="May somebody ask them afterwards how it was?", choices=choices, required=False, reveals={"yes": "survey_contact"} if ways else {})
        if ways:
            fields["survey_contact"] = ChoiceField(
                label="By which way?", choices=[(str(pk), label) for pk, label in ways.items()], required=False, help_text="Only the ways that are known to be safe.",
            )
        fields["summary"] = Notes(label="What was done, and what should happen if they come back", rows=8)
        fields["audience"] = audience_field(readers, label="Who may read what you wrote here?")

    def clean(self):
        facts = super().clean()
        if not facts.get("closing_reason"):
            return facts
        said = {name: answer for name, answer in self.facts().items() if name not in ("summary", "audience", "once", "revision")}
        contact = said.pop("survey_contact")
        for field, reason in rules.reasons_incomplete(**said, has_exit_dash=self.dash is not None, has_survey_contact=contact is not None).items():
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, reason)
        return facts

    def facts(self):
        """What the action takes."""
        facts = {"is_planned": None, "no_exit_dash_reason": "", "onward": [], **self.cleaned_data}
        facts = {name: facts.get(name, "") if name != "is_planned" else facts[name] for name in {*facts, "housing", "safeguarding", "onward_note", "survey"}}
        facts["outcomes"] = {code: answer for code in rules.MEASURES if (answer := facts.pop(code, ""))}
        contact = facts.pop("survey_contact", "")
        facts["survey_contact"] = int(contact) if contact and facts["survey"] == Survey.YES else None
        return facts
