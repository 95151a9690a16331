"""Forms for security measures: ordering, the fitter's visit, what was fitted, whether it works, cancelling."""

from django import forms
from django.utils import timezone

from cases.forms.case_file import EditForm
from referrals.landlord import rules
from referrals.landlord.forms.money import MoneyField
from ui.fields import DateTimeField, MultipleChoiceField, YesNoField

_READ = "The case’s partners can read this."


def _now():
    return timezone.now().replace(second=0, microsecond=0)


class OrderForm(EditForm):
    """Which measures, how many, what they cost. `fire` names where arson is spoken of, so that the letterbox is proposed."""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    def __init__(self, *args, fire=(), urgent_words, ordinary_words, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["measures"] = MultipleChoiceField(
            label="What is ordered?", choices=list(rules.MEASURES.items()), reveals={kind: [f"quantity_{kind}", f"cost_{kind}"] for kind in rules.MEASURES},
            initial=[rules.LETTERBOX] if fire else [], error_messages={"required": "Select at least one measure"},
        )
        for kind, label in rules.MEASURES.items():
            fields[f"quantity_{kind}"] = forms.IntegerField(
                label=f"{label}: how many?", required=False, initial=1, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
                error_messages={"invalid": "Enter a whole number"},
            )
            fields[f"cost_{kind}"] = MoneyField(label=f"{label}: cost of all of them, in pounds", required=False, help_text="As far as you know. Partners do not see it.")
        fields["is_urgent"] = YesNoField(label="Is it urgent?", hints={"yes": f"To be fitted within {urgent_words}.", "no": f"To be fitted within {ordinary_words}."})
        fields["fears_fire"] = YesNoField(
            label="Is arson feared?", reveals={"yes": "no_letterbox"}, initial=True if fire else None, hints={"yes": "Then a fireproof letterbox is fitted."},
        )
        fields["no_letterbox"] = forms.CharField(
            label="If no fireproof letterbox is ordered: why not?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ,
        )

    def clean(self):
        facts = super().clean()
        for kind in rules.MEASURES:
            if kind not in (facts.get("measures") or []):
                for name in (f"quantity_{kind}", f"cost_{kind}"):
                    self.errors.pop(name, None)  # out of sight: what was once typed there neither counts nor stands in the way
            elif facts.get(f"quantity_{kind}") is None and f"quantity_{kind}" not in self.errors:
                self.add_error(f"quantity_{kind}", "Enter how many")
        return facts

    def facts(self):
        """What the action takes."""
        said = self.cleaned_data
        lines = {kind: (said[f"quantity_{kind}"], said.get(f"cost_{kind}") or 0) for kind in said["measures"]}
        return {"lines": lines} | {name: said[name] for name in ("is_urgent", "fears_fire", "no_letterbox", "once", "revision")}


class VisitForm(EditForm):
    asks_about_place = True  # its action refuses a protected place in words that partners read

    visit_at = DateTimeField(label="When does the fitter come?", not_past=True)
    override_reason = forms.CharField(
        label="If the time is not known to be safe: why all the same?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ,
    )


class MeasuresForm(EditForm):
    """Something about some of the measures of an order. `measures` are those that it can be about."""

    asks_about_place = True  # its action refuses a protected place in words that partners read
    question = "Which?"

    def __init__(self, *args, measures, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = [(str(one.pk), one.words) for one in measures]
        self.fields["measures"] = MultipleChoiceField(
            label=self.question, choices=chosen, initial=[pk for pk, _ in chosen], error_messages={"required": "Select at least one"}, reveals=self.inner(measures),
        )
        self.order_fields(["measures"])

    def inner(self, measures):
        """What choosing one asks besides."""
        return {}

    def facts(self):
        """What the action takes."""
        return self.cleaned_data | {"measures": [int(pk) for pk in self.cleaned_data["measures"]]}


class FittedForm(MeasuresForm):
    question = "What was fitted?"

    fitted_at = DateTimeField(label="When?", not_future=True)
    fitter = forms.CharField(label="Who fitted it?", max_length=200, help_text="Job and firm, or their name.")

    def __init__(self, *args, measures, **kwargs):
        super().__init__(*args, measures=measures, **kwargs)
        self.fields["fitted_at"].initial = _now()

    def inner(self, measures):
        for one in measures:
            self.fields[f"cost_{one.pk}"] = MoneyField(label=f"{one.words}: what it cost, in pounds", required=False, initial=one.cost_pence)
        return {str(one.pk): f"cost_{one.pk}" for one in measures}

    def facts(self):
        facts = super().facts()
        costs = {pk: facts.get(f"cost_{pk}") for pk in facts["measures"]}
        kept = {name: value for name, value in facts.items() if not name.startswith("cost_")}
        return kept | {"costs": {pk: pence for pk, pence in costs.items() if pence is not None}}


class CheckedForm(MeasuresForm):
    question = "What did you check?"

    checked_at = DateTimeField(label="When?", not_future=True)
    is_sound = YesNoField(label="Does it work?", reveals={"no": "fault"}, hints={"no": "It is ordered again, with a time of its own."})
    fault = forms.CharField(label="What is wrong with it?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_READ)

    def __init__(self, *args, measures, **kwargs):
        super().__init__(*args, measures=measures, **kwargs)
        self.fields["checked_at"].initial = _now()


class CancelForm(MeasuresForm):
    question = "What is cancelled?"

    reason = forms.CharField(
        label="Why, and what keeps them safe instead?", max_length=500, widget=forms.Textarea(attrs={"rows": 4}), help_text=_READ,
    )

    def __init__(self, *args, measures, **kwargs):
        super().__init__(*args, measures=measures, **kwargs)
        self.fields["measures"].initial = []
