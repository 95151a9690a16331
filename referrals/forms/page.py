"""What every page of a disclosure has in common: how its answers are kept in the draft, shown again, and asked about twice."""

import datetime as dt
import re

from django import forms
from django.forms.utils import ErrorDict

from ui import times
from ui.fields import DateField, DateTimeField, TimeField

MOST_ROWS = 12
YES_NO_UNKNOWN = [("yes", "Yes"), ("no", "No"), ("not_known", "Not known")]
_ROW = re.compile(r"row-(\d+)-(.+)")
_EMPTY = (None, "", [])


class AsGiven(forms.Widget):
    """Takes a value as the API gives it, instead of the boxes of a page."""

    def value_from_datadict(self, data, files, name):
        return data.get(name)


def kept_value(value):
    """A cleaned value as the draft keeps it."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return f"{value:%H:%M}" if isinstance(value, dt.time) else value


def restored_value(field, value):
    """A kept value as its field had cleaned it."""
    if value in _EMPTY:
        return value
    if isinstance(field, DateTimeField):
        return dt.datetime.fromisoformat(value)
    if isinstance(field, DateField):
        return dt.date.fromisoformat(value)
    return dt.time.fromisoformat(value) if isinstance(field, TimeField) else value


def shown_value(field, value):
    """A kept value in words."""
    value = restored_value(field, value)
    if isinstance(value, dt.datetime):
        return times.local_time(value)
    if isinstance(value, dt.date):
        return times.local_date(value)
    if isinstance(value, dt.time):
        return times.time_of_day(value)
    if isinstance(field, forms.ChoiceField):
        labels = {str(code): str(label) for code, label in field.choices}
        values = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(one), str(one)) for one in values)
    return str(value)


class Answers(forms.Form):
    """Questions whose cleaned answers go into a draft and come back from it. `kept` are the answers of an earlier save."""

    def __init__(self, data=None, files=None, *, kept=None, is_given=False, **kwargs):
        super().__init__(data, files, initial=self.restored(kept or {}), **kwargs)
        if is_given:
            for field in self.fields.values():
                field.widget = AsGiven()

    @classmethod
    def restored(cls, kept):
        """Kept answers as initial values."""
        return {name: restored_value(field, kept[name]) for name, field in cls.base_fields.items() if name in kept}

    @classmethod
    def shown(cls, kept):
        """Kept answers as (question, words, is it long text) for reading."""
        return [
            (str(field.label), shown_value(field, kept[name]), isinstance(field.widget, forms.Textarea))
            for name, field in cls.base_fields.items()
            if name in kept
        ]

    def answers(self):
        """What to keep: only what was answered."""
        return {name: kept_value(value) for name, value in self.cleaned_data.items() if value not in _EMPTY}

    def clean(self):
        """What stands inside a choice that was not made was not answered, whatever is left in its box."""
        for name, field in self.fields.items():
            for choice, revealed in getattr(field, "reveals", {}).items():
                if self.cleaned_data.get(name) != choice:
                    for inner in [revealed] if isinstance(revealed, str) else revealed:
                        self.cleaned_data.pop(inner, None)
                        self.errors.pop(inner, None)
        return self.cleaned_data

    def refuse(self, name, reasons):
        """Set the reasons of a rule beside a question."""
        for reason in reasons:
            self.add_error(name, reason)

    def without_errors(self):
        """The same words in the same boxes, not judged yet."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        return self


class PageForm(Answers):
    """One page. `others` are the kept answers of the other pages; unlikely answers are asked about once more (`checks`)."""

    row_class = None
    heading = ""  # what the page is called where these answers call it otherwise than its name

    confirm = forms.BooleanField(required=False, label="Yes, this is right")
    confirming = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, files=None, *, kept=None, others=None, is_given=False, rows=None, **kwargs):
        self.others = others or {}
        confirmed = (kept or {}).get("confirmed", [])
        if is_given and data is not None:
            data = {**data, "confirm": bool(data.get("confirmed")), "confirming": ",".join(sorted(data.get("confirmed") or []))}
        super().__init__(data, files, kept=kept, is_given=is_given, **kwargs)
        self.initial |= {"confirm": bool(confirmed), "confirming": ",".join(confirmed)}
        if not self.is_bound and not confirmed:
            self._ask_nothing_twice()
        # The question "is this right?" comes last, whatever a page asks.
        self.order_fields([*(name for name in self.fields if name not in ("confirm", "confirming")), "confirm", "confirming"])

    rows: tuple = ()

    def without_errors(self):
        if not self.data.get("confirming"):
            self._ask_nothing_twice()
        return super().without_errors()

    @property
    def all_forms(self):
        """This form and its rows, for the error summary."""
        return [self, *self.rows]

    def checks(self):
        """What is possible but unlikely about these answers (rules.Check)."""
        return []

    def answers(self):
        kept = super().answers()
        kept.pop("confirm", None)
        if codes := kept.pop("confirming", ""):
            kept["confirmed"] = codes.split(",")
        return kept

    @classmethod
    def shown(cls, kept):
        return super().shown({name: value for name, value in kept.items() if name not in ("confirm", "confirming")})

    def _post_clean(self):
        super()._post_clean()
        checks = [] if self.errors else self.checks()
        codes = ",".join(sorted(check.code for check in checks))
        if not checks:
            self._ask_nothing_twice()
        elif not (self.cleaned_data.get("confirm") and self.cleaned_data.get("confirming") == codes):
            self.data = self.data.copy()
            self.data["confirming"] = codes
            self.data.pop("confirm", None)
            for check in checks:
                self.add_error("confirm", f"{check.words}. Check it, and tick the box if it is right")

    def _ask_nothing_twice(self):
        for name in ("confirm", "confirming"):
            self.fields.pop(name, None)
            if hasattr(self, "cleaned_data"):
                self.cleaned_data.pop(name, None)


class RowsForm(PageForm):
    """A page that asks the same about each of several: channels, children."""

    row_noun = ""
    fewest_rows = 1

    def __init__(self, data=None, files=None, *, kept=None, is_given=False, **kwargs):
        super().__init__(data, files, kept=kept, is_given=is_given, **kwargs)
        kept_rows = (kept or {}).get("rows", [])
        if data is None:
            kept_rows = kept_rows or [{}] * self.fewest_rows
            self.rows = [self.row_class(prefix=f"row-{number}", kept=row) for number, row in enumerate(kept_rows)]
        elif is_given:
            self.rows = [self.row_class(row, is_given=True) for row in data.get("rows", [])]
        else:
            numbers = range(_row_count(data))
            self.rows = [self.row_class(data, files, prefix=f"row-{number}") for number in numbers]

    def _post_clean(self):
        if any(not row.is_valid() for row in self.rows):
            # The page is wrong where a row is; the words stand beside the row's own questions.
            self._errors.setdefault("__all__", self.error_class())
        if len(self.rows) < self.fewest_rows:
            self.add_error(None, "Add at least one")
        super()._post_clean()

    def answers(self):
        return super().answers() | {"rows": [row.answers() for row in self.rows]}

    def without_errors(self):
        for row in self.rows:
            row.without_errors()
        return super().without_errors()

    @classmethod
    def shown(cls, kept):
        rows = [
            (f"{cls.row_noun} {number}", "\n".join(_line(question, words) for question, words, _ in cls.row_class.shown(row)), True)
            for number, row in enumerate(kept.get("rows", []), 1)
        ]
        return super().shown(kept) + rows


def _line(question, words):
    return f"{question} {words}" if question.endswith("?") else f"{question}: {words}"


def _row_count(data):
    try:
        return max(0, min(MOST_ROWS, int(data.get("rows", 0))))
    except ValueError:
        return 0


def with_rows_changed(data, *, add=False, remove=None):
    """The same typed answers with one row more, or without one."""
    count = _row_count(data)
    gone = remove if remove is not None and 0 <= remove < count else None
    changed = data.copy()
    for name in [name for name in data if _ROW.fullmatch(name)]:
        del changed[name]
    for name, values in data.lists():
        found = _ROW.fullmatch(name)
        if found and int(found[1]) != gone:
            number = int(found[1]) - (gone is not None and int(found[1]) > gone)
            changed.setlist(f"row-{number}-{found[2]}", values)
    changed["rows"] = str(min(MOST_ROWS, count - (gone is not None) + add))
    return changed
