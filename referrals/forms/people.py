"""Who it is about: the victim/survivor and their home, the alleged perpetrator, the children."""

from django import forms
from django.utils import timezone

from agencies.types import AREAS
from cases.models.people import Relationship, Sex, Visibility
from referrals import rules
from referrals.forms.page import YES_NO_UNKNOWN, Answers, PageForm, RowsForm, restored_value
from ui.fields import ChoiceField, DateField, Notes, PostcodeField

_OLDEST = 120


def _name(label, **kwargs):
    return forms.CharField(label=label, max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs)


def _born():
    return DateField(label="Date of birth", help_text="For example, 27 3 1994.", required=False, not_future=True)


def _age(label="Age, if you do not know the date of birth"):
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=_OLDEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3", "autocomplete": "off"}),
        error_messages={
            "invalid": "Enter the age in whole years",
            "min_value": "Enter the age in whole years",
            "max_value": f"The age must be {_OLDEST} or less",
        },
    )


def full_name(kept):
    """The name in kept answers, "" where there is none."""
    return " ".join(part for part in (kept.get("given_name"), kept.get("family_name")) if part)


def kept_age(kept):
    """The age today in kept answers, as well as it is known."""
    born = restored_value(DateField(), kept.get("date_of_birth"))
    return rules.age_on(born, kept.get("approximate_age"), timezone.localdate())


class _Person:
    """What the forms about a person check alike."""

    def clean(self):
        cleaned = super().clean()
        self.refuse("approximate_age", rules.reasons_birth_unclear(cleaned.get("date_of_birth"), cleaned.get("approximate_age")))
        return cleaned

    def age(self):
        return rules.age_on(self.cleaned_data.get("date_of_birth"), self.cleaned_data.get("approximate_age"), timezone.localdate())


class VictimForm(_Person, PageForm):
    given_name = _name("First name")
    family_name = _name("Last name")
    description = forms.CharField(
        label="If you do not know their name, who are they?",
        help_text="So that a colleague finds the same person. For example, woman in the top flat at number 4.",
        max_length=200, required=False,
    )
    date_of_birth = _born()
    approximate_age = _age()
    sex = ChoiceField(label="Sex", choices=Sex.choices, required=False)

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in ("given_name", "family_name", "description")) and not self.errors:
            self.add_error("given_name", "Enter a name, or say who they are")
        return cleaned

    def checks(self):
        return rules.check_victim(self.age())


class HomeForm(PageForm):
    address = Notes(label="Address", required=False, max_length=300, rows=3)
    postcode = PostcodeField(label="Postcode", help_text="ZZ99 3VZ for no fixed address.", required=False)
    visibility = ChoiceField(
        label="Who may see this address?", choices=Visibility.choices, initial=Visibility.NORMAL,
        hints={
            Visibility.NORMAL: "Everyone who works on the case.",
            Visibility.RESTRICTED: "Only those who may see protected addresses.",
            Visibility.CONFIDENTIAL: "A refuge, or a home they have fled to. Never in lists, letters or meeting papers.",
        },
    )
    area = forms.ChoiceField(label="Area", choices=[("", "Choose an area"), *AREAS.items()], required=False)


class PerpetratorForm(_Person, PageForm):
    known = ChoiceField(
        label="Do you know who the alleged perpetrator is?", choices=[("yes", "Yes"), ("no", "No")],
        reveals={"yes": ["given_name", "family_name", "date_of_birth", "approximate_age", "sex"], "no": "reason"},
    )
    given_name = _name("First name")
    family_name = _name("Last name")
    date_of_birth = _born()
    approximate_age = _age()
    sex = ChoiceField(label="Sex", choices=Sex.choices, required=False)
    reason = forms.CharField(label="Why not?", help_text="For example, it was not safe to ask.", max_length=300, required=False)
    relationship = forms.ChoiceField(
        label="What are they to the victim/survivor?",
        choices=[("", "Choose one"), *Relationship.choices],
        required=False,
    )
    lives_with_victim = ChoiceField(label="Do they live in the same home?", choices=YES_NO_UNKNOWN, required=False)

    def clean(self):
        cleaned = super().clean()
        known = cleaned.get("known")
        if known == "yes" and not (cleaned.get("given_name") or cleaned.get("family_name")) and not self.errors:
            self.add_error("given_name", "Enter the first or the last name")
        if known == "no" and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why it is not known")
        return cleaned

    def checks(self):
        return rules.check_perpetrator(full_name(self.others.get("victim", {})), full_name(self.cleaned_data))


class ChildrenForm(PageForm):
    any = ChoiceField(
        label="Are there children of either of them, or is one expected?",
        help_text="Wherever they live, and away at the time too. A child who sees or hears it, or feels its effects, is a victim too, even when asleep next door.",
        choices=YES_NO_UNKNOWN,
    )


class ChildForm(_Person, Answers):
    given_name = _name("First name", help_text="Leave the names empty if you do not know them.")
    family_name = _name("Last name")
    stage = ChoiceField(
        label="Has the child been born?", choices=[("born", "Born"), ("unborn", "Not born yet")],
        reveals={"born": ["date_of_birth", "approximate_age"], "unborn": "expected_on"},
    )
    date_of_birth = _born()
    approximate_age = _age()
    expected_on = DateField(label="Expected date", help_text="As near as you know.", required=False)
    lives_here = ChoiceField(label="Do they live with the victim/survivor?", choices=YES_NO_UNKNOWN, required=False)

    def clean(self):
        cleaned = super().clean()
        if expected_on := cleaned.get("expected_on"):
            self.refuse("expected_on", rules.reasons_expected_impossible(expected_on, timezone.localdate()))
        return cleaned


class EachChildForm(RowsForm):
    row_class = ChildForm
    row_noun = "Child"

    def checks(self):
        return rules.check_children([row.age() for row in self.rows], kept_age(self.others.get("victim", {})))
