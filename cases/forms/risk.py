"""The form on which somebody says what has happened, or will, that can change the risk."""

from cases.forms.case_file import OnceForm
from cases.rules.reassessment import CAUSES
from ui.fields import ChoiceField, DateField

_BY_HAND = {code: cause for code, cause in CAUSES.items() if cause.is_by_hand}


class RiskEventForm(OnceForm):
    """What, and on which day. What exactly happened belongs in a note."""

    kind = ChoiceField(
        label="What has happened, or will?", choices=[(code, cause.label) for code, cause in _BY_HAND.items()],
        hints={code: cause.why for code, cause in _BY_HAND.items()}, error_messages={"required": "Choose what has happened"},
    )
    happened_on = DateField(label="On which day?", help_text="Today, earlier, or a day that is still ahead, like a hearing or a release.")
