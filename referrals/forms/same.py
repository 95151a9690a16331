"""Whether the victim/survivor of a draft is one of those whose case is open already. Nobody is joined without a person who says so."""

from django import forms

from ui.fields import ChoiceField

NEW = "new"


class SameForm(forms.Form):
    """One of the open cases that were found, or a new one."""

    def __init__(self, *args, joinable, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(reference, f"Yes, they are the victim/survivor of {reference}. Add this to that case") for reference in joinable]
        self.fields["same"] = ChoiceField(
            label="Is this the same person?", choices=[*choices, (NEW, "No, or I cannot tell. Open a new case")],
            error_messages={"required": "Say whether this is the same person", "invalid_choice": "Choose one of these. What was found may have changed since you opened the page"},
        )
