"""What somebody looks for. Sent by POST only: a name never stands in an address."""

from django import forms

SHORTEST = 2


class FindForm(forms.Form):
    words = forms.CharField(
        label="Reference or name",
        help_text="A case reference like K7Q4-M9XD, or a name. The spelling need not be exact.",
        max_length=120,
        error_messages={"required": "Enter a reference or a name"},
    )

    def clean_words(self):
        words = self.cleaned_data["words"]
        if sum(letter.isalnum() for letter in words) < SHORTEST:
            raise forms.ValidationError("Enter at least two letters or digits")
        return words
