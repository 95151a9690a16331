"""The questions of equality monitoring. What nobody asked stays "Not asked"."""

from django import forms

from cases.forms.case_file import EditForm
from cases.rules import equality as rules
from ui.fields import ChoiceField, DateField

_FEW = 8  # up to so many answers they stand one under the other, more are a list to choose from


class EqualityForm(EditForm):
    """All of it on one page, each question free to be left."""

    asked_on = DateField(label="When were they asked?", not_future=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked_on = self.fields.pop("asked_on")
        for code, question in rules.QUESTIONS.items():
            field, words = f"{code}_words", question.takes_words
            facts = {"label": question.label, "choices": question.choices, "initial": rules.NOT_ASKED, "required": False, "help_text": question.hint}
            is_short = len(question.choices) <= _FEW + 2
            # A list that comes back without an answer must not show its first answer as if somebody had chosen it.
            listed = facts | {"choices": [("", "Choose an answer"), *question.choices]}
            self.fields[code] = ChoiceField(**facts, reveals={rules.SELF: field} if words else {}) if is_short else forms.ChoiceField(**listed)
            if words:
                self.fields[field] = forms.CharField(label="In their own words", max_length=rules.LONGEST_WORDS, required=False)
        self.fields["asked_on"] = asked_on

    def clean(self):
        facts = super().clean()
        for code, reason in rules.reasons_unfit(self.answers(), self.words()).items():
            if code not in self.errors:
                self.add_error(f"{code}_words" if self.answers().get(code) == rules.SELF else code, reason)
        return facts

    def answers(self):
        return {code: self.cleaned_data.get(code) or rules.NOT_ASKED for code in rules.QUESTIONS}

    def words(self):
        return {code: self.cleaned_data.get(f"{code}_words") or "" for code, question in rules.QUESTIONS.items() if question.takes_words}

    def facts(self):
        """What the action takes."""
        return {
            "answers": self.answers(), "words": self.words(), "asked_on": self.cleaned_data["asked_on"], "once": self.cleaned_data["once"],
            "revision": self.cleaned_data["revision"],
        }
