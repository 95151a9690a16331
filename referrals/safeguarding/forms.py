"""Forms for safeguarding referrals: proposing one by hand, sending, deciding against, chasing, the answer, and telling a school."""

from django import forms
from django.utils import timezone

from cases.forms.case_file import EditForm, audience_field
from cases.models.chronology import Audience
from referrals.models import OnwardState
from referrals.safeguarding import rules
from referrals.safeguarding.models import Method, OnwardConsent, OverrideBasis
from ui.fields import ChoiceField, DateField, DateTimeField, MultipleChoiceField, Notes, YesNoField

_READ = "The case’s partners can read this."


def _now():
    return timezone.now().replace(second=0, microsecond=0)


class OnwardForm(EditForm):
    """A referral proposed by hand. `routes` are those that fit the person."""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    def __init__(self, *args, routes, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["route"] = ChoiceField(
            label="Who should act?", choices=[(route, rules.ROUTES[route].label) for route in routes], hints={route: rules.ROUTES[route].note for route in routes},
            reveals={rules.ADULT: "tests"} if rules.ADULT in routes else {},
        )
        if routes == [rules.ADULT]:
            fields["route"].initial = rules.ADULT
        if rules.ADULT in routes:
            fields["tests"] = MultipleChoiceField(
                label="Which of these is so?", required=False,
                choices=[("needs_care", "They have needs for care and support"), ("cannot_protect", "Because of those needs they cannot protect themselves")],
            )
        fields["why"] = forms.CharField(
            label="What worries you?", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text=f"{_READ} Leave out the school and where they live.",
        )

    def facts(self):
        """What the action takes."""
        facts = dict(self.cleaned_data)
        tests = facts.pop("tests", [])
        return facts | {name: name in tests for name in ("needs_care", "cannot_protect")}


class SendForm(EditForm):
    """That a referral was sent: to whom, how, who knows of it. `others` wait for the same referral."""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    def __init__(self, *args, one, others, receivers, readers, names, **kwargs):
        super().__init__(*args, **kwargs)
        fields, is_adult = self.fields, one.route == rules.ADULT
        if others:
            fields["also"] = MultipleChoiceField(
                label="Does it cover others too?", required=False, choices=[(str(each.pk), names[each.pk]) for each in others], initial=[str(each.pk) for each in others],
            )
        fields["sent_at"] = DateTimeField(label="When was it made?", not_future=True, initial=_now())
        fields["method"] = ChoiceField(label="How?", choices=Method.choices)
        if one.route == rules.EMERGENCY:
            fields["method"].initial = Method.PHONE
        if receivers:
            fields["receiver_id"] = ChoiceField(
                label="Which agency received it?", required=False, choices=[*((str(agency.pk), agency.name) for agency in receivers), ("", "Another")],
            )
        fields["receiver_name"] = forms.CharField(label="Which team or person received it?", required=False, max_length=200, help_text="Team, and job of the person.")
        fields["their_reference"] = forms.CharField(
            label="Their reference", required=False, max_length=60, widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        )
        fields["is_told"] = YesNoField(
            label="Does the adult know of it?" if is_adult else "Does the victim/survivor know of it?", required=False, reveals={"no": "not_told_reason"},
        )
        fields["not_told_reason"] = forms.CharField(
            label="Why was it not safe to tell them?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ,
        )
        if one.route in (rules.EARLY_HELP, rules.ADULT):
            self._ask_consent(is_adult)
        fields["concern"] = Notes(
            label="What did you tell them?", required=False, max_length=5000, rows=6, help_text="What happened, to whom, the level of risk, what you ask for.",
        )
        fields["audience"] = audience_field(readers, label="Who may read what you told them?")
        fields["audience"].initial = Audience.AGENCY

    def _ask_consent(self, is_adult):
        fields = self.fields
        fields["consent"] = ChoiceField(
            label="What did the adult say?" if is_adult else "Did somebody with parental responsibility agree?", choices=OnwardConsent.choices, required=False,
        )
        if is_adult:
            fields["consent_basis"] = ChoiceField(label="Without their agreement: on what ground?", choices=OverrideBasis.choices, required=False)
            fields["necessity"] = forms.CharField(
                label="Without their agreement: why is it needed?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ,
            )

    def facts(self):
        """What the action takes."""
        facts = dict(self.cleaned_data)
        facts["also"] = [int(pk) for pk in facts.get("also", [])]
        facts["receiver_id"] = int(facts["receiver_id"]) if facts.get("receiver_id") else None
        return facts


class AgainstForm(EditForm):
    asks_about_place = True  # its action refuses a protected place in words that partners read

    reason = forms.CharField(
        label="Why is this referral not made, and what is done for them instead?", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"{_READ} Your manager and the agency that leads the case are told.",
    )


class ChaseForm(EditForm):
    asks_about_place = True  # its action refuses a protected place in words that partners read

    happened_at = DateTimeField(label="When did you ask?", not_future=True)
    who = forms.CharField(label="Whom did you ask?", max_length=200, help_text="Team, and job of the person.")
    note = forms.CharField(label="What did they say?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["happened_at"].initial = _now()


class AnswerForm(ChaseForm):
    """What they decided. `one` is the referral."""

    def __init__(self, *args, one, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["outcome"] = ChoiceField(label="What did they decide?", choices=rules.ROUTES[one.route].outcomes)
        fields["happened_at"].label, fields["who"].label, fields["note"].label = "When did they answer?", "Who answered?", "What happens next?"
        if one.state == OnwardState.ANSWERED:
            fields["outcome"].label = "What have they decided since?"
        self.order_fields(["outcome", "happened_at", "who", "note"])


class NoticeForm(EditForm):
    """A school has to be told. `with_school`: the school is asked for, or shown as it is known."""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    def __init__(self, *args, with_school, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["incident_at"] = DateTimeField(label="When was the incident?", not_future=True)
        fields["is_attended"] = YesNoField(label="Did the police attend?")
        if with_school:
            fields["school"] = forms.CharField(label="School", required=False, max_length=200, help_text="Protected like the school on the child’s own page.")
        fields["next_school_day"] = DateField(
            label="Next day of school, if you know it", required=False, help_text="In the holidays, or over half-term. Left empty, the next working day counts.",
        )


class TellForm(EditForm):
    asks_about_place = True  # its action refuses a protected place in words that partners read

    told_at = DateTimeField(label="When was the school told?", not_future=True)
    method = ChoiceField(label="How?", choices=[choice for choice in Method.choices if choice[0] != Method.WAYMARK])
    key_adult = forms.CharField(
        label="Who is the key adult at the school?", max_length=200, help_text="Job, such as designated safeguarding lead. Leave out the name of the school.",
    )
    follow_up = forms.CharField(label="What will they do for the child?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ)
    school_note = forms.CharField(label="What did the school say?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["told_at"].initial = _now()
