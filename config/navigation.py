"""What stands in the navigation for each role: a link only where the page behind it would open."""

from django.urls import reverse

# label, url name, capability; the first that a person holds is where they land after signing in.
LINKS = [
    ("My work", "work", "search_cases"),
    ("Find a case", "find", "search_cases"),
    ("Log a disclosure", "disclosures", "log_disclosure"),
    ("MARAC", "marac", "run_marac"),
    ("Returns", "returns", "prepare_return"),
    ("Settings", "policies", "set_policies"),
]


def links_for(actor):
    """The links that this actor may follow."""
    return [(label, name) for label, name, capability in LINKS if actor and actor.may(capability)]


def navigation(request):
    """For every page: the links, and which of them is open."""
    here = getattr(getattr(request, "resolver_match", None), "url_name", "")
    links = links_for(getattr(request, "actor", None))
    return {"navigation": [{"label": label, "url": reverse(name), "is_here": name == here} for label, name in links]}
