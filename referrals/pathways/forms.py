"""Forms on the steps of a pathway."""

from cases.forms.case_file import EditForm, OnceForm
from referrals import pathways
from referrals.pathways import rules
from referrals.routes import PATHWAYS
from ui.fields import ChoiceField, Notes

_SAID = {rules.DONE: "It is done", rules.NOT_NEEDED: "It is not needed"}


class StepForm(OnceForm):
    """What has become of a step, and why where it is not needed. Partners on the case read it."""

    state = ChoiceField(label="What has become of this step?", choices=(), error_messages={"required": "Choose whether it is done or not needed"})
    reason = Notes(
        label="Why, or what was done", max_length=500, required=False,
        help_text="A reason is needed where the step is not. Everybody who works on the case reads it: no address, and nothing that they told you in confidence.",
    )

    def __init__(self, *args, hand, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(code, words) for code, words in _SAID.items() if hand == "yes" or code == rules.NOT_NEEDED]

    def clean(self):
        facts = super().clean()
        if facts.get("state") == rules.NOT_NEEDED and not facts.get("reason", "").strip() and "reason" not in self.errors:
            self.add_error("reason", "Say why this step is not needed")
        return facts


class PathwayForm(EditForm):
    """To which pathway a case goes over, and why."""

    pathway = ChoiceField(label="Which pathway?", choices=list(PATHWAYS.items()), error_messages={"required": "Choose a pathway"})
    reason = Notes(label="Why?", max_length=500, error_messages={"required": "Say why the pathway changes"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pathway"].hints = {code: versions[-1].about for code, versions in pathways.published().items()}
