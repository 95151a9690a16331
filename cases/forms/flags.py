"""Forms for safety flags: raise one, review it, propose that it goes, decide on that."""

from cases.forms.case_file import EditForm, OnceForm
from cases.models.flag import Decision
from cases.rules.flags import KINDS
from ui.fields import ChoiceField, DateField, Notes

_READ = "The case’s partners can read this, and agencies that hold only its summary see the kind of flag. No addresses."


def _review_field(basis):
    return DateField(label="When should it be reviewed?", not_past=True, help_text=f"{basis}. Earlier where things may change sooner.")


class RaiseFlagForm(OnceForm):
    """One flag. `basis` says where the day of the review comes from."""

    kind = ChoiceField(
        label="What must people know?", choices=[(code, kind.label) for code, kind in KINDS.items()], hints={code: kind.what_to_do for code, kind in KINDS.items()},
    )
    reason = Notes(label="Why?", max_length=1000, rows=4, help_text=f"What happened, who saw it, and when. {_READ}")

    def __init__(self, *args, basis, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["review_on"] = _review_field(basis)


class ReviewFlagForm(EditForm):
    """It still holds: what was looked at, and when somebody looks again."""

    note = Notes(label="What did you find?", max_length=1000, rows=4, help_text=f"Whom you asked, and why it still holds. {_READ}")

    def __init__(self, *args, basis, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["review_on"] = _review_field(basis)
        self.fields["review_on"].label = "When should it be reviewed next?"


class ProposeRemovalForm(OnceForm):
    reason = Notes(label="Why should it go?", max_length=1000, rows=4, help_text=f"What has changed, and how you know. {_READ}")


class DecideRemovalForm(OnceForm):
    decision = ChoiceField(
        label="Do you approve that the flag is removed?",
        choices=[(Decision.APPROVED, "Yes, remove it"), (Decision.DECLINED, "No, the flag stays")],
        error_messages={"required": "Select whether you approve it"},
    )
    reason = Notes(label="Why?", max_length=1000, rows=4, help_text=_READ)
