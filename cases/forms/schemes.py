"""Forms for a request under the disclosure scheme, its steps, and MAPPA and IOM markers."""

from django import forms

from cases.forms.case_file import EditForm, audience_field
from cases.forms.orders import known
from cases.models.chronology import Audience
from cases.models.people import Role
from cases.models.schemes import Decision, MappaCategory, MappaLevel, Route, Step
from ui.fields import ChoiceField, DateField, DateTimeField, Notes, YesNoField

_KNOWN = [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")]


class RequestForm(EditForm):
    """A request. `parties` are the people of the case."""

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["route"] = ChoiceField(label="Who asked, or what raised it?", choices=Route.choices, reveals={Route.THIRD_PARTY: "applicant"})
        fields["applicant"] = forms.CharField(label="What are they to the person at risk?", required=False, max_length=200, help_text="Without a name.")
        fields["at_risk"] = _people("Who is at risk?", [party for party in parties if party.role != Role.PERPETRATOR])
        fields["subject"] = _people("Who is it about?", [party for party in parties if party.role == Role.PERPETRATOR])
        fields["asked_at"] = DateTimeField(label="When was the request made?", not_future=True, help_text="The 28 days run from then.")

    def facts(self):
        """What the action takes."""
        return self.cleaned_data | {name: int(self.cleaned_data[name]) for name in ("at_risk", "subject")}


def _people(label, parties):
    field = ChoiceField(label=label, choices=[(str(party.pk), f"{party.person.name}, {party.get_role_display().lower()}") for party in parties])
    if len(parties) == 1:
        field.initial = str(parties[0].pk)
    return field


class StepForm(EditForm):
    """What happened next. `steps` are those that may come; `decided` what the forum decided."""

    audience_governs = ("text",)

    def __init__(self, *args, steps, decided, readers, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        told = ["told", "safe_way", *(["confidentiality_signed"] if decided != Decision.NOT else [])]
        reveals = {Step.DECISION: ["decision"], Step.TOLD: told}
        fields["step"] = ChoiceField(
            label="What happened?", choices=[(code, Step(code).label) for code in steps], reveals={code: reveals[code] for code in steps if code in reveals},
        )
        if Step.DECISION in steps:
            fields["decision"] = ChoiceField(label="What did it decide?", choices=Decision.choices, required=False)
        if Step.TOLD in steps:
            fields["told"] = forms.CharField(label="Who was told?", required=False, max_length=200)
            fields["safe_way"] = forms.CharField(
                label="How were they told safely?", required=False, max_length=300, help_text="Where, by whom, alone, and nothing left in writing.",
            )
            if decided != Decision.NOT:
                fields["confidentiality_signed"] = YesNoField(label="Did they sign that they will keep it confidential?", required=False)
        fields["happened_at"] = DateTimeField(label="When was it?", not_future=True)
        fields["text"] = Notes(
            label="What was found, decided or disclosed, and why?", required=False, max_length=5000, rows=6,
            help_text="That this step was taken is shared with the case’s partners. These words go only to whom you choose.",
        )
        fields["audience"] = audience_field(readers, label="Who may read these words?")
        fields["audience"].initial = Audience.AGENCY

    def facts(self):
        """What the action takes."""
        return dict(self.cleaned_data)


class MarkerForm(EditForm):
    """MAPPA and IOM."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["mappa_category"] = ChoiceField(label="Which MAPPA category?", choices=MappaCategory.choices)
        fields["mappa_level"] = ChoiceField(
            label="At which level are they managed?", choices=MappaLevel.choices, required=False, help_text="Leave empty where they are not under MAPPA.",
        )
        fields["is_iom"] = ChoiceField(label="Are they under integrated offender management (IOM)?", choices=_KNOWN, initial="unknown")
        fields["review_on"] = DateField(label="Date of the next review", required=False)
        fields["source"] = forms.CharField(label="Who said so?", max_length=200, help_text="The agency and the job, without a name.")

    def facts(self):
        """What the action takes."""
        return self.cleaned_data | {"is_iom": known(self.cleaned_data["is_iom"])}
