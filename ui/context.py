"""Owns what the layout of every page needs to know: the service's neutral name, who is signed in, their notices."""

from django.http import HttpRequest

SERVICE_NAME = "Waymark"


def page(request: HttpRequest) -> dict:
    """For the layout: `service_name`, `person_name`, `person_agency` and `notice_count` (nought where none is known)."""
    actor = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    if actor is not None:
        name, agency = actor.name, getattr(actor, "agency_name", "")
    elif user is not None and user.is_authenticated:
        name, agency = str(user), ""
    else:
        name, agency = "", ""
    return {
        "service_name": SERVICE_NAME,
        "person_name": name,
        "person_agency": agency,
        "notice_count": getattr(actor, "notice_count", 0) if actor is not None else 0,
        "has_held_form": lambda: getattr(request, "has_held_form", False),
    }
