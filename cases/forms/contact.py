"""The form on which an attempt to reach the victim/survivor is recorded: each way shows its state before it is chosen."""

from django import forms
from django.utils import timezone

from cases.forms.case_file import OnceForm, audience_field
from cases.models.chronology import Audience
from cases.models.contact import OURS, AnsweredBy, AttemptOutcome, Channel
from cases.rules.contact import THE_REPORT
from ui.fields import ChoiceField, DateTimeField, Notes, YesNoField
from ui.times import local_time

IN_PERSON, FROM_THEM, OTHER = Channel.IN_PERSON.value, Channel.FROM_THEM.value, "other"


class ContactForm(OnceForm):
    """One attempt. `states` are the channels as they stand now (cases.safe_contact.ChannelState), `ended` those lately taken out of use."""

    audience_governs = ("note",)
    asked_if_reached = ("talked_it_through", "still_safe")

    def __init__(self, *args, states, readers, ended=(), others_promises=(), missed_promises=(), asks_if_report=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.contacts = {str(state.contact.pk): state.contact for state in states} | {str(contact.pk): contact for contact in ended}
        fields = self.fields
        fields["route"] = ChoiceField(
            label="How did you try, or how did they reach you?",
            choices=[
                *((str(state.contact.pk), state.label) for state in states),
                *((str(contact.pk), f"{contact.get_channel_display()}, before it was taken out of use") for contact in ended),
                (IN_PERSON, "We met by arrangement, and they were alone"), (FROM_THEM, Channel.FROM_THEM.label), (OTHER, "Another way, not listed here"),
            ],
            hints={str(state.contact.pk): _in_words(state) for state in states}
            | {str(contact.pk): f"Only for a try before {local_time(contact.ended_at)}. Do not use it now." for contact in ended}
            | {FROM_THEM: "They chose the way and the time themselves.", OTHER: "Not recorded as safe: say below why it was used."},
            reveals={OTHER: "other_channel"} | ({FROM_THEM: "is_after_report"} if asks_if_report else {}),
        )
        if asks_if_report:
            # Whoever is tired writes the report down once more, at the time that stands there already.
            fields["is_after_report"] = YesNoField(
                label="Is this another contact, after the report that the case began with?", required=False,
                choices=[("yes", "Yes, they made contact again after that"), ("no", "No, this is the report itself")],
            )
        fields["other_channel"] = ChoiceField(
            label="Which way?", required=False, choices=[choice for choice in OURS if choice[0] != Channel.IN_PERSON],
        )
        fields["at"] = DateTimeField(label="When was it?", not_future=True, initial=timezone.now().replace(second=0, microsecond=0))
        fields["outcome"] = self._outcome_field(others_promises)
        fields["talked_it_through"] = YesNoField(
            label="Did you talk the situation through?", required=False,
            choices=[("yes", "Yes, we talked it through"), ("no", "No, that is still to come")],
        )
        fields["still_safe"] = YesNoField(
            label="Did you check with them that this way, and these times, are still safe?", required=False,
            choices=[("yes", "Yes, they still are"), ("no", "I did not ask")],
        )
        if others_promises:
            words = " and ".join(f"{promise} ({agency})" for promise, agency in others_promises)
            fields["keeps_promise_of_others"] = YesNoField(
                label=f"Another agency has promised: {words}. Does this contact keep that promise for them too?", required=False,
            )
        fields["answered_by"] = ChoiceField(label="Who answered?", required=False, choices=AnsweredBy.choices)
        if missed_promises:
            fields["breach_reason"] = forms.CharField(
                label="Why was the promise missed?", required=False, min_length=10, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
                help_text=f"{'. '.join(missed_promises)}. If you reached them after that, say why it took longer. The case’s partners can read this.",
            )
        fields["override_reason"] = forms.CharField(
            label="If the way or the time was not safe, why was it used all the same?", required=False, max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}), help_text="Leave this empty if it was safe. A contact by a way that was not safe keeps no promise.",
        )
        fields["note"] = Notes(
            label="Note", required=False, rows=5,
            help_text="That you tried, how, and what came of it, is shared with the case’s partners. This note goes only to whom you choose.",
        )
        fields["audience"] = audience_field(readers, label="Who may read the note?")
        fields["audience"].initial = Audience.AGENCY

    def _outcome_field(self, others_promises):
        reached = [*self.asked_if_reached, *(["keeps_promise_of_others"] if others_promises else [])]
        return ChoiceField(
            label="What happened?",
            choices=AttemptOutcome.choices,
            reveals={AttemptOutcome.REACHED: reached, AttemptOutcome.SOMEONE_ELSE: "answered_by"},
            hints={
                AttemptOutcome.SOMEONE_ELSE: "End the call. Do not say who you are, where you work or why you called.",
                AttemptOutcome.VOICEMAIL_LEFT: "Only where a voicemail was agreed as safe.",
            },
        )

    def clean(self):
        facts = super().clean()
        outcome, route = facts.get("outcome"), facts.get("route")
        if outcome == AttemptOutcome.REACHED:
            if "talked_it_through" in self.fields:
                self._need("talked_it_through", facts, None)
            if "keeps_promise_of_others" in self.fields:
                self._need("keeps_promise_of_others", facts, None)
        if outcome == AttemptOutcome.SOMEONE_ELSE:
            self._need("answered_by", facts, "")
        if route == OTHER:
            self._need("other_channel", facts, "")
        if route == FROM_THEM and "is_after_report" in self.fields:
            self._need("is_after_report", facts, None)
            if facts.get("is_after_report") is False:
                self.add_error("is_after_report", THE_REPORT)
        return facts

    def _need(self, name, facts, nothing):
        if facts.get(name) in (nothing, None) and name not in self.errors:
            self.add_error(name, f"Answer “{self.fields[name].label}”")

    def facts(self):
        """What the action takes."""
        typed = self.cleaned_data
        route = typed["route"]
        contact = self.contacts.get(route)
        return {
            "contact_id": contact.pk if contact else None,
            "channel": contact.channel if contact else route if route in (IN_PERSON, FROM_THEM) else typed["other_channel"],
            **{name: typed[name] for name in ("at", "outcome", "answered_by", "note", "audience", "override_reason", "once")},
            "talked_it_through": bool(typed.get("talked_it_through")),
            "still_safe": bool(typed["still_safe"]),
            "breach_reason": typed.get("breach_reason", ""),
            "keeps_promise_of_others": bool(typed.get("keeps_promise_of_others")),
        }


class OtherContactForm(ContactForm):
    """An attempt to reach somebody at risk who is not the victim/survivor: without what only a promise to them asks."""

    asked_if_reached = ("still_safe",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["talked_it_through"]
        self.fields["override_reason"].help_text = "Leave this empty if it was safe."

    def facts(self):
        """What the action takes."""
        promises = ("talked_it_through", "breach_reason", "keeps_promise_of_others")
        return {name: value for name, value in super().facts().items() if name not in promises}


def _in_words(state):
    """The state of a channel in one line: what must be read before it is used."""
    words = [f"{state.headline}."]
    if state.not_now:
        words += state.not_now
    if state.until:
        words.append(f"Until {local_time(state.until)}.")
    if state.next_openings:
        words.append(f"Next safe time: {local_time(state.next_openings[0][0])}.")
    if state.voicemail:
        words.append(f"Voicemail: {state.voicemail[:1].lower()}{state.voicemail[1:]}.")
    if state.contact.how:
        words.append(state.contact.how)
    return " ".join(words)
