"""The questions behind sharing a case, barring from it, and saying who holds it."""

from datetime import time
from uuid import uuid4

from django import forms
from django.db.models import Q

from agencies.models import Agency, Membership
from cases.levels import LEVELS
from cases.models.sharing import LawfulBasis
from cases.sharing import to_share_with, workers_for
from cases.work import end_of_day
from ui.fields import ChoiceField, DateField, Notes, YesNoField
from ui.times import instant

RESTRICTIONS = (
    "Use it only to keep the people on this case safe. Do not pass it on without asking us. "
    "Do not let the alleged perpetrator learn that we share, or where anyone is."
)
_LOST = "This page lost part of itself on the way. Open it again"


def once():
    """The hidden mark of a form that must not be acted on twice."""
    return forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, error_messages={"required": _LOST, "invalid": _LOST})


class ShareWith(forms.Form):
    """With whom, how much, until when, on what basis."""

    agency = forms.ModelChoiceField(label="Which agency?", queryset=Agency.objects.none(), empty_label="Choose an agency", error_messages={"required": "Choose an agency"})
    level = ChoiceField(
        label="What should they see?",
        error_messages={"required": "Choose what they should see"},
        choices=[("summary", "Summary"), ("partner", "Partner")],
        hints={level: LEVELS[level][0].split(": ", 1)[1].capitalize() for level in ("summary", "partner")},
    )
    ends_on = DateField(
        label="Last day on which they see it", required=False, not_past=True, help_text="Leave this empty to share until somebody ends it.",
    )
    basis = ChoiceField(
        label="On what basis do you share it?",
        error_messages={"required": "Choose the basis on which you share it"},
        choices=[(code, label) for code, label in LawfulBasis.choices if code != LawfulBasis.LEAD],
        hints={LawfulBasis.CONSENT: "The usual way. Any other basis asks you for more."},
    )
    once = once()

    def __init__(self, case, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = to_share_with(case)

    @property
    def ends_at(self):
        """The midnight that ends the last day, or None."""
        day = self.cleaned_data.get("ends_on")
        return end_of_day(instant(day, time(12))) if day else None

    @property
    def is_consent(self):
        return self.cleaned_data.get("basis") == LawfulBasis.CONSENT


class ShareWhy(forms.Form):
    """What is asked besides, where the victim/survivor has not agreed."""

    necessity = Notes(label="Why does this agency need it?", rows=4, error_messages={"required": "Say why this agency needs it"})
    risk_believed = Notes(
        label="Which risk do you believe there is, and to whom?", rows=4, error_messages={"required": "Say which risk you believe there is, and to whom"}
    )
    restrictions = Notes(label="What may they not do with it?", rows=4, error_messages={"required": "Say what they may not do with it"}, initial=RESTRICTIONS)
    victim_told = YesNoField(
        label="Has the victim/survivor been told?", error_messages={"required": "Say whether the victim/survivor has been told"},
        reveals={"no": "victim_not_told_reason"},
    )
    victim_not_told_reason = forms.CharField(label="Why not?", max_length=500, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("victim_told") is False and not cleaned.get("victim_not_told_reason"):
            self.add_error("victim_not_told_reason", "Say why they have not been told")
        return cleaned


class EndShare(forms.Form):
    reason = forms.CharField(label="Why does it end?", max_length=500, error_messages={"required": "Say why it ends"}, widget=forms.Textarea(attrs={"rows": 3}))
    once = once()


class BarForm(forms.Form):
    """Who is barred and why."""

    whom = ChoiceField(
        label="Who must not see this case?", choices=[("person", "A person"), ("agency", "A whole agency")],
        reveals={"person": "person", "agency": "agency"}, error_messages={"required": "Choose a person or a whole agency"},
    )
    person = forms.CharField(label="Their full name or work e-mail address", max_length=254, required=False)
    agency = forms.ModelChoiceField(label="Which agency?", queryset=Agency.objects.none(), required=False, empty_label="Choose an agency")
    reason = forms.CharField(
        label="Why?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "Say why they must not see it"},
        help_text="For example that they are related to somebody on the case. Only those who may bar people read this.",
    )
    once = once()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.filter(is_active=True)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("whom") == "person":
            cleaned["agency"], cleaned["user"] = None, self._person(cleaned.get("person") or "")
        elif cleaned.get("whom") == "agency":
            cleaned["user"] = None
            if not cleaned.get("agency") and "agency" not in self.errors:
                self.add_error("agency", "Choose an agency")
        return cleaned

    def _person(self, text):
        if not text:
            if "person" not in self.errors:
                self.add_error("person", "Enter their name or work e-mail address")
            return None
        found = [
            member.user
            for member in Membership.objects.filter(ended_at=None).filter(_named(text)).select_related("user")[:2]
        ]
        if len(found) == 1:
            return found[0]
        self.add_error("person", "More than one person has this name. Enter their work e-mail address" if found else "Nobody here has this name or e-mail address")
        return None


class Understood(forms.Form):
    """Asked where a bar does something that people do not expect."""

    understood = forms.BooleanField(label="I have read this and want it all the same")


class LiftBar(forms.Form):
    reason = forms.CharField(
        label="Why can the bar be lifted?", max_length=500, error_messages={"required": "Say why the bar can be lifted"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    once = once()


class AllocateForm(forms.Form):
    """Who holds the case, with what each of them holds already."""

    worker = ChoiceField(label="Who should hold this case?", error_messages={"required": "Choose who should hold this case"})
    was = forms.IntegerField(widget=forms.HiddenInput, required=False)
    once = once()

    def __init__(self, case, agency_id, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._people = workers_for(case, agency_id)
        self.fields["worker"].choices = [(str(person.pk), person.full_name) for person, _ in self._people]
        self.fields["worker"].hints = {str(person.pk): f"{count} open case{'' if count == 1 else 's'}" for person, count in self._people}

    def clean_worker(self):
        chosen = self.cleaned_data["worker"]
        return next(person for person, _ in self._people if str(person.pk) == chosen)


def _named(text):
    return Q(user__email__iexact=text) | Q(user__full_name__iexact=text)

