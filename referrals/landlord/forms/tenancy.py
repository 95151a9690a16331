"""Forms for what is done about the tenancy and about the alleged perpetrator: a new line, and how far it is now."""

from django import forms
from django.utils import timezone

from cases.forms.case_file import EditForm, audience_field
from cases.models.chronology import Audience
from referrals.landlord import rules
from referrals.landlord.models import Progress, Protection, Wishes
from ui.fields import ChoiceField, DateField

_WORDS = {"wishes_said": ("What do they want, in their words?", 2000), "weighing": ("How was what they want weighed?", 2000), "what_happened": ("What happened?", 2000)}


def _text(label, longest, **kwargs):
    return forms.CharField(label=label, required=False, max_length=longest, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class StepForm(EditForm):
    """How far something is, what the victim/survivor wants, why. `kinds` are those that it may be about; `before` is where it stands."""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    def __init__(self, *args, kinds, before="", readers, people=(), orders=(), audience=Audience.AGENCY, **kwargs):
        super().__init__(*args, **kwargs)
        fields, is_new, side = self.fields, not before, rules.KINDS[kinds[0]].side
        if is_new:
            self._ask_what(kinds, side, people, orders)
        fields["state"] = ChoiceField(
            label="How far is it?", choices=[(state, Progress(state).label) for state in rules.states_after(before)], reveals={rules.NOT_PURSUED: "why_not"},
        )
        fields["why_not"] = _text("Why is it not pursued?", 1000)
        fields["happened_on"] = DateField(label="Since which day?", not_future=True, initial=timezone.localdate())
        fields["wishes"] = ChoiceField(label="Does anybody know what the victim/survivor wants?", choices=Wishes.choices, reveals={rules.SAID: "wishes_said"})
        fields["wishes_said"] = _text(*_WORDS["wishes_said"])
        if any(rules.KINDS[code].wants_weighing for code in kinds):
            fields["weighing"] = _text(*_WORDS["weighing"], help_text="Needed before possession is sought.")
        if not is_new:
            self._ask_besides(kinds[0])
        fields["what_happened"] = _text(*_WORDS["what_happened"])
        fields["next_on"] = DateField(label="When do you look at it again?", required=False, not_past=True)
        fields["audience"] = audience_field(readers, label="Who may know of this?" if side == rules.PERPETRATOR else "Who may read what you wrote?")
        fields["audience"].initial = audience

    def _ask_what(self, kinds, side, people, orders):
        reveals = {"end_joint": "without_advice", "sole_tenancy": ["protection", "no_protection"]}
        if orders:
            reveals["injunction"] = "order_id"
        reveals = {code: inner for code, inner in reveals.items() if code in kinds}
        self.fields["kind"] = ChoiceField(
            label="What is it?", choices=[(code, rules.KINDS[code].label) for code in kinds], hints={code: rules.KINDS[code].rule for code in kinds}, reveals=reveals,
        )
        for code in reveals:
            self._ask_besides(code)
        if orders:
            self.fields["order_id"] = ChoiceField(label="Which order of the case?", required=False, choices=[*((str(pk), label) for pk, label in orders), ("0", "None of these")])
        if side == rules.PERPETRATOR:
            self.fields["party_id"] = ChoiceField(label="Whom does it concern?", choices=[(str(party.pk), party.person.name) for party in people])
            if len(people) == 1:
                self.fields["party_id"].initial = str(people[0].pk)

    def _ask_besides(self, code):
        if code == "end_joint":
            self.fields["without_advice"] = _text("If no legal advice is arranged: why not?", 1000)
        if code == "sole_tenancy":
            self.fields["protection"] = ChoiceField(
                label="Which tenancy do they get?", required=False, choices=Protection.choices,
                hints={rules.LIFETIME: "What the law asks for where they were a secure tenant for life (Housing Act 1985, section 81ZA)."},
            )
            self.fields["no_protection"] = _text("If section 81ZA does not apply: why not?", 1000)

    def facts(self):
        """What the actions take."""
        facts = dict(self.cleaned_data)
        for name in ("party_id", "order_id"):
            if name in facts:
                facts[name] = int(facts[name] or 0) or None
        return facts
