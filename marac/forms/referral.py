"""The referrer's pages. A page may be saved half done: what is still missing is said before sending (marac.rules.missing)."""

from django import forms

from cases.models.people import ConsentState
from cases.models.sharing import LawfulBasis
from marac.models.referral import CRITERIA
from ui.fields import ChoiceField, DateField, MultipleChoiceField, Notes, YesNoField


class OnePage(forms.Form):
    """One page of the referral, with the revision of the referral that it was opened from."""

    opened_at_revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @classmethod
    def start_from(cls, referral):
        """What is saved already, for the first showing of the page."""
        from marac.actions.referral import PAGES

        return {name: getattr(referral, name) for name in PAGES[cls.page]} | {"opened_at_revision": referral.revision}

    def said(self):
        """The answers by the name of the column that keeps them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "opened_at_revision"}


class Criteria(OnePage):
    page = "criteria"
    heading = "Why is this case referred?"

    criteria = MultipleChoiceField(
        label="Reasons for the referral",
        help_text="Choose all that apply. One is enough.",
        choices=list(CRITERIA.items()),
        required=False,
        hints={
            "professional_judgement": "You are seriously concerned, whatever the score says",
            "visible_high_risk": "The DASH score is in the high band",
            "potential_escalation": "Incidents reported to the police are adding up",
            "repeat_criterion": "Anything new between the same people within 12 months of the last referral",
        },
        reveals={"professional_judgement": "judgement_rationale"},
    )
    judgement_rationale = Notes(
        label="What does your professional judgement rest on?", required=False, rows=4,
        help_text="If this is the only reason, write at least 50 characters.",
    )
    incident_on = DateField(
        label="When was the latest incident?", required=False, not_future=True, help_text="Leave it empty if there was no single incident."
    )
    background = Notes(
        label="What has happened, and why now?", required=False,
        help_text="Say what is fact and what is opinion. The people and the DASH come from the case: no need to repeat them.",
    )

    @classmethod
    def start_from(cls, referral):
        return super().start_from(referral) | {"criteria": referral.criteria}

    def said(self):
        answers = super().said()
        chosen = answers.pop("criteria")
        return answers | {code: code in chosen for code in CRITERIA}


class Voice(OnePage):
    page = "voice"
    heading = "In the victim/survivor’s own words"

    fears = Notes(label="Who is the victim/survivor afraid of, and of what?", required=False, rows=4, help_text="Include everybody who is a threat.")
    safe_to_talk_to = forms.CharField(label="Who is it safe to talk to?", required=False, max_length=500)
    not_safe_to_talk_to = forms.CharField(label="Who is it not safe to talk to?", required=False, max_length=500)
    wants = Notes(label="What does the victim/survivor want to happen?", required=False, rows=4)
    risk_to_professionals = Notes(
        label="Is there a risk to professionals?", required=False, rows=3, help_text="For example dogs, weapons, never visiting alone."
    )


class Sharing(OnePage):
    page = "sharing"
    heading = "Does the victim/survivor know, and agree?"

    victim_aware = YesNoField(label="Does the victim/survivor know about the referral?", required=False, reveals={"no": "not_aware_reason"})
    not_aware_reason = forms.CharField(label="Why not?", required=False, max_length=500)
    consent = ChoiceField(label="Has the victim/survivor agreed to it?", choices=ConsentState.choices, required=False)
    basis = ChoiceField(
        label="On which lawful basis is it shared?",
        help_text="Needed, with the next two answers, unless the victim/survivor knows and has agreed.",
        choices=[choice for choice in LawfulBasis.choices if choice[0] != LawfulBasis.LEAD],
        required=False,
    )
    necessity = Notes(label="Why is sharing necessary?", required=False, rows=3)
    risk_believed = Notes(label="What risk do you believe there is, and whom does sharing protect?", required=False, rows=3)
    restrictions = Notes(label="What may those who receive it not do with it?", required=False, rows=3)


class Unknowns(OnePage):
    page = "unknowns"
    heading = "What is not known"

    perpetrator_unknown_reason = forms.CharField(label="Why is the alleged perpetrator’s name not known?", required=False, max_length=500)
    no_assessment_reason = forms.CharField(label="Why is there no DASH?", required=False, max_length=500)
    referred_elsewhere = forms.CharField(
        label="Referred to a MARAC in another area before?", required=False, max_length=500, help_text="Where and when. Leave it empty if not, or not known."
    )

    def leave_out(self, names):
        """Questions that the case answers already are not asked; what was said to them stays."""
        for name in names:
            self.fields[name].widget = forms.HiddenInput()


FORMS = {form.page: form for form in (Criteria, Voice, Sharing, Unknowns)}


class Send(forms.Form):
    """To whom the referral goes, and the token that sends it once."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    receiver = forms.ChoiceField(label="Which MARAC receives it?", error_messages={"required": "Choose which MARAC receives it"})

    def __init__(self, *args, receivers, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(str(agency.pk), agency.name) for agency in receivers]
        field = self.fields["receiver"]
        if len(choices) == 1:
            field.widget = forms.HiddenInput()
            field.initial = choices[0][0]
        else:
            self.fields["receiver"] = ChoiceField(label=field.label, choices=choices, error_messages={"required": "Choose which MARAC receives it"})
        self.fields["receiver"].choices = choices


class Reason(forms.Form):
    """Why: one question, for steps that nobody takes in silence."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False)
    reasons = Notes(label="Why?", rows=4, max_length=2000)

    def __init__(self, *args, label="Why?", hint="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reasons"].label, self.fields["reasons"].help_text = label, hint
