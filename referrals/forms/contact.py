"""Reaching the victim/survivor without putting them in danger, and what they agreed to."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cases.models.contact import OURS, Channel, Safe, Times
from cases.models.people import ConsentState
from referrals import rules
from referrals.forms.page import Answers, PageForm, RowsForm
from ui import phones
from ui.fields import ChoiceField, MultipleChoiceField, PhoneField, TimeField

DAYS = [(str(number), day) for number, day in enumerate(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])]
WINDOWS = (1, 2, 3)
_TIMES = [f"{part}_{number}" for number in WINDOWS for part in ("days", "from", "to")]
_NUMBERS = {Channel.PHONE, Channel.TEXT}
# Voicemail is a question about a telephone, not a channel of its own here.
_CHANNELS = [(code, label) for code, label in OURS if code != Channel.VOICEMAIL]
SAFE = [(Safe.YES, "Yes"), (Safe.NO, "No"), (Safe.UNKNOWN, "Not known: treat as not safe")]
# Only what was once given can be withdrawn.
CONSENT_STATES = [(code, label) for code, label in ConsentState.choices if code != ConsentState.WITHDRAWN]


class ContactForm(PageForm):
    any = ChoiceField(
        label="Do you know of a way to reach them?",
        help_text="Also a way that is not safe, so that nobody uses it.",
        choices=[("yes", "Yes"), ("no", "No, not yet")],
    )


class ChannelForm(Answers):
    channel = forms.ChoiceField(label="How", choices=[("", "Choose one"), *_CHANNELS])
    value = forms.CharField(
        label="Number, e-mail address or place", help_text="Leave this empty for a visit to their home.", max_length=300, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_safe = ChoiceField(label="Is this safe?", choices=SAFE, reveals={Safe.YES: ["said_by_them", "times"]})
    said_by_them = ChoiceField(
        label="Did they tell you this themselves?", required=False,
        choices=[("yes", "Yes, the victim/survivor told me or a colleague"), ("no", "No, somebody else did, or I do not know")],
        hints={"no": "It counts as not safe until somebody has checked it with them."},
    )
    times = ChoiceField(
        label="When is it safe?", required=False, choices=Times.choices, reveals={Times.WINDOWS: ["days_1", "from_1", "to_1"]},
        hints={Times.UNKNOWN: "Treated as not safe until somebody has asked them."},
    )
    days_1 = MultipleChoiceField(label="Safe days", choices=DAYS, required=False)
    from_1 = TimeField(label="From", required=False)
    to_1 = TimeField(label="To", required=False)
    days_2 = MultipleChoiceField(label="Second time: safe days", choices=DAYS, required=False)
    from_2 = TimeField(label="Second time: from", required=False)
    to_2 = TimeField(label="Second time: to", required=False)
    days_3 = MultipleChoiceField(label="Third time: safe days", choices=DAYS, required=False)
    from_3 = TimeField(label="Third time: from", required=False)
    to_3 = TimeField(label="Third time: to", required=False)
    voicemail = ChoiceField(label="Is it safe to leave a voicemail?", choices=SAFE, required=False)
    how = forms.CharField(
        label="What to say, and what never to say", help_text="For example, ask for Mari, say it is the repairs team.", max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    code_word = forms.CharField(
        label="Code word", help_text="A word that tells us it is them.", max_length=80, required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_safe") == Safe.YES:
            for name in ("said_by_them", "times"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, f"Answer “{self.fields[name].label}”")
        if cleaned.get("times") != Times.WINDOWS:
            self._drop_windows()
        elif not any(cleaned.get(name) or name in self.errors for name in _TIMES):
            self.add_error("times", "Give at least one safe time, or choose another answer")
        for number in WINDOWS:
            if not {f"days_{number}", f"from_{number}", f"to_{number}"} & set(self.errors):
                days, starts, ends = (cleaned.get(f"{part}_{number}") for part in ("days", "from", "to"))
                self.refuse(f"from_{number}", rules.reasons_window_impossible(days, starts, ends))
        if "value" in cleaned and "channel" in cleaned:
            self._check_value(cleaned["channel"], cleaned["value"])
        return cleaned

    def _drop_windows(self):
        """Times of the week that stand under another answer were not given."""
        for name in _TIMES:
            self.cleaned_data.pop(name, None)
            self.errors.pop(name, None)

    def _check_value(self, channel, value):
        if channel in _NUMBERS:
            number = phones.normalise(value)
            if number is None:
                self.add_error("value", PhoneField.default_error_messages["invalid"])
            self.cleaned_data["value"] = number
        elif channel == Channel.EMAIL:
            try:
                validate_email(value)
            except ValidationError:
                self.add_error("value", "Enter an e-mail address, like name@example.org")
        elif channel not in (Channel.VISIT, Channel.LETTER) and not value:
            self.add_error("value", "Say where, or through whom")

    @classmethod
    def restored(cls, kept):
        initial = super().restored(kept)
        if kept.get("channel") in _NUMBERS and kept.get("value"):
            initial["value"] = phones.shown(kept["value"])
        return initial

    @classmethod
    def shown(cls, kept):
        if kept.get("channel") in _NUMBERS and kept.get("value"):
            kept = kept | {"value": phones.shown(kept["value"])}
        return super().shown(kept)

    @property
    def has_more_times(self):
        """Is a second or third time filled in, or wrong?"""
        return any(self[f"{part}_{number}"].value() or self[f"{part}_{number}"].errors for number in WINDOWS[1:] for part in ("days", "from", "to"))


class ChannelsForm(RowsForm):
    row_class = ChannelForm
    row_noun = "Way to reach them"


class ConsentForm(PageForm):
    state = ChoiceField(
        label="Did they agree that you share this with agencies that can help?",
        choices=CONSENT_STATES,
        hints={ConsentState.REFUSED: "High risk or a child in danger can still be shared, with its reason. Say so to them."},
        reveals={ConsentState.GIVEN: "scope", ConsentState.REFUSED: "refused_reason", ConsentState.NOT_ASKED_UNSAFE: "unsafe_reason"},
    )
    scope = forms.CharField(label="What for, and with whom?", help_text="In their words.", max_length=300, required=False)
    refused_reason = forms.CharField(label="What did they say?", max_length=500, required=False)
    unsafe_reason = forms.CharField(label="Why was it not safe to ask?", max_length=500, required=False)

    def clean(self):
        cleaned = super().clean()
        needed = {
            ConsentState.GIVEN: ("scope", "Say what they agreed to"),
            ConsentState.REFUSED: ("refused_reason", "Say what they said"),
            ConsentState.NOT_ASKED_UNSAFE: ("unsafe_reason", "Say why it was not safe to ask"),
        }.get(cleaned.get("state"))
        if needed and not cleaned.get(needed[0]) and needed[0] not in self.errors:
            self.add_error(*needed)
        return cleaned
