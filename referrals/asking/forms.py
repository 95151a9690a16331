"""The form for anybody, and the few forms of the line that answers it. The first keeps nothing on the device: no box completes itself."""

from uuid import uuid4

from django import forms
from django.utils import timezone

from referrals.asking import codes
from referrals.calls.forms import OnceForm
from ui.fields import ChoiceField, DateTimeField, MultipleChoiceField, Notes, PhoneField

_LOST = "This page lost part of itself on the way. Send it again"
_NOT_A_PERSON = "We could not tell that a person sent this. Nothing is lost: please send it again, or ring us"


def _box(**attrs):
    return forms.TextInput(attrs={"autocomplete": "off"} | attrs)


def _number(label):
    return PhoneField(label=label, required=False, error_messages={"invalid": "Enter a telephone number, like 01632 960001 or 07700 900982"})


class AskForm(forms.Form):
    """What anybody may send. Few answers are asked for; each of the rest may stay empty."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, error_messages={"required": _LOST, "invalid": _LOST})
    danger = ChoiceField(
        label="Is anybody in danger right now?", choices=list(codes.DANGER.items()), hints={"yes": "Ring 999 first. What you send here is not read at once."},
        error_messages={"required": "Say whether anybody is in danger right now"},
    )
    who = ChoiceField(
        label="Who are you asking for?", choices=list(codes.WHO.items()), reveals={"other": ["they_know"], "professional": ["organisation"]},
        error_messages={"required": "Say who you are asking for"},
    )
    they_know = ChoiceField(label="Do they know that you are asking?", choices=list(codes.KNOWS.items()), required=False)
    organisation = forms.CharField(label="Where you work", max_length=120, required=False, widget=_box())
    about_name = forms.CharField(
        label="If you are asking for somebody else: their first name", help_text="You can leave this empty.", max_length=120, required=False, widget=_box(),
    )
    name = forms.CharField(
        label="Your first name, or any name", help_text="It need not be your real one.", max_length=120, widget=_box(),
        error_messages={"required": "Enter a name that we can use, real or not"},
    )
    reach_by = ChoiceField(
        label="How may we get in touch with you?", choices=list(codes.BY.items()),
        reveals={"phone": ["number", "voicemail"], "text": ["mobile"], "email": ["email"]}, error_messages={"required": "Say how we may get in touch, or that we should not"},
    )
    number = _number("Telephone number")
    voicemail = ChoiceField(label="May we leave a voicemail?", choices=[("yes", "Yes"), ("no", "No"), ("unknown", "I am not sure")], required=False)
    mobile = _number("Mobile number")
    email = forms.EmailField(label="Email address", max_length=200, required=False, widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
    safe = ChoiceField(
        label="Is it safe for us to reply?", help_text="Think of who else sees the telephone, the messages or the bill.", choices=list(codes.SAFE.items()), required=False,
        reveals={"windows": ["when"]},
        hints={"no": "Then nobody will contact you. You can still ring us.", "unknown": "Then we will not write. If you asked us to ring, we say nothing to anybody but you."},
    )
    when = forms.CharField(label="When is it safe, and what should we say if somebody else answers?", max_length=300, required=False, widget=_box())
    ask_for = forms.CharField(label="Which name should we ask for?", help_text="You can leave this empty.", max_length=120, required=False, widget=_box())
    formats = MultipleChoiceField(label="Is there anything that you need from us?", choices=list(codes.FORMATS.items()), required=False)
    language = forms.CharField(label="Language", help_text="If it is not English.", max_length=80, required=False, widget=_box())
    area = forms.ChoiceField(label="Area", choices=[("", "Choose one, or leave it open"), *codes.AREAS.items()], required=False)
    account = Notes(
        label="What is happening", help_text="Only what you want to say. You can leave this empty.", required=False, max_length=4000, rows=5,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
    agree = forms.BooleanField(
        label="You may keep what I wrote here and use it to help", error_messages={"required": "Say that we may keep what you wrote, or ring us instead"},
    )

    def clean(self):
        cleaned = super().clean()
        by = cleaned.get("reach_by")
        for way, name, words in (
            ("phone", "number", "Enter the number that we may ring"), ("text", "mobile", "Enter the number that we may write to"), ("email", "email", "Enter the email address"),
        ):
            if by == way and name not in self.errors and not cleaned.get(name):
                self.add_error(name, words)
            elif by != way:
                self.errors.pop(name, None)
                cleaned[name] = ""
        if by and by != "none" and "safe" not in self.errors and not cleaned.get("safe"):
            self.add_error("safe", "Say whether it is safe for us to reply, or that you are not sure")
        if cleaned.get("who") == "other" and "they_know" not in self.errors and not cleaned.get("they_know"):
            self.add_error("they_know", "Say whether they know that you are asking, or that you are not sure")
        # A box that nobody sees or hears (ask.html): what fills it in is a program. It is never lost in silence: a person sends again.
        if self.data.get("subject"):
            self.add_error(None, _NOT_A_PERSON)
        return cleaned

    def facts(self):
        """What was answered, for the action; what names or reaches anybody goes into the sealed part."""
        given = self.cleaned_data
        by, who = given["reach_by"], given["who"]
        safe = "no" if by == "none" else given["safe"]
        said = {
            "caller": {
                "name": given["name"], "organisation": given["organisation"] if who == "professional" else "", "value": given["number"] or given["mobile"] or given["email"],
            },
            "about": {"name": given["about_name"] if who != "self" else ""},
            "reach": {
                "safe": safe, "when": given["when"] if safe == "windows" else "", "ask_for": given["ask_for"], "voicemail": given["voicemail"] if by == "phone" else "",
            },
            "needs": {"language": given["language"], "area": codes.AREAS.get(given["area"], "")},
            "account": {"text": given["account"]},
        }
        said = {part: {name: value for name, value in row.items() if value} for part, row in said.items()}
        return {
            "form_token": given["once"], "who": who, "danger": given["danger"], "reach_by": by, "safe": safe, "they_know": given["they_know"] if who == "other" else "",
            "formats": given["formats"], "said": {part: row for part, row in said.items() if row},
        }


class AnswerForm(OnceForm):
    """An attempt to answer a request."""

    outcome = ChoiceField(label="What happened?", choices=list(codes.ATTEMPTS.items()))
    happened_at = DateTimeField(label="When?", help_text="For example, 20 3 2026 at 10:20 or 2:30pm.")
    note = Notes(label="Note", required=False, max_length=1000, rows=3)
    why_late = Notes(label="If it is late: why?", required=False, max_length=1000, rows=2)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["happened_at"] = timezone.now()


class CloseForm(OnceForm):
    """A request is closed, and why."""

    how = ChoiceField(label="What came of it?", choices=list(codes.ENDINGS.items()), hints={"unreached": "After several attempts. What was missed stays missed."})
    reason = Notes(label="In your words", max_length=1000, rows=3)
