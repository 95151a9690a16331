"""Forms for the children of a case: asking, deciding, what is known of one, what they said."""

from django import forms

from cases.forms.case_file import EditForm, OnceForm, audience_field
from cases.models.children import (
    Asked,
    AtIncident,
    ChildConsent,
    Contact,
    Decision,
    LivesWith,
    NoteKind,
    ToPerpetrator,
)
from cases.models.chronology import Audience
from cases.rules.children import SCALE
from ui.fields import ChoiceField, DateField, MultipleChoiceField, Notes, YesNoField

_READ = "The case’s partners can read this."


class AskedForm(EditForm):
    answer = ChoiceField(
        label="Are there children of either of them, or is one expected?",
        help_text="Of the victim/survivor or of the alleged perpetrator; living elsewhere, away at the time, or not yet born too.",
        choices=Asked.choices, hints={Asked.YES: "Add each of them next.", Asked.NOT_KNOWN: "The case goes on asking."},
    )


class DecideChildForm(EditForm):
    """Is this child a victim in their own right?"""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    decision = ChoiceField(
        label="Is this child affected?", choices=Decision.choices,
        hints={
            Decision.VICTIM: "Under 18, sees or hears it or feels its effects, and is related to either of them (Domestic Abuse Act 2021, section 3).",
            Decision.NOT_AFFECTED: "Say why below. Living elsewhere, or having been away or asleep, is not a reason by itself.",
        },
        reveals={Decision.VICTIM: "effects"},
    )
    effects = MultipleChoiceField(
        label="What did they see, hear or feel?", required=False,
        choices=[("saw", "They saw it"), ("heard", "They heard it"), ("felt_effects", "They feel its effects")],
        hints={"felt_effects": "Fear, sleep, school, moving home, a parent who is hurt or afraid. For an unborn child, the risk to the pregnancy."},
    )
    reason = forms.CharField(
        label="Why?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text=f"{_READ} Leave out the school and where they live.",
    )

    def clean(self):
        facts = super().clean()
        if facts.get("decision") == Decision.NOT_AFFECTED:
            # Hidden on the page by then: what was ticked before the answer changed is not meant.
            facts["effects"] = []
        return facts


class RiskForm(EditForm):
    """How serious it is for this child."""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    scale = ChoiceField(
        label="How serious is it for this child?", choices=[(str(number), f"{number}: {words}") for number, words in SCALE.items()],
        help_text="By the local matrix for children (DVRIM), which needs training. Under seven, or with special needs, one step more counts.",
    )
    has_special_needs = YesNoField(label="Do they have special needs, or a disability?")
    protective = forms.CharField(
        label="What protects them?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=f"{_READ} Leave out the school.",
    )
    reason = forms.CharField(label="Why?", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text=f"{_READ} Leave out the school and where they live.")

    def facts(self):
        """What the action takes."""
        return self.cleaned_data | {"scale": int(self.cleaned_data["scale"])}


class ChildForm(EditForm):
    """What is known of a child's life. Who may not see protected places is not asked for them once they are protected."""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    def __init__(self, *args, with_places, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["to_perpetrator"] = ChoiceField(label="What are they to the alleged perpetrator?", choices=ToPerpetrator.choices, initial=ToPerpetrator.UNKNOWN)
        fields["lives_with"] = ChoiceField(label="Whom do they live with?", choices=LivesWith.choices, initial=LivesWith.UNKNOWN)
        fields["in_whose_care"] = _line("In whose care are they now?", 200)
        fields["parental_responsibility"] = _line("Who has parental responsibility?", 300)
        fields["court_orders"] = _line("Orders of the family court about them", 500)
        if with_places:
            self._ask_places()
        fields["at_incident"] = ChoiceField(label="Where were they when it last happened?", choices=AtIncident.choices, initial=AtIncident.UNKNOWN)
        fields["seen_on"] = DateField(label="When did a worker last see them?", required=False, not_future=True)
        fields["own_worker"] = _line("Their own worker", 200, help_text="Name, job and agency.")
        fields["contact"] = ChoiceField(label="Do they have contact with the alleged perpetrator?", choices=Contact.choices, initial=Contact.UNKNOWN)
        fields["contact_arrangement"] = Notes(
            label="How is contact arranged?", required=False, max_length=1000, rows=3, help_text=f"{_READ} Leave out the school and where they live.",
        )
        fields["consent"] = ChoiceField(label="Who agreed to help for the child?", choices=ChildConsent.choices, initial=ChildConsent.NOT_ASKED)

    def _ask_places(self):
        fields = self.fields
        fields["school"] = _line("School or nursery", 200)
        fields["gp"] = _line("GP", 200)
        fields["health_visitor"] = _line("Health visitor", 200)
        fields["lives_where"] = _line("Where they live, if not with the victim/survivor", 300)
        fields["is_protected"] = YesNoField(
            label="Should these places be protected?", initial=True,
            hints={"yes": "Only people who may see protected addresses see the school, GP, health visitor and home.", "no": "All of the case’s partners see them."},
        )


def _line(label, longest, **kwargs):
    return forms.CharField(label=label, required=False, max_length=longest, **kwargs)


class ChildNoteForm(OnceForm):
    """What the child said, needs, or does to stay safe."""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    def __init__(self, *args, readers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"] = ChoiceField(
            label="What are you writing down?", choices=NoteKind.choices,
            hints={
                NoteKind.ACCOUNT: "As they said it. Say where and when, and who was there.",
                NoteKind.NEEDS: "Health, school, sleep, fear, how they behave; what puts them at risk, and what protects them.",
                NoteKind.PLAN: "Where to go, whom to tell, how to ring 999, the word that means help. Nothing that asks them to step in.",
            },
        )
        self.fields["text"] = Notes(label="In words", max_length=5000, rows=8)
        self.fields["audience"] = audience_field(readers)
        self.fields["audience"].initial = Audience.AGENCY
