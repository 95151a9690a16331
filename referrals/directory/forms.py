"""The questions about a service: what to look for, what it says of itself, that it closes."""

from datetime import time

from django import forms
from django.utils import timezone

from agencies.models import Agency
from agencies.types import AREAS
from cases.forms.case_file import OnceForm
from referrals.directory import rules
from ui.fields import ChoiceField, DateField, MultipleChoiceField, Notes, PhoneField, YesNoField
from ui.times import LONDON, instant

_ANY = [("", "Any")]
_NO_AGE = dict.fromkeys(("invalid", "min_value", "max_value"), "Enter an age in whole years")


class DirectorySearch(forms.Form):
    """What to look for; every question may stay open."""

    words = forms.CharField(
        label="What are you looking for?", required=False, max_length=100, help_text="A service, a place, a need or a language. Never the name of somebody you help.",
    )
    kind = forms.ChoiceField(label="Kind of service", required=False, choices=[*_ANY, *rules.KINDS.items()])
    level = forms.ChoiceField(label="Takes this risk", required=False, choices=[*_ANY, *rules.LEVELS.items()])
    area = forms.ChoiceField(label="Works in", required=False, choices=[*_ANY, *AREAS.items()])
    gender = forms.ChoiceField(label="Takes", required=False, choices=[*_ANY, *rules.GENDERS.items()])
    age = forms.IntegerField(
        label="Takes somebody aged",
        required=False,
        min_value=0,
        max_value=120,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages=_NO_AGE,
    )
    need = forms.ChoiceField(label="Is for", required=False, choices=[*_ANY, *rules.NEEDS.items()])
    access = forms.ChoiceField(label="Offers", required=False, choices=[*_ANY, *rules.ACCESS.items()])
    open_now = forms.BooleanField(label="Open now", required=False)


class Languages(forms.CharField):
    """Names with commas between, kept as a list."""

    def to_python(self, value):
        return [name.strip()[:40] for name in (super().to_python(value) or "").split(",") if name.strip()]

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def validate(self, value):
        """Whatever people call their languages."""

    def run_validators(self, value):
        """Nor how many they are."""


def _age(label):
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=120, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages=_NO_AGE,
    )


class SaysOfItself(OnceForm):
    """What a service says of itself. `is_new` asks which service it is as well; `agencies` are those that it may be provided by."""

    was = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, is_new, agencies=(), may_be_outside=False, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        self.is_new = is_new
        fields["name"] = forms.CharField(label="Name of the service", max_length=120)
        if is_new:
            fields["kind"] = forms.ChoiceField(label="What kind of service is it?", choices=[("", "Choose a kind"), *rules.KINDS.items()])
            choices = [(str(agency.pk), agency.name) for agency in agencies]
            fields["agency_id"] = ChoiceField(
                label="Who provides it?",
                choices=[*choices, *([("outside", "Somebody who does not work in Waymark")] if may_be_outside else [])],
                reveals={"outside": "provider"} if may_be_outside else {},
            )
            if may_be_outside:
                fields["provider"] = forms.CharField(label="Who are they?", max_length=120, required=False)
            fields["opened_on"] = DateField(label="First day on which it takes people", initial=timezone.localdate())
        fields["summary"] = Notes(label="What does it do?", max_length=1000, rows=4, help_text="No address: where a refuge stands must not be read here.")
        fields["levels"] = MultipleChoiceField(label="Which levels of risk does it take?", required=False, choices=list(rules.LEVELS.items()), help_text="None chosen takes all.")
        fields["genders"] = MultipleChoiceField(label="Whom does it take?", required=False, choices=list(rules.GENDERS.items()), help_text="None chosen takes everybody.")
        fields["age_from"], fields["age_to"] = _age("From which age?"), _age("Up to which age?")
        fields["areas"] = MultipleChoiceField(label="Where does it work?", required=False, choices=list(AREAS.items()), help_text="None chosen is everywhere.")
        fields["needs"] = MultipleChoiceField(label="By and for whom, or ready for what?", required=False, choices=list(rules.NEEDS.items()))
        fields["languages"] = Languages(label="Languages", required=False, max_length=400, help_text="With commas between.")
        fields["access"] = MultipleChoiceField(label="What does it offer?", required=False, choices=list(rules.ACCESS.items()))
        for day, name in enumerate(rules.WEEKDAYS):
            fields[f"hours_{day}"] = forms.CharField(
                label=f"Open on {name}",
                required=False,
                max_length=80,
                widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
                help_text="Like 9am to 5pm; “all day”; empty where it is closed." if day == 0 else "",
            )
        fields["is_open_on_holidays"] = YesNoField(label="Is it open on bank holidays?", initial=False)
        fields["phone"] = PhoneField(label="Telephone", required=False)
        fields["email"] = forms.EmailField(label="E-mail", required=False)
        fields["how_to_refer"] = forms.CharField(label="How is somebody referred?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
        fields["answers_within"] = forms.CharField(
            label="Within what time does it answer a referral?",
            required=False,
            max_length=10,
            widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
            help_text="Hours like 48h, working days like 2wd. Empty for what the partnership has agreed.",
        )
        if not is_new:
            fields["when"] = ChoiceField(
                label="From when?",
                choices=[("now", "From now"), ("day", "From the start of a later day")],
                reveals={"day": "from_day"},
                initial="now",
            )
            fields["from_day"] = DateField(label="First day", required=False, not_past=True)
            fields["why"] = forms.CharField(label="Why does it change?", max_length=300)

    def clean(self):
        cleaned = super().clean()
        spans = []
        for day in range(7):
            try:
                spans += rules.read_hours(day, cleaned.get(f"hours_{day}") or "")
            except ValueError as problem:
                self.add_error(f"hours_{day}", str(problem))
        cleaned["hours"] = [list(span) for span in spans]
        if cleaned.get("agency_id") == "outside" and not (cleaned.get("provider") or "").strip():
            self.add_error("provider", "Enter who provides it")
        if cleaned.get("when") == "now":
            self.errors.pop("from_day", None)
            cleaned["from_day"] = None
        elif cleaned.get("when") == "day" and not cleaned.get("from_day") and "from_day" not in self.errors:
            self.add_error("from_day", "Enter the first day")
        if reasons := rules.reasons_ages(cleaned.get("age_from"), cleaned.get("age_to")):
            self.add_error("age_to", reasons)
        return cleaned

    def facts(self):
        """What the actions take."""
        facts = {name: value for name, value in self.cleaned_data.items() if not name.startswith("hours_") and name not in ("once", "when", "from_day")}
        if self.is_new:
            del facts["was"]
            outside = facts["agency_id"] == "outside"
            facts["agency_id"], facts["provider"] = (None, facts["provider"]) if outside else (int(facts["agency_id"]), "")
        else:
            day = self.cleaned_data.get("from_day")
            facts["effective_from"] = None if day is None or day <= timezone.localdate(timezone=LONDON) else instant(day, time(0))
        return facts


class CloseForm(OnceForm):
    closed_on = DateField(label="From which day does it take nobody?")
    closed_reason = forms.CharField(
        label="Why?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever would refer to it reads this.",
    )


class ReopenForm(OnceForm):
    """Nothing to fill in: it confirms."""


def providers(actor):
    """The agencies whose services this person may add."""
    active = Agency.objects.filter(is_active=True).order_by("name")
    return list(active if actor.may("set_partnership_policies") else active.filter(pk=actor.agency_id))


def as_shown(version):
    """What the form begins with: what the newest version says."""
    names = (
        "name",
        "summary",
        "levels",
        "genders",
        "age_from",
        "age_to",
        "areas",
        "needs",
        "languages",
        "access",
        "is_open_on_holidays",
        "phone",
        "email",
        "how_to_refer",
        "answers_within",
    )
    return {name: getattr(version, name) for name in names} | {"was": version.pk} | {f"hours_{day}": rules.write_hours(version.spans, day) for day in range(7)}
