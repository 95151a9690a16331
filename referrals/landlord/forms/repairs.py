"""The form for a decision about a charge (SEED-088)."""

from django import forms

from cases.forms.case_file import EditForm, audience_field
from referrals.landlord import rules
from referrals.landlord.forms.money import MoneyField
from referrals.landlord.models import Waiver
from ui.fields import ChoiceField


class RepairForm(EditForm):
    """What was damaged, by whom, what it costs, whether it is charged. The rule advises to waive whatever comes of the abuse."""

    asks_about_place = True  # its action refuses a protected place in words that partners read

    damage = forms.CharField(label="What was damaged, and what is the repair?", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    caused = ChoiceField(
        label="Who caused it?", choices=list(rules.CAUSED.items()), help_text="No proof is asked for. What may come of abuse counts as that.",
        hints={code: rules.advice_on_charge(code) for code in rules.CAUSED},
    )
    asked = MoneyField(label="What does it cost, in pounds?", error_messages={"required": "Enter what the repair costs"})
    decision = ChoiceField(label="Is it charged to the victim/survivor?", choices=Waiver.choices, initial=Waiver.WAIVED, reveals={Waiver.PART: "charged"})
    charged = MoneyField(label="How much of it, in pounds?", required=False)
    why = forms.CharField(
        label="Why?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="Needed where anything is charged of what may come of abuse.",
    )

    def __init__(self, *args, readers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["audience"] = audience_field(readers, label="Who may read what you wrote?")
        self.fields["audience"].initial = "agency"
