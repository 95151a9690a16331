"""Forms of a homeless application. What a topic does not ask is not on its form."""

from cases.forms.case_file import EditForm, OnceForm
from referrals.homeless import rules
from referrals.homeless.models import Side
from ui.fields import ChoiceField, DateField, DateTimeField, Notes, YesNoField

_LOOKED_AT = {
    "areas_checked": "Was it checked against the areas that are unsafe for them?", "is_safe": "Is it safe?", "is_suitable": "Is it suitable for the household?",
    "is_affordable": "Can they afford it?",
}


class DecideForm(EditForm):
    """One decision: the answer, what was looked at, and why."""

    def __init__(self, *args, topic, **kwargs):
        super().__init__(*args, **kwargs)
        spec = rules.TOPICS[topic]
        reveals = {"placed": list(_LOOKED_AT)} if topic == rules.INTERIM else {}
        self.fields["answer"] = ChoiceField(label=spec.question, choices=list(spec.answers.items()), reveals=reveals, error_messages={"required": "Choose an answer"})
        if topic == rules.INTERIM:
            for name, label in _LOOKED_AT.items():
                self.fields[name] = YesNoField(label=label, required=False)
        if topic == rules.MAIN:
            self.fields["given_how"] = ChoiceField(
                label="How did they get the letter?", choices=list(rules.LETTERS.items()), error_messages={"required": "Say how they got the letter safely"},
                help_text="Never to a home that the alleged perpetrator shares or can reach.",
            )
            self.fields["given_at"] = DateTimeField(label="When did they get it?", not_future=True)
        self.fields["why"] = Notes(
            label="Why?", required=False, max_length=2000, rows=4, help_text="Only your agency reads this. The answer itself is shared with the case’s partners.",
        )

    def facts(self):
        """What the action takes."""
        return dict(self.cleaned_data)


class EndDutyForm(EditForm):
    """How a duty ended."""

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(code, words) for code, words in rules.ENDINGS.items() if not (kind == rules.RELIEF and code in rules.NOT_OF_RELIEF)]
        self.fields["ending"] = ChoiceField(label="How did it end?", choices=choices, error_messages={"required": "Choose how it ended"})
        self.fields["why"] = Notes(label="What happened?", required=False, max_length=300, rows=3)


class ReviewForm(EditForm):
    """A review of the decision was asked for."""

    asked_on = DateField(label="On which day did they ask for it?", not_future=True)
    why_late = Notes(label="If it is late: why is it taken all the same?", required=False, max_length=300, rows=3)


class StepForm(OnceForm):
    """One step of the Personalised Housing Plan. They get these words on paper."""

    side = ChoiceField(label="Whose step is it?", choices=Side.choices, error_messages={"required": "Choose whose step it is"})
    words = Notes(
        label="What is to be done?", max_length=500, rows=3, error_messages={"required": "Write down what is to be done"},
        help_text="They get these words on paper if they want them. Write so that nobody who finds it learns why they move, or where.",
    )
    by_on = DateField(label="By when?", required=False)


class EndStepForm(OnceForm):
    """What became of a step."""

    ending = ChoiceField(
        label="What has become of it?", choices=[("done", "Done"), ("dropped", "Not needed any more")], error_messages={"required": "Choose what has become of it"},
    )


class AgreeForm(EditForm):
    """The plan was gone through with them."""

    is_agreed = YesNoField(label="Do they agree with the plan?", reveals={"no": "why_not"}, error_messages={"required": "Say whether they agree"})
    why_not = Notes(label="Why do they not agree?", required=False, max_length=1000, rows=3)
