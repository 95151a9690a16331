"""What a reader would check again in a whole disclosure: the same questions as the pages ask, over all answers at once."""

from datetime import datetime

from referrals import pages, rules
from referrals.forms.people import full_name, kept_age


def open_checks(answers, now):
    """The unlikely answers that nobody has confirmed; a later change on another page can bring one about."""
    answers = pages.relevant(answers)
    victim, perpetrator = answers.get("victim", {}), answers.get("perpetrator", {})
    received = answers.get("received", {}).get("received_at")
    ages = [kept_age(child) for child in answers.get("each_child", {}).get("rows", [])]
    found = [
        *(rules.check_received(datetime.fromisoformat(received), now) if received else []),
        *rules.check_victim(kept_age(victim)),
        *rules.check_perpetrator(full_name(victim), full_name(perpetrator)),
        *rules.check_children(ages, kept_age(victim)),
    ]
    return [check for check in found if check.code not in answers[check.page].get("confirmed", [])]
