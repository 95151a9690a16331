"""Forms for the people on a case: who they are, how they may be reached, where they live, what they agreed to."""

import datetime as dt

from django import forms
from django.utils import timezone

from cases.forms.case_file import EditForm, OnceForm
from cases.forms.safe_times import AsksWhenSafe
from cases.models.contact import OURS, Channel, Style
from cases.models.people import ConsentState, Interpreter, Relationship, Role, Sex, Visibility, WorkerGender
from cases.rules import contact as rules
from ui import times
from ui.fields import ChoiceField, DateField, PhoneField, PostcodeField, YesNoField

_NUMBERS = {Channel.PHONE, Channel.TEXT, Channel.VOICEMAIL}
_NO_MESSAGE = {Channel.VISIT, Channel.IN_PERSON}  # by all other ways one may be left, or given to somebody who passes it on
_WORDS = ("duress_word", "may_take", "must_not")
_SAFE = [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")]


class SafeContactForm(AsksWhenSafe, EditForm):
    """One way of reaching somebody; `kept` is the one that is changed, if any.

    `agreed` are the safe times so far, `windows()` gives the new ones, as (weekday, starts, ends).
    """

    def __init__(self, *args, kept=None, agreed=(), **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        self.kept = kept
        self.channel = kept.channel if kept else None
        if kept is None:
            fields["channel"] = ChoiceField(label="What kind of contact is it?", choices=OURS)
        fields["value"] = forms.CharField(
            label="Number, e-mail address or place", max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}), required=not kept,
            help_text="Leave empty to keep it." if kept else "Hidden on the case page until somebody has read how it may be used.",
        )
        fields["is_safe"] = ChoiceField(
            label="Is it safe to use?", choices=_SAFE, hints={"unknown": "Treated as not safe."}, reveals={"yes": "times"},
        )
        self.ask_when_safe(agreed)
        fields["voicemail"] = ChoiceField(label="May a voicemail be left?", choices=_SAFE, hints={"unknown": "None will be left."}, initial="unknown")
        fields["how"] = forms.CharField(
            label="What to say, and what never to say", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
            help_text="From whom the call is said to be, and what to say if somebody else answers.",
        )
        fields["code_word"] = forms.CharField(
            label="Code word", required=False, max_length=80, help_text="The word that tells us it is them.",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.ask_for_more()
        fields["is_checked"] = YesNoField(
            label="Have you checked all this with them?", choices=[("yes", "Yes, with them, today"), ("no", "No, it comes from somebody else or from before")],
            hints={"no": "It does not count as safe until somebody has checked it with them."},
        )

    def ask_for_more(self):
        """What is agreed less often stands behind one question, so that the form stays short."""
        fields, has_style = self.fields, self.channel not in _NO_MESSAGE
        inner = ["duress_word", "may_take", "must_not", *(["style"] if has_style else [])]
        fields["more"] = ChoiceField(
            label="Was anything else agreed?", choices=[("yes", "Yes"), ("no", "No")], required=False, initial="no", reveals={"yes": inner},
            hints={"yes": "A word for danger, who may take a message and who must not, what a message may look like."},
        )
        fields["duress_word"] = forms.CharField(
            label="Word for danger", required=False, max_length=80, help_text="The word that tells us they are not safe to talk.",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        fields["may_take"] = forms.CharField(label="Who may take a message?", required=False, max_length=300)
        fields["must_not"] = forms.CharField(label="Who must never hear of it?", required=False, max_length=300)
        if has_style:
            fields["style"] = ChoiceField(
                label="What may a message or letter look like?", choices=Style.choices, initial=Style.UNKNOWN, required=False, hints={Style.UNKNOWN: "Treated as neutral."},
                help_text="" if self.channel else "Not kept for a home visit or where you meet.",
            )

    def clean(self):
        facts = super().clean()
        if facts.get("more") == "no" and (any(facts.get(name) for name in _WORDS) or facts.get("style") in (Style.NEUTRAL, Style.NAMED)):
            # Shown again with "Yes", so that what the error speaks of is not folded away.
            self.data = self.data.copy()
            self.data[self.add_prefix("more")] = "yes"
            self.add_error("more", "You chose “No”, and something is written below. Save again to keep it, or clear it.")
        for field, reason in rules.reasons_words_alike(facts.get("code_word") or "", facts.get("duress_word") or "").items():
            self.add_error(field, reason)
        channel, value = self.channel or facts.get("channel"), facts.get("value")
        if value and channel:
            try:
                facts["value"] = _value(channel, value)
            except forms.ValidationError as problem:
                self.add_error("value", problem)
        self.check_when_safe(facts, is_asked=facts.get("is_safe") == "yes")
        return facts

    def facts(self):
        """What the actions take."""
        typed = self.cleaned_data
        if self.kept:
            typed = typed | {"value": typed["value"] or self.kept.value}
        names = ("value", "is_safe", "times", "voicemail", "how", "code_word", *_WORDS, "is_checked", "once", "revision")
        style = {"style": typed["style"] or Style.UNKNOWN} if "style" in typed and (self.channel or typed["channel"]) not in _NO_MESSAGE else {}
        return {name: typed[name] for name in names} | style | {"windows": self.windows()} | ({} if self.channel else {"channel": typed["channel"]})


class CheckedForm(AsksWhenSafe, OnceForm):
    """It was checked with them. Where nobody had asked when it is safe, that is asked now."""

    def __init__(self, *args, wants_times=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.wants_times = wants_times
        if wants_times:
            self.ask_when_safe()

    def clean(self):
        facts = super().clean()
        if self.wants_times:
            self.check_when_safe(facts)
        return facts

    def facts(self):
        """What the action takes."""
        times = {"times": self.cleaned_data["times"], "windows": self.windows()} if self.wants_times else {}
        return {"once": self.cleaned_data["once"]} | times


def _value(channel, value):
    """A number must be one, an e-mail address too; a place is free text."""
    if channel in _NUMBERS:
        return PhoneField(required=True).clean(value)
    if channel == Channel.EMAIL:
        return forms.EmailField(error_messages={"invalid": "Enter an e-mail address, like name@example.org"}).clean(value)
    return value


class TalkingForm(EditForm):
    """How they want to be talked with, whichever way they are reached."""

    speaks = forms.CharField(label="In which language do they want to talk?", required=False, max_length=80, help_text="Leave it empty for English.")
    interpreter = ChoiceField(label="Whom or what is needed to talk with them?", choices=Interpreter.choices, initial=Interpreter.UNKNOWN)
    interpreter_note = forms.CharField(
        label="Which interpreter, and who must never interpret", required=False, max_length=300,
        help_text="A professional, never family, friends or children. In a small community, ask whom they do not want.",
    )
    worker_gender = ChoiceField(label="With whom do they want to talk?", choices=WorkerGender.choices, initial=WorkerGender.UNKNOWN)

    def clean(self):
        facts = super().clean()
        for reason in rules.reasons_no_language(facts.get("interpreter", ""), facts.get("speaks") or ""):
            self.add_error("speaks", reason)
        return facts


class EndContactForm(EditForm):
    reason = forms.CharField(
        label="Why should this way of contact no longer be used?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The case’s partners can read this. Leave out the number.",
    )


class PersonForm(EditForm):
    """A person and their part in the case. The role is asked only when somebody is added."""

    def __init__(self, *args, role=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.role = role
        fields = self.fields
        if role is None:
            fields["role"] = ChoiceField(label="Who are they?", choices=[choice for choice in Role.choices if choice[0] != Role.VICTIM])
        fields["given_name"] = forms.CharField(label="Given names", required=False, max_length=120, help_text="Leave a name empty if it is not known.")
        fields["family_name"] = forms.CharField(label="Family name", required=False, max_length=120)
        fields["also_known_as"] = forms.CharField(label="Also known as", required=False, max_length=200)
        fields["date_of_birth"] = DateField(label="Date of birth", required=False, not_future=True)
        fields["approximate_age"] = forms.IntegerField(
            label="Age, if the date of birth is not known", required=False, min_value=0, max_value=125,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
            error_messages={"invalid": "Enter an age in whole years, like 34"},
        )
        fields["sex"] = ChoiceField(label="Sex", choices=Sex.choices, initial=Sex.UNKNOWN)
        if role != Role.VICTIM:
            fields["relationship"] = ChoiceField(
                label="What are they to the victim/survivor?", choices=Relationship.choices, initial=Relationship.UNKNOWN,
            )
            fields["lives_with_victim"] = ChoiceField(
                label="Do they live with the victim/survivor?", choices=_SAFE, initial="unknown",
            )
        if role in (None, Role.CHILD):
            fields["is_unborn"] = YesNoField(label="Is this a child not yet born?", initial=False, reveals={"yes": "expected_on"})
            fields["expected_on"] = DateField(label="Date on which the child is expected", required=False)
        if "age_is_right" in self.data:
            self.ask_about_age()

    def ask_about_age(self):
        """Of a child as old as the victim/survivor, or of age: is it right? Asked once it has been typed."""
        self.fields["age_is_right"] = forms.BooleanField(label="The age of this child is right", required=False)

    def clean(self):
        facts = super().clean()
        if facts.get("date_of_birth") and facts.get("approximate_age") is not None:
            self.add_error("approximate_age", "Enter the age only if the date of birth is not known")
        if facts.get("is_unborn") and (self.role or facts.get("role")) != Role.CHILD:
            self.add_error("is_unborn", "Only a child can be not yet born")
        if facts.get("is_unborn") is False:
            facts["expected_on"] = None
        if facts.get("role") and not (facts.get("given_name") or facts.get("family_name") or facts.get("is_unborn") or facts.get("also_known_as")):
            self.add_error("given_name", "Enter a name, or what they are known as")
        return facts

    def facts(self):
        """What the actions take."""
        facts = dict(self.cleaned_data)
        if "lives_with_victim" in facts:
            facts["lives_with_victim"] = {"yes": True, "no": False, "unknown": None}[facts["lives_with_victim"]]
        return facts


class AddressForm(EditForm):
    """Where somebody lives from a day on. A new address of somebody who fled starts out as confidential."""

    lines = forms.CharField(label="Address", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "Enter the address"})
    postcode = PostcodeField(label="Postcode", required=False)
    visibility = ChoiceField(
        label="Who may see it?",
        choices=Visibility.choices,
        hints={
            Visibility.NORMAL: "Everybody who may read the case.",
            Visibility.RESTRICTED: "Only people whose role lets them see protected addresses. Others see the area.",
            Visibility.CONFIDENTIAL: "The same, and it never stands on a list, a letter or a MARAC paper.",
        },
    )
    from_on = DateField(label="Since when", not_future=True, error_messages={"required": "Say since when"})

    def facts(self):
        """What the action takes: a day begins at its midnight in London, and today began to count now."""
        typed = dict(self.cleaned_data)
        day = typed.pop("from_on")
        typed["from_at"] = min(timezone.now(), times.instant(day, dt.time()))
        return typed


class ConsentForm(EditForm):
    state = ChoiceField(label="What did they say about sharing?", choices=ConsentState.choices)
    scope = forms.CharField(
        label="For what, and with whom, in their own words", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label="Why was it refused, withdrawn or not asked?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The case’s partners can read both answers.",
    )

    def clean(self):
        facts = super().clean()
        state = facts.get("state")
        if state == ConsentState.GIVEN and not facts.get("scope"):
            self.add_error("scope", "Enter what they agreed to, and with whom")
        if state == ConsentState.NOT_ASKED_UNSAFE and not facts.get("reason"):
            self.add_error("reason", "Enter why it was not safe to ask")
        return facts


