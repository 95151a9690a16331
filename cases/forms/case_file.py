"""Forms on a case: what they share (sent once, whose change came first, who will read it), and those for the case file itself."""

from uuid import UUID, uuid4

from django import forms
from django.utils import timezone

from cases.models.case import Priority
from cases.models.chronology import Audience
from ui.fields import ChoiceField, DateTimeField, Notes, YesNoField

ONCE, REVISION = "once", "revision"


class Once(forms.Field):
    """The token of one filling-in of a form, so that sending it twice does it once. Anything else than a token counts as none."""

    widget = forms.HiddenInput

    def __init__(self):
        super().__init__(required=False, initial=uuid4)

    def to_python(self, value):
        try:
            return UUID(str(value))
        except ValueError:
            return None


class Revision(forms.Field):
    """The revision of the case that the form was opened on. Anything else than a number is older than every change."""

    widget = forms.HiddenInput

    def __init__(self):
        super().__init__(required=False)

    def to_python(self, value):
        text = str(value or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class OnceForm(forms.Form):
    """A form that adds something: sent twice, it adds it once."""

    once = Once()


class EditForm(OnceForm):
    """A form that changes what others may be changing too: the later one is told."""

    revision = Revision()


def audience_field(readers, *, label="Who may read this?"):
    """Own agency or partners; partners are named, so that nobody shares by mistake."""
    return ChoiceField(
        label=label,
        choices=Audience.choices,
        hints={
            Audience.AGENCY: "Nobody outside your agency will see it, whatever has been shared with them.",
            Audience.PARTNERS: f"Will be read by: {', '.join(readers)}.",
        },
    )


class NoteForm(OnceForm):
    happened_at = DateTimeField(label="When did it happen?", not_future=True)
    title = forms.CharField(label="Heading", max_length=200, help_text="A few words, without names.")
    text = Notes(label="Note", rows=10)

    def __init__(self, *args, readers=None, is_correcting=False, **kwargs):
        kwargs.setdefault("initial", {}).setdefault("happened_at", timezone.now().replace(second=0, microsecond=0))
        super().__init__(*args, **kwargs)
        if readers is not None:
            self.fields["audience"] = audience_field(readers)
        if is_correcting:
            self.fields["why"] = forms.CharField(label="What was wrong?", max_length=300, help_text="Whoever reads the entry reads this too.")


class ShareEntryForm(OnceForm):
    """Nothing to fill in, unless the entry names a protected place."""

    asks_about_place = True

    def __init__(self, *args, names_place=False, **kwargs):
        super().__init__(*args, **kwargs)
        if names_place:
            self.fields["names_place"] = forms.BooleanField(
                label="The protected place that it names has to stand there", help_text="People who may not see protected addresses are shown the text without it.",
            )


class FinishTaskForm(OnceForm):
    for_own_agency = True

    was_needed = YesNoField(
        label="What became of it?", choices=[("yes", "It is done"), ("no", "It is not needed")],
    )
    outcome = forms.CharField(
        label="What was done, or why it is not needed", max_length=900, widget=forms.Textarea(attrs={"rows": 4}),
    )


class StalkingForm(EditForm):
    has_stalking_element = ChoiceField(
        label="Is there a stalking element?",
        help_text="Following, watching, contact that is not wanted, or fixated behaviour, by a partner, a former partner or anybody else.",
        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
    )

    def clean_has_stalking_element(self):
        return {"yes": True, "no": False, "unknown": None}[self.cleaned_data["has_stalking_element"]]


class PriorityForm(EditForm):
    priority = ChoiceField(
        label="How soon must this case be worked on?", choices=Priority.choices, help_text="Not a level of risk: that is what a DASH says.",
    )
    why = forms.CharField(
        label="Why?", min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="The case’s partners can read this. Leave out names.",
    )


class ReopenForm(EditForm):
    reason = Notes(label="Why is the case being opened again?", rows=5)
    is_new_report = YesNoField(
        label="Has a new report been received?", reveals={"yes": "received_at"},
        hints={"yes": "The time to contact the victim/survivor runs from when it was received."},
    )
    received_at = DateTimeField(label="When was it received", required=False, not_future=True)

    def __init__(self, *args, readers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["audience"] = audience_field(readers, label="Who may read this reason?")

    def clean(self):
        facts = super().clean()
        if facts.get("is_new_report") is True and not facts.get("received_at") and "received_at" not in self.errors:
            self.add_error("received_at", "Enter when the report was received")
        if facts.get("is_new_report") is False:
            facts["received_at"] = None
        return facts


class BreachReasonForm(OnceForm):
    reason = forms.CharField(
        label="Why was this promise missed?", min_length=10, max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The case’s partners can read this, and it is counted in returns. Leave out names.",
    )


class StopPromiseForm(OnceForm):
    outcome = ChoiceField(
        label="Why should this promise stop?",
        choices=[("not_needed", "It is not needed"), ("unable", "Nobody can be reached")],
        hints={"unable": "Only a manager may decide this, after several attempts at different times and by different safe ways."},
    )
    reason = forms.CharField(
        label="Say why", min_length=20, max_length=500, widget=forms.Textarea(attrs={"rows": 4}), help_text="The case’s partners can read this.",
    )
