"""When a way of contact is safe: the one question about it, and the times of the week behind its second answer."""

from django import forms

from cases.models.contact import Times
from cases.safe_contact import WEEKDAYS
from ui.fields import ChoiceField, MultipleChoiceField, TimeField

WINDOWS = 3


class AsksWhenSafe(forms.Form):
    """Asks it on a form; `windows()` gives the times as (weekday, starts, ends). What stands under an answer not given was not answered."""

    def ask_when_safe(self, agreed=()):
        """Add the questions. `agreed` are the times so far."""
        groups = _days_by_hours(agreed)
        self.groups = max(WINDOWS, len(groups))
        self.initial = _as_initial(groups) | self.initial
        inner = [f"{part}_{number}" for number in range(1, self.groups + 1) for part in ("days", "from", "to")]
        self.fields["times"] = ChoiceField(
            label="When is it safe?", required=False, choices=Times.choices, reveals={Times.WINDOWS: inner},
            hints={Times.UNKNOWN: "Treated as not safe until somebody has asked them."},
        )
        for number in range(1, self.groups + 1):
            self.fields[f"days_{number}"] = MultipleChoiceField(
                label="Safe days" if number == 1 else f"More safe days ({number})", required=False,
                choices=[(str(day), name) for day, name in enumerate(WEEKDAYS)],
            )
            self.fields[f"from_{number}"] = TimeField(label="From", required=False)
            self.fields[f"to_{number}"] = TimeField(label="Until", required=False)

    def check_when_safe(self, facts, *, is_asked=True):
        """Judge the answers; with `is_asked` false the question did not arise."""
        if not is_asked:
            facts["times"] = Times.UNKNOWN.value
            self.errors.pop("times", None)
        elif not facts.get("times") and "times" not in self.errors:
            self.add_error("times", "Answer “When is it safe?”")
        for number in range(1, self.groups + 1):
            if facts.get("times") == Times.WINDOWS:
                self._check_window(facts, number)
            else:
                self._drop_window(facts, number)
        if facts.get("times") == Times.WINDOWS and not self._has_windows(facts):
            self.add_error("times", "Enter at least one safe time, or choose another answer")

    def windows(self):
        """The times of the week that were given."""
        typed = self.cleaned_data
        return sorted(
            {
                (int(day), typed[f"from_{number}"], typed[f"to_{number}"])
                for number in range(1, self.groups + 1)
                for day in typed.get(f"days_{number}") or []
            }
        )

    def _has_windows(self, facts):
        names = [f"{part}_{number}" for number in range(1, self.groups + 1) for part in ("days", "from", "to")]
        return any(facts.get(name) or name in self.errors for name in names)

    def _drop_window(self, facts, number):
        for part in ("days", "from", "to"):
            facts[f"{part}_{number}"] = [] if part == "days" else None
            self.errors.pop(f"{part}_{number}", None)

    def _check_window(self, facts, number):
        days, starts, ends = facts.get(f"days_{number}"), facts.get(f"from_{number}"), facts.get(f"to_{number}")
        if not (days or starts or ends) or any(f"{part}_{number}" in self.errors for part in ("days", "from", "to")):
            return
        if not days:
            self.add_error(f"days_{number}", "Select the days on which these times are safe")
        if starts is None:
            self.add_error(f"from_{number}", "Enter the time from which it is safe")
        if ends is None:
            self.add_error(f"to_{number}", "Enter the time until which it is safe")
        if starts is not None and ends is not None and ends <= starts:
            self.add_error(f"to_{number}", "This must be later than the time before it. Enter a night as two times: until 23:59, and from 00:00")


def _days_by_hours(times):
    """Safe times with the days that share the same hours together."""
    together: dict[tuple, list[str]] = {}
    for weekday, starts, ends in times:
        together.setdefault((starts, ends), []).append(str(weekday))
    return together


def _as_initial(groups):
    initial = {}
    for number, ((starts, ends), days) in enumerate(groups.items(), start=1):
        initial |= {f"days_{number}": days, f"from_{number}": starts, f"to_{number}": ends}
    return initial
