"""What can be true of a person on a case."""

from datetime import date, timedelta

# The longest that anybody is known to have lived, and the longest that a pregnancy lasts, with some to spare.
OLDEST = 125
LONGEST_WAIT = timedelta(days=310)


def called(given_name: str, family_name: str, is_unborn: bool = False) -> str:
    """What somebody is called on a page: by what is known of their name; a child who is not born yet has mostly none."""
    return " ".join(part for part in (given_name, family_name) if part) or ("Unborn child" if is_unborn else "Name not known")


def age_on(born: date, day: date) -> int:
    """Full years of age on a day; somebody born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def reasons_birth_impossible(born: date | None, today: date) -> list[str]:
    """Why a date of birth cannot be right."""
    if born and born > today:
        return ["The date of birth cannot be in the future."]
    if born and age_on(born, today) > OLDEST:
        return [f"The date of birth cannot be more than {OLDEST} years ago."]
    return []


def reasons_unborn_impossible(is_unborn: bool, born: date | None, expected_on: date | None, today: date) -> list[str]:
    """Why what is said about an unborn child cannot be right."""
    if is_unborn and born:
        return ["A child with a date of birth has been born."]
    if expected_on and not is_unborn:
        return ["Only an unborn child has a date on which it is expected."]
    if is_unborn and expected_on and not today - timedelta(days=31) <= expected_on <= today + LONGEST_WAIT:
        return ["The date on which the child is expected must be within the next ten months."]
    return []


def reasons_role_taken(role: str, has_victim: bool) -> list[str]:
    """Why nobody can be added in this role: a case has one victim/survivor; each further one is a case of their own."""
    if role == "victim" and has_victim:
        return ["A case has one victim/survivor. Log a disclosure for the other one, so that each has their own."]
    return []
