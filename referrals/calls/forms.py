"""The call screen and the few other forms of the line. The call screen asks in the order in which people speak."""

from datetime import datetime, time
from uuid import uuid4

from django import forms
from django.core import signing
from django.utils import timezone

from agencies.types import AGENCY_TYPES
from referrals.calls import codes
from ui.fields import ChoiceField, DateField, DateTimeField, MultipleChoiceField, Notes, PhoneField, TimeField, YesNoField
from ui.times import LONDON, instant

_LOST = "This page lost part of itself on the way. Open it again"
_SALT = "referrals.calls.opened"
WEEK = [(str(number), day) for number, day in enumerate(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])]


def opened_now():
    """The signed instant at which a call screen was opened, for its form."""
    return signing.dumps(timezone.now().isoformat(), salt=_SALT)


class KeyedField(ChoiceField):
    """One of a few, each with the key that chooses it."""

    def __init__(self, *, table, **kwargs):
        super().__init__(**{"choices": codes.choices(table)} | kwargs)
        self.keys = codes.keys(table)


def _box(key="", **attrs):
    return forms.TextInput(attrs={"autocomplete": "off"} | ({"accesskey": key} if key else {}) | attrs)


class OnceForm(forms.Form):
    """A form that acts once, however often it is sent."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, error_messages={"required": _LOST, "invalid": _LOST})

    def facts(self):
        """What was answered, for the action."""
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}


class OpenedForm(OnceForm):
    """A form whose time counts from when the page was opened."""

    opened = forms.CharField(widget=forms.HiddenInput, initial=opened_now, max_length=200, error_messages={"required": _LOST})

    def clean_opened(self):
        try:
            return datetime.fromisoformat(signing.loads(self.cleaned_data["opened"], salt=_SALT))
        except signing.BadSignature:
            raise forms.ValidationError(_LOST) from None


class CallForm(OpenedForm):
    """The call screen. Every box may stay empty but those that the rules ask for."""

    result = KeyedField(label="What is it?", table=codes.RESULTS, initial="answered", reveals={"message": ["left_at"]})
    left_at = DateTimeField(label="When was the message left?", help_text="The hour to return it counts from then.", required=False)
    danger = KeyedField(label="Is anyone in danger right now?", table=codes.DANGER, required=False, hints={"yes": "999 first. Then the rest."})
    caller = KeyedField(
        label="Who is it?", table={code: row for code, row in codes.CALLERS.items() if code != codes.PERPETRATOR}, required=False,
        reveals={"professional": ["professional_type", "organisation", "could_be_mail"]},
    )
    professional_type = forms.ChoiceField(label="What kind of agency?", choices=[("", "Choose one"), *AGENCY_TYPES.items()], required=False)
    organisation = forms.CharField(label="Agency or team", max_length=120, required=False, widget=_box())
    could_be_mail = YesNoField(label="Could this have been an e-mail?", required=False)
    name = forms.CharField(label="Caller’s name", help_text="Leave this empty if they would rather not say. Key: N.", max_length=120, required=False, widget=_box("n"))
    number = PhoneField(
        label="Number to reach them", help_text="Key: P.", required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "class": "govuk-input--width-20", "accesskey": "p"}),
    )
    is_anonymous = forms.BooleanField(label="They do not want to be named, or left no number", required=False)
    safe = ChoiceField(label="Is it safe to ring this number?", choices=codes.choices(codes.SAFE), required=False)
    when = forms.CharField(label="When, and what to say or never to say", max_length=300, required=False, widget=_box())
    ask_for = forms.CharField(label="Ask for whom?", max_length=120, required=False, widget=_box(**{"class": "govuk-input--width-20"}))
    voicemail = ChoiceField(label="May we leave a voicemail?", choices=codes.choices(codes.VOICEMAIL), required=False)
    code_word = forms.CharField(
        label="Code word", help_text="A word that tells us it is them.", max_length=80, required=False, widget=_box(**{"class": "govuk-input--width-20"}),
    )
    given_name = forms.CharField(label="Victim/survivor’s first name, if it is not the caller", help_text="Key: V.", max_length=120, required=False, widget=_box("v"))
    family_name = forms.CharField(label="Victim/survivor’s last name", max_length=120, required=False, widget=_box())
    words = Notes(
        label="What they say", help_text="In their own words where you can. Key: W.", required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6, "accesskey": "w"}),
    )
    concern = KeyedField(label="How worried are you?", table=codes.CONCERN, initial="unknown", required=False)
    advice = MultipleChoiceField(label="What did you advise?", choices=codes.choices(codes.ADVICE), required=False)
    advice_words = forms.CharField(label="In your words, if it helps the next person", max_length=500, required=False, widget=_box())
    signposts = MultipleChoiceField(label="Where did you send them?", choices=codes.choices(codes.SIGNPOSTS), required=False)
    outcome = ChoiceField(label="How did it end?", choices=codes.choices(codes.OUTCOMES), required=False)

    def __init__(self, *args, initial=None, **kwargs):
        today = timezone.localdate(timezone=LONDON)
        for field in self.base_fields.values():
            field.is_small = True  # the whole call on one screen
        super().__init__(*args, initial={"left_at": [str(today.day), str(today.month), str(today.year), ""]} | (initial or {}), **kwargs)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("result") != "message":
            # The day stands in its box from the start: of a call that is no message it is no answer.
            cleaned["left_at"] = None
            self.errors.pop("left_at", None)
        if cleaned.get("caller") != "professional":
            cleaned |= {"professional_type": "", "organisation": "", "could_be_mail": None}
        return cleaned

    def facts(self):
        """What was answered, for the action; what names or reaches anybody goes into the sealed part."""
        given = self.cleaned_data
        return {
            "opened_at": given["opened"], "result": given["result"], "left_at": given["left_at"], "danger": given["danger"], "caller": given["caller"],
            "professional_type": given["professional_type"], "could_be_mail": given["could_be_mail"], "is_anonymous": given["is_anonymous"],
            "has_no_number": given["is_anonymous"], "concern": given["concern"] or "unknown", "advice": given["advice"], "signposts": given["signposts"],
            "outcome": given["outcome"], "said": said(given),
        }


PARTS = {
    "caller": {"name": "name", "number": "number", "organisation": "organisation"},
    "victim": {"given_name": "given_name", "family_name": "family_name"},
    "reach": {"safe": "safe", "when": "when", "ask_for": "ask_for", "voicemail": "voicemail", "code_word": "code_word"},
    "account": {"words": "text"},
    "advice": {"advice_words": "text"},
}


def said(given):
    """The sealed part of a call: only what was said."""
    found = {part: {key: given[name] for name, key in names.items() if given.get(name)} for part, names in PARTS.items()}
    return {part: words for part, words in found.items() if words}


def as_typed(data):
    """The same, as it stood in the boxes when a call turned out to be another: nothing of it is judged."""
    return said({name: data.get(name, "")[:5000].replace("\0", "") for names in PARTS.values() for name in names})


def again(call):
    """What a message said already, as the start of the call that returned it."""
    flat = {name: call.said.get(part, {}).get(key, "") for part, names in PARTS.items() for name, key in names.items()}
    return {name: value for name, value in flat.items() if value} | {"caller": call.caller, "professional_type": call.professional_type, "concern": call.concern}


class QuietForm(OnceForm):
    """What the alleged perpetrator says, or somebody who wants to know where a person is."""

    danger = ChoiceField(
        label="Is anyone in danger right now?", choices=codes.choices(codes.DANGER),
        error_messages={"required": "Say whether anyone is in danger right now, or that you cannot tell"},
    )
    words = Notes(label="What they say", required=False, max_length=5000, rows=6)
    threats = Notes(label="Threats, as they were said", help_text="Against anybody, themselves too.", required=False, max_length=2000, rows=3)
    whereabouts = Notes(label="Where they are, or are going, if they say so", required=False, max_length=1000, rows=2)
    gave_programme = forms.BooleanField(label="I told them about the programme for people who want to change how they behave", required=False)


class AttemptForm(OnceForm):
    """An attempt to return a message."""

    outcome = ChoiceField(label="What happened?", choices=codes.choices(codes.ATTEMPTS))
    happened_at = DateTimeField(label="When?", help_text="For example, 20 3 2026 at 10:20 or 2:30pm.")
    note = Notes(label="Note", required=False, max_length=1000, rows=3)
    why_late = Notes(label="If it is late: why?", required=False, max_length=1000, rows=2)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["happened_at"] = timezone.now()


class EndForm(OnceForm):
    """A message is not returned."""

    how = ChoiceField(
        label="Why is it not returned?", choices=[(codes.NOT_NEEDED, "No call back is needed"), (codes.UNREACHED, "They could not be reached")],
        hints={
            codes.NOT_NEEDED: "For example, they rang again and were answered, or it is not safe to ring.",
            codes.UNREACHED: "After several attempts. What was missed stays missed.",
        },
    )
    reason = Notes(label="The reason", max_length=1000, rows=3)


class HoursForm(OnceForm):
    """When somebody answers the line, from when on."""

    days = MultipleChoiceField(label="Days", choices=WEEK)
    opens = TimeField(label="Opens at", help_text="For example, 08:00.")
    closes = TimeField(label="Closes at", help_text="For midnight enter 00:00.")
    on_bank_holidays = forms.BooleanField(label="Answered on bank holidays too", required=False)
    other_line = forms.CharField(label="Who answers at other times", help_text="Calls outside these hours count under this name.", max_length=60, widget=_box())
    counts_from = ChoiceField(label="From when does the time to return a message count?", choices=codes.choices(codes.COUNTS_FROM))
    when = ChoiceField(label="From when?", choices=[("now", "From now"), ("day", "From the start of a later day")], reveals={"day": "from_day"}, initial="now")
    from_day = DateField(label="First day", required=False, not_past=True)
    reason = forms.CharField(label="Why, and who agreed it?", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") != "day":
            self.errors.pop("from_day", None)
            cleaned["from_day"] = None
        elif not cleaned.get("from_day") and "from_day" not in self.errors:
            self.add_error("from_day", "Enter the first day")
        return cleaned

    def facts(self):
        given = {name: value for name, value in super().facts().items() if name not in ("when", "from_day")}
        day = self.cleaned_data.get("from_day")
        later = day and day > timezone.localdate(timezone=LONDON)
        return given | {"days": [int(one) for one in given["days"]], "effective_from": instant(day, time(0)) if later else None}
