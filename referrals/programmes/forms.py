"""The questions about somebody who comes to a programme. None asks about a partner, and no answer is filled in from a case but what is their own."""

from django import forms

from cases.forms.case_file import EditForm, OnceForm
from referrals.programmes import rules
from referrals.programmes.catalogue import programmes
from ui.fields import ChoiceField, DateField, Notes, PhoneField, YesNoField

_KNOWN = list(rules.KNOWN.items())


def _ask(form, agencies):
    """The questions, in order; `agencies` where it has to be chosen who runs the programme."""
    fields = form.fields
    all_of_them = programmes().values()
    fields["programme"] = ChoiceField(
        label="Which programme?", choices=[(one.code, one.name) for one in all_of_them], hints={one.code: one.how for one in all_of_them},
    )
    if agencies is not None:
        only = str(agencies[0].pk) if len(agencies) == 1 else None
        fields["agency_id"] = ChoiceField(label="Run by", choices=[(str(agency.pk), agency.name) for agency in agencies], initial=only)
    else:
        fields["referrer"] = ChoiceField(label="Who refers them?", choices=list(rules.REFERRERS.items()))
    fields["given_name"] = forms.CharField(label="First name", max_length=120)
    fields["family_name"] = forms.CharField(label="Family name", max_length=120)
    fields["date_of_birth"] = DateField(label="Date of birth", not_future=True)
    fields["telephone"] = PhoneField(label="Their own telephone", required=False, help_text="Never a number that they share with a partner.")
    fields["level"] = ChoiceField(label="How much harm may they do, as you judge it?", choices=list(rules.LEVELS.items()))
    fields["on_bail"] = ChoiceField(label="Are they on bail?", choices=_KNOWN)
    fields["under_investigation"] = ChoiceField(label="Are they under investigation?", choices=_KNOWN)
    fields["police_case"] = ChoiceField(label="Is a police case going on?", choices=_KNOWN)
    fields["is_abusive"] = ChoiceField(label="Have they been abusive to a partner or former partner?", choices=_KNOWN)
    fields["recognises"] = ChoiceField(label="Do they recognise some of what they have done?", choices=_KNOWN)
    fields["is_willing"] = ChoiceField(label="Are they willing to change?", choices=_KNOWN)
    fields["has_agreed"] = YesNoField(label="Have they been asked, and have they agreed?")


class TakeForm(OnceForm):
    """Somebody came to a programme of one's own agency."""

    for_own_agency = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask(self, None)

    def facts(self):
        """What the action takes."""
        return dict(self.cleaned_data)


class FromCaseForm(EditForm):
    """Somebody is referred from a case: a professional does it, and the participant's record says no more than that."""

    for_own_agency = True

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        _ask(self, agencies)

    def facts(self):
        """What the action takes."""
        return self.cleaned_data | {"agency_id": int(self.cleaned_data["agency_id"]), "referrer": "professional"}


class StepForm(OnceForm):
    for_own_agency = True

    def __init__(self, *args, steps, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["step"] = ChoiceField(label="What is recorded?", choices=[(step, rules.STEPS[step]) for step in steps])
        self.fields["said"] = Notes(
            label="Why, or what has to be known", required=False, max_length=2000, rows=5, help_text="They may ask to read this. Nothing of a partner belongs here.",
        )


class SupportForm(OnceForm):
    """Nothing to fill in: it confirms."""


class CaseSupportForm(EditForm):
    """Nothing to fill in: it confirms."""
