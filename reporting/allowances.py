"""How long the promises of a return had, as the agencies had agreed it: from the settings in force then, never from the promises made.

What was set is no secret; which of the settings a case met could speak of somebody.
"""

from datetime import timedelta

from agencies import policies
from agencies.models import Policy
from cases.clocks import CONTACT, KINDS

# The longest that a promise can have taken to fall due: ten working days over Christmas and the New Year.
LONGEST = timedelta(days=21)


def agreed(quarters):
    """{kind: the values under which a promise that fell due in one of these quarters can have begun}: hours before working days, the shortest first."""
    spans = [(quarter.starts_at - LONGEST, quarter.ends_at) for quarter in quarters]
    return {kind: _in_force(one.policy, spans) for kind, one in KINDS.items() if kind in CONTACT}


def _in_force(key, spans):
    """Every value that held for some agency at some instant of these spans."""
    # Of agencies that have closed since, too: the words of a published quarter are as little to change as its numbers.
    rows = Policy.objects.filter(key=key).order_by("effective_from", "id").values_list("agency", "effective_from", "value")
    by_holder = {None: []}
    for holder, since, value in rows:
        by_holder.setdefault(holder, []).append((since, value))
    found = set()
    for holder, settings in by_holder.items():
        for starts_at, ends_at in spans:
            before = [value for since, value in settings if since <= starts_at]
            # An agency without a number of its own follows the partnership, whose line is here too.
            found.update(before[-1:] or ([policies.KEYS[key].default] if holder is None else []))
            found.update(value for since, value in settings if starts_at < since < ends_at)
    return sorted(found, key=_length)


def _length(value):
    allowance = policies.parse_allowance(value)
    return (allowance.unit != "h", allowance.amount)


def in_words(values):
    """What the words of an edition leave open, filled in: {name: words}. `values` as `agreed` gives them."""
    allowed = {kind: [policies.parse_allowance(value) for value in found] for kind, found in values.items()}
    words = {}
    for kind, found in allowed.items():
        is_one = len(found) == 1
        words[f"{kind}_within"] = f"within {found[0].words.replace(' elapsed', '')}" if is_one else "within the promised time"
        words[f"{kind}_allowed"] = found[0].words if is_one else f"{' or '.join(one.words for one in found)}, as each agency had agreed when the promise began"
    every = {one for found in allowed.values() for one in found}
    hours = next(iter(every)).amount if len(every) == 1 and all(one.unit == "h" for one in every) else None
    return words | {
        "promises": f"{hours}-hour promises" if hours else "promises",
        "policy": f"The {hours}-hour policy" if hours else "The policy of promised times",
    }
