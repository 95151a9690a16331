"""What a person fills in on the pages of a DASH: before asking, the items of one part, the level, the second person's decision."""

from uuid import uuid4

from django import forms

from cases.dash import practitioner
from cases.dash.reading import Given, mark_of
from cases.forms.case_file import audience_field
from cases.models.assessment import LevelBasis, Said, Source
from cases.models.case import RiskLevel
from cases.rules import dash as rules
from cases.rules.critical import FACTORS
from ui.fields import ChoiceField, MultipleChoiceField, Notes, YesNoField

_HELD = [choice for choice in Source.choices if choice[0] != Source.VICTIM]


class OnceForm(forms.Form):
    """A form that does its work once, however often it is sent."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)


class StartForm(OnceForm):
    """Before the first question: with whom, and whether now is safe."""

    how = ChoiceField(
        label="How will you complete it?",
        choices=[("with", "With the victim/survivor"), ("held", "From what is held about them")],
        error_messages={"required": "Select how you will complete it"},
        reveals={"with": "can_talk", "held": "source"},
    )
    can_talk = YesNoField(
        label="Can they talk now, alone and safely, for long enough?",
        help_text="Nobody else in hearing, children too. Allow half an hour or more.",
        required=False,
    )
    source = forms.ChoiceField(
        label="Where does most of it come from?", choices=[("", "Choose"), *_HELD], required=False, help_text="You can change it for each item."
    )

    def clean(self):
        facts = super().clean()
        if facts.get("how") == "with" and "can_talk" not in self.errors:
            if facts.get("can_talk") is None:
                self.add_error("can_talk", "Say whether they can talk now")
            elif not facts["can_talk"]:
                self.add_error("can_talk", "Do not ask the questions now. Agree a safe time, or complete it from what is held")
        if facts.get("how") == "held" and not facts.get("source") and "source" not in self.errors:
            self.add_error("source", "Choose where most of it comes from")
        return facts


class AskForm(OnceForm):
    """Who is asked for a DASH, and what they should know first."""

    for_own_agency = True

    colleague = ChoiceField(label="Whom do you ask?", error_messages={"required": "Choose whom you ask"})
    why = forms.CharField(
        label="What should they know first?", help_text="Optional. For example what worries you, or when they can be met.", max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, people, **kwargs):
        super().__init__(**kwargs)
        self.fields["colleague"].choices = [(str(person.pk), person.full_name) for person in people]


class SectionForm(forms.Form):
    """The items of one part of the question set, each with its answer, its source and a comment. Any of them may stay open in a draft."""

    opened_with = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args, section, stored, **kwargs):
        super().__init__(*args, **kwargs)
        self.section, self.stored, self.conflicts = section, stored, {}
        self.fields["opened_with"].initial = mark_of(stored.values())
        for item in section.items:
            answer, number = stored[item.number], item.number
            self.fields[f"said_{number}"] = ChoiceField(label=f"Item {number}", choices=list(item.choices.items()), required=False, initial=answer.said)
            self.fields[f"source_{number}"] = forms.ChoiceField(
                label=f"Source of item {number}", choices=Source.choices, required=False, initial=answer.source
            )
            self.fields[f"comment_{number}"] = Notes(label=f"Comment on item {number}", help_text=item.ask, rows=2, required=False, initial=answer.comment)

    def questions(self):
        """Each item with its fields, for the page; `saved` is what somebody else saved meanwhile, where it differs."""
        for item in self.section.items:
            yield {
                "item": item,
                "said": self[f"said_{item.number}"],
                "source": self[f"source_{item.number}"],
                "comment": self[f"comment_{item.number}"],
                "saved": self.conflicts.get(item.number),
            }

    def given(self):
        """The answers as given."""
        facts = self.cleaned_data
        return {
            item.number: Given(
                facts[f"said_{item.number}"], facts[f"source_{item.number}"] or self.stored[item.number].source, facts[f"comment_{item.number}"]
            )
            for item in self.section.items
        }


class PractitionerForm(forms.Form):
    """The practitioner's section after the last item. All of it may stay empty."""

    opened_with = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    other_concerns = Notes(
        label="What else may raise the risk?", required=False, rows=5,
        help_text="What they told you or you noticed. Think of disability, drink or drugs, mental health, language, culture or faith, "
        "so-called honour, and making light of it.",
    )
    will_engage = ChoiceField(
        label="Is the victim/survivor willing to take up support?", choices=Said.choices, required=False,
    )
    weapon_access = Notes(
        label="Does the alleged perpetrator’s work, or an interest, give them access to weapons?", required=False, rows=3,
        help_text="Say what it is and what they can get hold of. Think of guns, knives, tools, vehicles, chemicals, animals and training.",
    )
    priorities = Notes(
        label="What matters most to the victim/survivor for their safety?", required=False, rows=4, help_text="In their own words where you can.",
    )

    critical_factors = MultipleChoiceField(
        label="Is any of these so, whatever the answers say?", required=False, choices=list(FACTORS.items()),
        help_text="Each can mean high risk by itself. Tick what was said or seen, also where no item asks for it. A tick never makes the level lower.",
    )

    def __init__(self, *args, stored, **kwargs):
        super().__init__(*args, initial={**stored._asdict(), "opened_with": practitioner.mark_of(stored)}, **kwargs)
        self.conflicts = []

    def section(self):
        """The section as given."""
        given = practitioner.Section(**{name: self.cleaned_data[name] for name in practitioner.Section._fields})
        return given._replace(critical_factors=tuple(given.critical_factors))


class LevelForm(OnceForm):
    """The level, what decided it, and why."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    final_level = ChoiceField(
        label="Which level do you decide on?",
        error_messages={"required": "Select the level that you decide on"},
        choices=RiskLevel.choices,
        hints={
            RiskLevel.HIGH: "Signs that serious harm is near. It could happen at any time.",
            RiskLevel.MEDIUM: "Signs of serious harm, not likely unless something changes: a home or a relationship lost, medication stopped, "
            "more drink or drugs.",
            RiskLevel.STANDARD: "Nothing at present points to serious harm.",
        },
    )
    level_basis = ChoiceField(
        label="What decided the level?",
        error_messages={"required": "Select what decided the level"},
        choices=[choice for choice in LevelBasis.choices if choice[0] in rules.BASES],
        hints={
            LevelBasis.SCORE: "The level is the one that the score suggests.",
            LevelBasis.JUDGEMENT: "You are more, or less, concerned than the score says. Say why below.",
            LevelBasis.ESCALATION: "Several incidents were reported to the police in the last 12 months.",
            LevelBasis.REPEAT: "Heard at MARAC before, and something has happened since.",
        },
    )
    rationale = Notes(
        label="Why?", required=False,
        help_text="Needed where the level is not the suggested one or is below the case’s level now, or judgement decided. "
        f"At least {rules.RATIONALE_LEAST} characters where judgement alone makes it high.",
    )

    def __init__(self, *args, suggested, current, **kwargs):
        super().__init__(*args, **kwargs)
        self.suggested, self.current = suggested, current

    def clean(self):
        facts = super().clean()
        final, basis = facts.get("final_level"), facts.get("level_basis")
        if final and basis:
            for reason in rules.reasons_basis_unfit(final, self.suggested, basis):
                self.add_error("level_basis", reason)
            if "rationale" in facts:
                for reason in rules.reasons_rationale_short(final, self.suggested, basis, facts["rationale"], self.current):
                    self.add_error("rationale", reason)
        return facts


class FollowOnForm(OnceForm):
    """Signing a follow-on set, which sets no level: who may read it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, readers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["audience"] = audience_field(readers)


class DecideForm(OnceForm):
    """The second person's decision."""

    decision = ChoiceField(
        label="Do you approve the lower level?", choices=[("approved", "Yes, approve it"), ("declined", "No, the level stays")],
        error_messages={"required": "Select whether you approve the lower level"},
    )
    reason = Notes(label="Why?", max_length=1000, rows=4, error_messages={"required": "Say why"})
