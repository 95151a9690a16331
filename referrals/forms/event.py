"""What happened: danger now, how it came, what was said, and when."""

from django import forms
from django.utils import timezone

from cases.models.chronology import Audience
from referrals import rules
from referrals.forms.page import YES_NO_UNKNOWN, PageForm
from referrals.routes import REPORTERS, ROUTES
from ui.fields import ChoiceField, DateTimeField, Notes

LOG_NOW = "log_now"


class DangerForm(PageForm):
    danger = ChoiceField(
        label="Is anyone in danger right now?",
        help_text="The victim/survivor, a child, you, or anyone else there.",
        choices=[("yes", "Yes"), ("no", "No"), ("not_known", "I cannot tell")],
        hints={"not_known": "If in doubt, call 999 now. You can write this down afterwards."},
    )


class EmergencyForm(PageForm):
    police_incident_number = forms.CharField(
        label="Police incident number", help_text="If they have given you one. If it comes later, add it on the case.", max_length=60, required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )
    pace = ChoiceField(
        label="How do you want to go on?", required=False,
        choices=[(LOG_NOW, "Log this now, the rest can wait"), ("all", "Answer all the questions")],
        hints={LOG_NOW: "Two short questions: when you heard, and who it is about.", "all": "Only when everyone is safe."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_doubtful = self.others.get("danger", {}).get("danger") == "not_known"
        # Whoever cannot tell is shown all of it and held up by none of it.
        self.fields["pace"].required = not self.is_doubtful
        if self.is_doubtful:
            self.heading = "If in doubt, call 999 now"
            self.fields["pace"].help_text = "Leave this open to go on with all the questions."


class RouteForm(PageForm):
    route = ChoiceField(
        label="How did you hear of it?", choices=[(code, route.label) for code, route in ROUTES.items()],
        hints={code: route.hint for code, route in ROUTES.items()},
    )
    reporter = ChoiceField(label="Who reported it?", choices=list(REPORTERS.items()))
    reported_by = forms.CharField(
        label="Name of whoever reported it, and how to reach them",
        help_text="Leave this empty if they do not want to be named, or if it is the victim/survivor.",
        max_length=200, required=False,
    )


class AccountForm(PageForm):
    account = Notes(
        label="What were you told, or what did you see?",
        help_text="In their own words where you can. You need no proof, and nobody has to tell you more than they want to.",
        required=False, rows=8,
    )
    audience = ChoiceField(
        label="Who may read this?", required=False,
        choices=[(Audience.PARTNERS, "The agencies that the case is shared with"), (Audience.AGENCY, "Only my agency")],
        hints={Audience.PARTNERS: "Nobody outside your agency yet. Each agency that is added later is a decision of its own, with its reason."},
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("account") and not cleaned.get("audience") and "audience" not in self.errors:
            self.add_error("audience", "Say who may read what you wrote")
        return cleaned


class ReceivedForm(PageForm):
    received_at = DateTimeField(
        label="When did your agency first hear of this?", help_text="For example, 20 3 2026 at 10:20 or 2:30pm.", not_future=True,
    )

    def __init__(self, *args, kept=None, **kwargs):
        super().__init__(*args, kept=kept, **kwargs)
        if not kept:
            self.initial["received_at"] = timezone.now()

    def clean(self):
        cleaned = super().clean()
        now = timezone.now()
        if received_at := cleaned.get("received_at"):
            self.refuse("received_at", rules.reasons_received_impossible(received_at, now, now))
        return cleaned

    def checks(self):
        return rules.check_received(self.cleaned_data["received_at"], timezone.now())


class StalkingForm(PageForm):
    stalking = ChoiceField(
        label="Is there a stalking element?",
        help_text="For example following, watching, turning up, tracking a phone or a car, unwanted messages or gifts, or contact through others: "
        "more than once, and so that they are afraid.",
        choices=YES_NO_UNKNOWN,
    )
