"""Owns how every Django form becomes a page of GOV.UK components, and the plain words of its errors."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import (
    EmailValidator,
    MaxLengthValidator,
    MinLengthValidator,
    ProhibitNullCharactersValidator,
)
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.functional import cached_property

from ui.characters import Printable, without_unprintable
from ui.fields import DateField

A_FILE = "Type your answer here. A file cannot be read as an answer"
AN_ADDRESS = "Enter an email address in the correct format, like name@example.org"
_GENERIC_REQUIRED = str(forms.Field.default_error_messages["required"])

_TEMPLATES = (  # the first that fits
    (lambda widget: widget.is_hidden, "ui/fields/hidden.html"),
    (lambda widget: isinstance(widget, forms.MultiWidget), "ui/fields/date.html"),
    (lambda widget: isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect), "ui/fields/choices.html"),
    (lambda widget: isinstance(widget, forms.CheckboxInput), "ui/fields/checkbox.html"),
    (lambda widget: isinstance(widget, forms.Textarea), "ui/fields/textarea.html"),
    (lambda widget: True, "ui/fields/input.html"),
)


def _lower_first(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


class Shorter(MaxLengthValidator):
    """Refuses a text that is too long, and says by how much."""

    def __init__(self, limit_value, subject: str) -> None:
        super().__init__(limit_value, f"{subject} must be {limit_value:,} characters or fewer.")

    def __call__(self, value) -> None:
        limit = self.limit_value() if callable(self.limit_value) else self.limit_value
        if len(value) > limit:
            raise ValidationError(f"{self.message} You typed {len(value):,}", code=self.code)


class Question(BoundField):
    """One field of one form on a page: which component draws it, what its errors say, what it reveals."""

    is_page_heading = False  # the only question of its page: its label is the page's heading
    caption = ""

    def __init__(self, form, field, name) -> None:
        super().__init__(form, field, name)
        self._speak_plainly()

    # Forms make their bound fields before they clean, so what is set here holds for every form, allauth's included.
    def _speak_plainly(self) -> None:
        field, label = self.field, str(self.label)
        picks = isinstance(field.widget, forms.RadioSelect | forms.Select | forms.CheckboxSelectMultiple)
        if isinstance(field, DateField):
            field.noun = label
        if isinstance(field, forms.CharField):
            field.validators = [self._plain(check) for check in field.validators]
        messages = field.error_messages
        if str(messages.get("required", "")) == _GENERIC_REQUIRED:
            if isinstance(field.widget, forms.CheckboxInput):
                messages["required"] = f"Tick “{label}” to go on"
            elif label.endswith("?"):
                messages["required"] = f"Answer “{label}”"
            else:
                messages["required"] = f"{'Select' if picks else 'Enter'} {_lower_first(label)}"
        if "invalid_choice" in messages and picks:
            messages["invalid_choice"] = "Choose one of the answers listed"
        if self._has_only_a_file():
            field.required = True
            messages["required"] = A_FILE

    def _plain(self, check):
        if isinstance(check, ProhibitNullCharactersValidator):
            return Printable()
        subject = "This answer" if str(self.label).endswith("?") else str(self.label)
        if isinstance(check, MaxLengthValidator):
            return Shorter(check.limit_value, subject)
        if isinstance(check, EmailValidator):
            return EmailValidator(message=AN_ADDRESS)
        if isinstance(check, MinLengthValidator):
            return MinLengthValidator(check.limit_value, f"{subject} must be {check.limit_value:,} characters or more")
        return check

    def _has_only_a_file(self) -> bool:
        if not self.form.files or isinstance(self.field, forms.FileField):
            return False
        names = [self.html_name]
        if isinstance(self.field.widget, forms.MultiWidget):
            names += [self.html_name + part for part in self.field.widget.widgets_names]
        return any(name in self.form.files and name not in self.form.data for name in names)

    # --- what the templates ask

    @property
    def template_name(self):
        if self.field.template_name:
            return self.field.template_name
        return next(name for fits, name in _TEMPLATES if fits(self.field.widget))

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}-hint"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}-error"

    def value(self):
        value = super().value()
        return without_unprintable(value) if isinstance(value, str) else value

    @property
    def aria_describedby(self):
        if self.is_hidden:
            return None
        ids = [*([self.hint_id] if self.help_text else []), *([self.error_id] if self.errors else [])]
        return " ".join(ids) or None

    def build_widget_attrs(self, attrs, widget=None):
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        attrs.pop("required", None)  # our own words, all at once, instead of the browser's one by one
        if widget.is_hidden:
            return attrs
        kind = "textarea" if isinstance(widget, forms.Textarea) else "select" if isinstance(widget, forms.Select) else "input"
        kind = "file-upload" if isinstance(widget, forms.FileInput) else kind
        classes = [f"govuk-{kind}", str(widget.attrs.get("class", ""))]
        if self.errors:
            classes.append(f"govuk-{kind}--error")
        if kind == "textarea" and self.maximum:
            classes.append("govuk-js-character-count")
            attrs["aria-describedby"] = f"{self.auto_id}-info {attrs.get('aria-describedby') or ''}".strip()
        attrs["class"] = " ".join(filter(None, classes))
        if not isinstance(widget, forms.FileInput | forms.Select):
            # Browsers remember what was typed for the next person at the same desk, unless told not to.
            if "autocomplete" not in widget.attrs:
                attrs["autocomplete"] = "off"
            attrs.setdefault("spellcheck", "true" if kind == "textarea" else "false")
        return attrs

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        # A browser cuts pasted text at maxlength without a word; we count aloud and refuse in words instead.
        chosen = widget or self.field.widget
        chosen.attrs.pop("maxlength", None)
        chosen.attrs.pop("minlength", None)
        chosen.attrs.pop("placeholder", None)  # it vanishes on typing and is read as if it were an answer
        return super().as_widget(widget, attrs, only_initial)

    @property
    def maximum(self) -> int | None:
        return getattr(self.field, "max_length", None)

    @property
    def maximum_in_words(self) -> str:
        return f"{self.maximum:,}"

    @property
    def is_inline(self) -> bool:
        return getattr(self.field, "is_inline", False)

    @property
    def is_small(self) -> bool:
        return getattr(self.field, "is_small", False)

    @cached_property
    def error_anchor(self) -> str:
        """The id that the error summary leads to: the first box that is wrong."""
        if isinstance(self.field, DateField):
            return next((box["id"] for box in self.boxes if box["is_wrong"]), f"{self.auto_id}_day")
        return self.auto_id

    @cached_property
    def boxes(self) -> list[dict]:
        """The parts of a date: name, id, label, what was typed, and whether it is wrong."""
        field, value = self.field, self.value()
        typed = value if isinstance(value, list | tuple) else field.widget.decompress(value)
        wrong = field.faulty_parts(typed) if self.errors else []
        return [
            {
                "name": f"{self.html_name}_{part}",
                "id": f"{self.auto_id}_{part}",
                "label": field.widget.labels[part],
                "value": text or "",
                "is_wrong": part in wrong,
                "width": 5 if part == "time" else 4 if part == "year" else 2,
                "is_number": part != "time",
            }
            for part, text in zip(field.parts, typed, strict=False)
        ]

    @property
    def is_multiple(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxSelectMultiple)

    @cached_property
    def options(self) -> list[dict]:
        """The choices: value, id, label, hint, whether chosen, and the question that choosing it reveals."""
        widget, field = self.field.widget, self.field
        hints, reveals, keys = getattr(field, "hints", {}), getattr(field, "reveals", {}), getattr(field, "keys", {})
        chosen = widget.format_value(self.value())
        flat = [option for _, group, _ in widget.optgroups(self.html_name, chosen) for option in group]
        flat = [option for option in flat if option["value"] != ""]  # an empty choice is for lists that drop down
        options = []
        for number, option in enumerate(flat, start=1):
            revealed = reveals.get(option["value"], [])
            options.append(
                {
                    "id": self.auto_id if number == 1 else f"{self.auto_id}-{number}",
                    "value": option["value"],
                    "label": option["label"],
                    "hint": hints.get(option["value"], ""),
                    "key": keys.get(option["value"], ""),
                    "is_chosen": option["selected"],
                    "revealed": [self.form[name] for name in ([revealed] if isinstance(revealed, str) else revealed)],
                    "divider": getattr(field, "divider", "") if number == len(flat) and number > 1 else "",
                }
            )
        return options

    @cached_property
    def revealed_names(self) -> list[str]:
        """The names of the questions that stand inside this one's choices."""
        found = []
        for name in getattr(self.field, "reveals", {}).values():
            found += [name] if isinstance(name, str) else name
        return found


def top_questions(form) -> list[Question]:
    """The visible questions of a form in order, without those that stand inside a choice of another."""
    questions = [form[name] for name in form.fields]
    inside = {name for question in questions if isinstance(question, Question) for name in question.revealed_names}
    return [question for question in questions if question.name not in inside and not question.is_hidden]


class Renderer(TemplatesSetting):
    """Django's own forms, drawn as GOV.UK components (settings.FORM_RENDERER)."""

    form_template_name = "ui/form.html"
    formset_template_name = "ui/formset.html"
    field_template_name = "ui/fields/input.html"
    bound_field_class = Question
