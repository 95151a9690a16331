"""What stands in the navigation for each role: a link only where the page behind it would open."""

from django.urls import reverse

from cases.notices import unread_count
from marac.agenda import waiting_count

# label, url name, capability; the first that a person holds is where they land after signing in.
LINKS = [
    ("Line", "line", "take_calls"),
    ("My work", "work", "search_cases"),
    ("Find a case", "find", "search_cases"),
    ("Notices", "notices", "search_cases"),
    ("Safeguarding", "onward_list", "see_case"),
    ("Incoming", "incoming", "receive_referrals"),
    ("Programmes", "programme_desk", "run_programme"),
    ("Log a disclosure", "disclosures", "log_disclosure"),
    ("MARAC", "marac", "see_listing"),
    ("Repeat and serial", "repeats", "see_repeats"),
    ("Directory", "directory", "search_cases"),
    ("Returns", "returns", "prepare_return"),
    ("Settings", "policies", "set_policies"),
    ("Directory", "directory", "keep_directory"),
]


# What only agencies of one type have: a manager elsewhere is not led to a line that nobody rings.
ONLY_FOR = {"line": "helpline"}


def links_for(actor):
    """The links that this actor may follow."""
    held = [(label, name) for label, name, capability in LINKS if actor and actor.may(capability) and ONLY_FOR.get(name, actor.agency_type) == actor.agency_type]
    return list(dict.fromkeys(held))


def navigation(request):
    """For every page: the links, which of them is open, how many notices wait, and for a coordinator how many referrals."""
    here = getattr(getattr(request, "resolver_match", None), "url_name", "")
    actor = getattr(request, "actor", None)
    links = links_for(actor)
    waiting = {"notices": unread_count(actor) if ("Notices", "notices") in links else 0, "marac": waiting_count(actor) if actor else 0}
    return {
        "navigation": [{"label": label, "url": reverse(name), "is_here": name == here, "count": waiting.get(name)} for label, name in links],
        "notice_count": waiting["notices"],
    }
