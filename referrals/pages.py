"""The pages of a disclosure, one question after the other: one table, and the order in which a person meets them."""

from collections.abc import Callable
from dataclasses import dataclass

from referrals.forms import contact, event, people
from referrals.forms.page import PageForm


@dataclass(frozen=True)
class Page:
    """One page. Its slug stands in the address and says nothing; `left` names it where it was left for later.

    A page that applies is shown; one that is not `required` for the same answers holds nobody back.
    """

    code: str
    slug: str
    heading: str
    form: type[PageForm]
    left: str = ""
    template: str = "referrals/page.html"
    applies: Callable[[dict], bool] = lambda answers: True
    required: Callable[[dict], bool] = lambda answers: True

    @property
    def can_wait(self):
        """May it be left for later when somebody is in danger?"""
        return bool(self.left)


def _said(page, question, *answers_meant):
    return lambda answers: answers.get(page, {}).get(question) in answers_meant


def _yes(page, question):
    return _said(page, question, "yes")


IN_DANGER = _yes("danger", "danger")
MAY_BE_IN_DANGER = _said("danger", "danger", "yes", "not_known")


PAGES = {
    page.code: page
    for page in [
        Page("danger", "start", "Is anyone in danger right now?", event.DangerForm),
        Page(
            "emergency", "now", "Call 999 first", event.EmergencyForm,
            template="referrals/emergency.html", applies=MAY_BE_IN_DANGER, required=IN_DANGER,
        ),
        Page("route", "how", "How you heard of it", event.RouteForm, left="Say how you heard of it and who reported it"),
        Page("received", "when", "When you heard of it", event.ReceivedForm),
        Page("account", "account", "What happened", event.AccountForm, left="Write down what was said or seen"),
        Page("victim", "who", "The victim/survivor", people.VictimForm),
        Page("home", "home", "Where they live", people.HomeForm, left="Add where they live"),
        Page("contact", "reach", "Reaching them", contact.ContactForm, left="Say whether there is a safe way to reach them"),
        Page(
            "channels", "ways", "Ways to reach them", contact.ChannelsForm, left="Say how to reach them safely",
            template="referrals/channels.html", applies=_yes("contact", "any"),
        ),
        Page("perpetrator", "other", "The alleged perpetrator", people.PerpetratorForm, left="Say who the alleged perpetrator is"),
        Page("children", "household", "Children", people.ChildrenForm, left="Say whether there are children"),
        Page(
            "each_child", "each", "Each child", people.EachChildForm, left="Add each child",
            template="referrals/rows.html", applies=_yes("children", "any"),
        ),
        Page("stalking", "more", "Stalking", event.StalkingForm, left="Say whether there is a stalking element"),
        Page("consent", "agreed", "Agreement to share", contact.ConsentForm, left="Record whether they agreed to sharing"),
    ]
}
BY_SLUG = {page.slug: page for page in PAGES.values()}
FIRST = PAGES["danger"]


def logs_now(answers):
    """Did the person choose to log this at once and leave the rest?"""
    return MAY_BE_IN_DANGER(answers) and answers.get("emergency", {}).get("pace") == event.LOG_NOW


def sequence(answers):
    """The pages that these answers call for, in order; those that may wait are left out when it is logged at once."""
    hurry = logs_now(answers)
    return [page for page in PAGES.values() if page.applies(answers) and not (hurry and page.can_wait)]


def unanswered(answers):
    """The pages that must be answered before this can be logged."""
    return [page for page in sequence(answers) if page.code not in answers and page.required(answers)]


def left_for_later(answers):
    """The pages that were not needed to log it but still want an answer; a safe way to reach them is wanted until there is one."""
    no_way_yet = answers.get("contact", {}).get("any") == "no"
    wanted = [page for page in PAGES.values() if page.applies(answers) or (page.code == "channels" and no_way_yet)]
    return [page for page in wanted if page.code not in answers]


def relevant(answers):
    """The answers without those of pages that no longer apply (a child that turned out not to be there)."""
    return {code: kept for code, kept in answers.items() if PAGES[code].applies(answers)}


def following(answers, page, *, back_to_check=False, carried=frozenset()):
    """The page after this one; None when it is time to check the answers. What was `carried` over from a call is not asked again: the check shows it."""
    order = sequence(answers)
    if back_to_check or page not in order:
        # A changed answer about danger brings what to do about it first, whether or not it must be answered.
        later = [other for other in order if other.code not in answers and (page is FIRST or other.required(answers))]
    else:
        later = [other for other in order[order.index(page) + 1:] if other.code not in carried]
    return later[0] if later else None


def to_go_on_with(answers, unfinished):
    """Where a draft is gone on with: the first page that is unfinished or unanswered; None when only the check is left.

    A page that need not be answered counts only as long as nobody went past it.
    """
    order = sequence(answers)
    for place, page in enumerate(order):
        was_passed = not page.required(answers) and any(later.code in answers for later in order[place + 1:])
        if page.code in unfinished or (page.code not in answers and not was_passed):
            return page
    return None


def before(answers, page):
    """The page before this one, None at the start."""
    order = sequence(answers)
    place = order.index(page) if page in order else 0
    return order[place - 1] if place else None
