"""The questions about a referral out: making it, answering it, chasing, taking back."""

from django import forms
from django.utils import timezone

from cases.forms.case_file import EditForm
from cases.forms.sharing import RESTRICTIONS
from cases.models.sharing import LawfulBasis
from cases.sharing import SHOWS
from referrals.models import OutState
from referrals.onward import rules
from referrals.onward.models import Channel
from ui.fields import ChoiceField, DateTimeField, Notes, YesNoField


def _now():
    return timezone.now().replace(second=0, microsecond=0)


class SendOutForm(EditForm):
    """A referral to one service: `row` is the service as it stands, `asks_why` whether it does not usually take them."""

    asks_about_place = True  # its action refuses a protected place in words that others read

    def __init__(self, *args, row, parties, asks_why, is_consent_given, is_own, **kwargs):
        super().__init__(*args, **kwargs)
        fields, is_inside = self.fields, row.entry.agency_id is not None
        fields["party_id"] = ChoiceField(
            label="Who is referred?", choices=[(str(party.pk), f"{party.name}, {party.get_role_display().lower()}") for party in parties],
            initial=str(parties[0].pk) if parties else None,
        )
        if not is_inside:
            fields["channel"] = ChoiceField(label="How did you make the referral?", choices=[choice for choice in Channel.choices if choice[0] != Channel.WAYMARK])
            fields["sent_at"] = DateTimeField(label="When was it made?", not_future=True, initial=_now())
        if asks_why:
            fields["despite"] = forms.CharField(
                label="Why do you refer all the same?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=" ".join(asks_why),
            )
        fields["asked_for"] = Notes(
            label="What do you ask of them?" if is_inside else "What did you tell them, and what do you ask of them?", max_length=5000, rows=6,
            help_text="They read this, and your agency. Say “their home” instead of an address that has to stay protected.",
        )
        if is_inside and not is_own:
            fields["level"] = ChoiceField(
                label="What should they see once they accept?", choices=[("partner", "Partner"), ("summary", "Summary")], initial="partner",
                hints={level: "; ".join(lines) for level, lines in SHOWS.items()}, help_text="Until they answer they see the summary. If they decline, they see nothing any more.",
            )
        fields["basis"] = ChoiceField(
            label="On what basis do you share it?", choices=[choice for choice in LawfulBasis.choices if choice[0] != LawfulBasis.LEAD],
            initial=LawfulBasis.CONSENT if is_consent_given else None, hints={LawfulBasis.CONSENT: "The usual way. Any other basis asks you for what follows."},
        )
        fields["necessity"] = Notes(label="Without consent: why does this service need it?", required=False, rows=3)
        fields["risk_believed"] = Notes(label="Without consent: which risk do you believe there is, and to whom?", required=False, rows=3)
        fields["restrictions"] = Notes(label="Without consent: what may they not do with it?", required=False, rows=3, initial=RESTRICTIONS)
        fields["victim_told"] = YesNoField(label="Without consent: has the victim/survivor been told?", required=False, reveals={"no": "victim_not_told_reason"})
        fields["victim_not_told_reason"] = forms.CharField(label="Why not?", max_length=500, required=False)

    def facts(self):
        """What the action takes; with consent, what is asked without it counts for nothing."""
        facts = dict(self.cleaned_data)
        facts["party_id"] = int(facts["party_id"])
        if facts["basis"] == LawfulBasis.CONSENT:
            facts |= {"necessity": "", "risk_believed": "", "restrictions": "", "victim_told": None, "victim_not_told_reason": ""}
        elif facts["victim_told"]:
            facts["victim_not_told_reason"] = ""
        return facts


class AnswerOutForm(EditForm):
    """What a service says: it received it, looks at it, accepts, declines, or what became of it. `workers` are those who could hold the case there."""

    asks_about_place = True  # its action refuses a protected place in words that others read

    def __init__(self, *args, steps, workers=None, is_ours, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        shown = {"decline": "reason", "report": "outcome"} | ({"accept": "worker_id"} if workers else {})
        fields["step"] = ChoiceField(
            label="What do you answer?" if is_ours else "What did they answer?", choices=[(step, rules.ANSWERS[step]) for step in steps],
            reveals={step: field for step, field in shown.items() if step in steps}, hints={"decline": "You will not see this case any more."} if is_ours else {},
        )
        if workers and "accept" in steps:
            fields["worker_id"] = forms.ChoiceField(
                label="Who holds it?", required=False, choices=[("", "Nobody yet"), *((str(person.pk), f"{person.full_name}, {count} open") for person, count in workers)],
            )
        if "decline" in steps:
            fields["reason"] = forms.ChoiceField(label="Why is it declined?", required=False, choices=[("", "Choose a reason"), *rules.DECLINED.items()])
        if "report" in steps:
            fields["outcome"] = forms.ChoiceField(label="What became of it?", required=False, choices=[("", "Choose an outcome"), *rules.OUTCOMES.items()])
        if not is_ours:
            fields["happened_at"] = DateTimeField(label="When did they say so?", not_future=True, initial=_now())
            fields["who"] = forms.CharField(label="Who said so?", max_length=200, help_text="Team, and job of the person.")
        fields["said"] = Notes(label="What else should they know?" if is_ours else "What else did they say?", required=False, max_length=2000, rows=4)

    def facts(self):
        """What the actions take."""
        facts = {"reason": "", "outcome": ""} | self.cleaned_data
        if "worker_id" in facts:
            facts["worker_id"] = int(facts["worker_id"]) if facts["worker_id"] and facts["step"] == "accept" else None
        return facts


class ChaseOutForm(EditForm):
    asks_about_place = True  # its action refuses a protected place in words that others read

    happened_at = DateTimeField(label="When did you ask?", not_future=True)
    who = forms.CharField(label="Whom did you ask?", max_length=200, help_text="Team, and job of the person.")
    said = Notes(label="What did they say?", required=False, max_length=2000, rows=3)


class WithdrawOutForm(EditForm):
    asks_about_place = True  # its action refuses a protected place in words that others read

    said = Notes(label="Why is it taken back?", max_length=2000, rows=3, help_text="They may read this until they lose sight of the case.")


class CloseOutForm(EditForm):
    asks_about_place = True  # its action refuses a protected place in words that others read

    said = Notes(label="What follows from it?", required=False, max_length=2000, rows=3)


def as_it_is(one):
    """Where a referral stands, for whoever was overtaken."""
    return [{"key": one.version.name, "value": OutState(one.state).label}]
