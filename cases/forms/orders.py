"""Forms for protective orders: what one says, that it was served, what the court decided, that it ended."""

from django import forms

from cases.forms.case_file import EditForm, OnceForm, audience_field
from cases.models.orders import EndedBecause
from cases.models.people import Role
from cases.rules.order_types import TYPES, term_in_words
from ui.fields import ChoiceField, DateField, DateTimeField, MultipleChoiceField, Notes, YesNoField

_KNOWN = [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")]
_READ = "The case’s partners can read this."


def known(value):
    """Yes, no and not known as the database keeps them, and back."""
    return {"yes": True, "no": False, "unknown": None, True: "yes", False: "no", None: "unknown"}[value]


class SaysForm(EditForm):
    """What an order says. `parties` are the people of the case.

    The question whether a protected place must stand in the terms is asked once the terms have named one.
    """

    asks_about_place = True

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        self.parties = parties
        self.ask()
        if "names_place" in self.data:
            self.ask_about_place()

    def ask(self):
        """The questions, in order."""
        self.ask_what_it_says()

    def ask_what_it_says(self):
        fields = self.fields
        others = [party for party in self.parties if party.role != Role.PERPETRATOR]
        fields["protected"] = MultipleChoiceField(
            label="Who does it protect?", choices=[(str(party.pk), f"{party.person.name}, {party.get_role_display().lower()}") for party in others],
        )
        fields["court"] = forms.CharField(label="Court, or who gave it", required=False, max_length=200)
        fields["case_number"] = forms.CharField(
            label="Case number", required=False, max_length=60, widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        )
        fields["terms"] = Notes(
            label="What does it forbid or require?", required=False, max_length=5000, rows=8,
            help_text=f"{_READ} Say “their home” instead of an address that has to stay protected.",
        )
        fields["starts_on"] = DateField(label="First day", required=False, help_text="Leave empty for an application.")
        fields["ends_on"] = DateField(
            label="Last day", required=False, help_text="Leave empty where it has no end: “until further order”, or a notice that waits for the court.",
        )
        fields["power_of_arrest"] = ChoiceField(label="Is a power of arrest attached?", choices=_KNOWN, initial="unknown")

    def ask_about_place(self):
        """The terms name a protected place: must it stand there?"""
        self.fields["names_place"] = forms.BooleanField(
            label="The order itself names this place, and it must stand here", required=False,
            help_text="People who may not see protected addresses are not shown these terms.",
        )

    def facts(self):
        """What the actions take."""
        facts = dict(self.cleaned_data)
        facts["protected"] = [int(party) for party in facts["protected"]]
        facts["power_of_arrest"] = known(facts["power_of_arrest"])
        return facts


class OrderForm(SaysForm):
    """A new order, or an application for one."""

    def ask(self):
        fields = self.fields
        fields["kind"] = ChoiceField(
            label="What is it?", choices=[(code, one.label) for code, one in TYPES.items()],
            hints={code: f"{one.granted_by}. {term_in_words(one)}" for code, one in TYPES.items()},
        )
        fields["state"] = ChoiceField(label="How far is it?", choices=[("made", "It has been made or given"), ("applied", "It has been applied for")])
        against = [party for party in self.parties if party.role == Role.PERPETRATOR]
        fields["respondent"] = ChoiceField(label="Who is it against?", choices=[(str(party.pk), party.person.name) for party in against])
        if len(against) == 1:
            fields["respondent"].initial = str(against[0].pk)
        self.ask_what_it_says()
        fields["is_served"] = YesNoField(
            label="Has it been served on them?", reveals={"yes": "served_at"},
            hints={"no": "It can be enforced only once they know of it. Record it here when it is served.", "yes": "Or they were in court when it was made."},
        )
        fields["served_at"] = DateTimeField(label="When was it served?", required=False, not_future=True)
        fields["police_informed"] = ChoiceField(label="Have the police been told of it?", choices=_KNOWN, initial="unknown")
        fields["is_from_elsewhere"] = YesNoField(
            label="Was it given in the area of another police force or court?", initial=False,
        )

    def clean(self):
        facts = super().clean()
        if facts.get("is_served") is False:
            facts["served_at"] = None
            self.errors.pop("served_at", None)
        elif facts.get("is_served") and not facts.get("served_at") and "served_at" not in self.errors:
            self.add_error("served_at", "Enter when it was served")
        if facts.get("is_served") is False and facts.get("state") == "made" and facts.get("kind") and TYPES[facts["kind"]].is_notice:
            self.add_error("is_served", "A notice binds from when it is served, and the time for the court runs from then. Record it once it is served")
        return facts

    def facts(self):
        facts = super().facts()
        facts.pop("is_served")
        facts["respondent"] = int(facts["respondent"])
        facts["police_informed"] = known(facts["police_informed"])
        return facts


class ChangeOrderForm(SaysForm):
    """What an order says from now on, and why it changed."""

    def ask(self):
        self.ask_what_it_says()
        self.fields["police_informed"] = ChoiceField(label="Have the police been told of it?", choices=_KNOWN)
        self.fields["why"] = forms.CharField(
            label="Why does it change?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
            help_text=f"A court varied or extended it, something was written down wrongly, or more is known. {_READ}",
        )

    def facts(self):
        return super().facts() | {"police_informed": known(self.cleaned_data["police_informed"])}


class ServeOrderForm(EditForm):
    served_at = DateTimeField(label="When was it served?", not_future=True, help_text="Or when they heard of it in court.")
    police_informed = ChoiceField(label="Have the police been told that it was served?", choices=_KNOWN, initial="unknown")

    def facts(self):
        """What the action takes."""
        return self.cleaned_data | {"police_informed": known(self.cleaned_data["police_informed"])}


class DecideOrderForm(EditForm):
    """What the court decided; the days of an order only where an application becomes one."""

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        fields, one = self.fields, TYPES[kind]
        self.wants_days = not one.is_notice
        fields["heard_at"] = DateTimeField(label="When did the court decide?", not_future=True)
        fields["outcome"] = ChoiceField(
            label="What did it decide?",
            choices=[("made", "It made the order"), ("refused", "It made no order"), ("adjourned", "It put the decision off")],
            hints={"made": "Record the order next.", "adjourned": "The notice stays in force until the court has decided."} if one.is_notice else {},
            reveals={"made": ["starts_on", "ends_on"]} if self.wants_days else {},
        )
        if self.wants_days:
            fields["starts_on"] = DateField(label="First day", required=False)
            fields["ends_on"] = DateField(label="Last day", required=False, help_text=term_in_words(one))
        fields["note"] = forms.CharField(
            label="What else should be known?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ,
        )

    def clean(self):
        facts = super().clean()
        if self.wants_days and facts.get("outcome") and facts["outcome"] != "made":
            for name in ("starts_on", "ends_on"):
                facts[name] = None
                self.errors.pop(name, None)
        return facts


class EndOrderForm(EditForm):
    ended_on = DateField(label="When did it end?", not_future=True)
    because = ChoiceField(label="Why did it end?", choices=EndedBecause.choices)
    note = forms.CharField(label="What happened?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ)


class BreachForm(OnceForm):
    """A breach, with who may read of it."""

    def __init__(self, *args, readers, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["happened_at"] = DateTimeField(label="When did it happen?", not_future=True)
        fields["what"] = Notes(label="What happened?", max_length=5000, rows=6)
        fields["is_reported"] = ChoiceField(
            label="Was it reported to the police?", choices=_KNOWN, reveals={"yes": "police_reference"},
            hints={"no": "In an emergency ring 999. Ask the victim/survivor before you report, unless somebody is in danger."},
        )
        fields["police_reference"] = forms.CharField(
            label="Incident number", required=False, max_length=60, widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        )
        fields["done_about_it"] = forms.CharField(label="What has been done about it?", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
        fields["audience"] = audience_field(readers)

    def clean(self):
        facts = super().clean()
        if facts.get("is_reported") != "yes":
            facts["police_reference"] = ""
            self.errors.pop("police_reference", None)
        return facts

    def facts(self):
        """What the action takes."""
        return self.cleaned_data | {"is_reported": known(self.cleaned_data["is_reported"])}
