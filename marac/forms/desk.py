"""The coordinator's questions: the decision, the repeat, the list, the meeting."""

from django import forms

from ui.fields import ChoiceField, DateTimeField, Notes, YesNoField
from ui.times import local_time


class Decision(forms.Form):
    """Accept, return or not accept. The reasons stand under the answer that needs them."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    decision = ChoiceField(
        label="What do you decide?",
        choices=[("accept", "Accept it"), ("return", "Return it for information"), ("decline", "Do not accept it")],
        hints={
            "accept": "You can list it on a meeting next",
            "return": "The referrer is told, completes it and sends it again",
            "decline": "The referrer is told why and can send it again if they disagree. A referral that meets a reason for referral is not refused lightly",
        },
        reveals={"return": "return_reasons", "decline": "decline_reasons"},
    )
    return_reasons = Notes(label="Which information is needed?", required=False, rows=4, max_length=2000)
    decline_reasons = Notes(
        label="Why is it not accepted?", required=False, rows=4, max_length=2000, help_text="At least 30 characters. The referrer reads this."
    )

    def __init__(self, *args, verbs, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["decision"]
        field.choices = [choice for choice in field.choices if choice[0] in verbs]

    @property
    def reasons_field(self):
        """The question that asks for the reasons of what was decided."""
        return {"return": "return_reasons", "decline": "decline_reasons"}.get(self.cleaned_data.get("decision"))


class Pressed(forms.Form):
    """The token alone of a form that was sent."""

    once = forms.UUIDField()


class Repeat(forms.Form):
    """Is it a repeat? The coordinator may know more than the file."""

    is_repeat = YesNoField(label="Is this a repeat?")
    reason = forms.CharField(label="Why is this different from what Waymark found?", required=False, max_length=500, help_text="Leave it empty if it is not.")


class Listed(forms.Form):
    """On which meeting, and whose leave if it is late."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    meeting = ChoiceField(label="On which meeting?")
    leave_note = forms.CharField(
        label="If it came after the deadline: who gave leave to list it, and why?", required=False, max_length=500, help_text="Usually the chair."
    )

    def __init__(self, *args, meetings, submitted_at, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["meeting"]
        field.choices = [(str(meeting.pk), f"{meeting.area}, {local_time(meeting.starts_at)}") for meeting in meetings]
        field.hints = {str(meeting.pk): "The referral came after the deadline" for meeting in meetings if submitted_at >= meeting.referrals_due_at}


class Planned(forms.Form):
    """When and for which area."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False)
    opened_at_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    area = forms.CharField(label="Which MARAC?", max_length=120, help_text="For example Derby City, or North Derbyshire")
    starts_at = DateTimeField(label="When does the meeting start?", not_past=True)


class Moved(forms.Form):
    """One press of an order button: which case, which way, and where it stood."""

    listing = forms.IntegerField()
    direction = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])
    from_position = forms.IntegerField(min_value=1)
