"""The door of a page: each view says which capability it needs; a view that says nothing lets nobody in.

For an agency or partnership capability the role decides here. For a case capability the role must at least allow it, and the
view opens the case through `cases.access.open_case`, which decides the rest.
"""

from django.core.exceptions import PermissionDenied

from agencies.capabilities import CAPABILITIES


def needs(capability):
    """This view needs this capability."""
    if capability not in CAPABILITIES:
        raise ValueError(f"unknown capability {capability}")

    def mark(view):
        view.capability = capability
        return view

    return mark


def signed_in(reason):
    """This view is for anyone who is signed in, for the reason given (it shows nothing but what is their own)."""

    def mark(view):
        view.signed_in_reason = reason
        return view

    return mark


def public(reason):
    """This view is for anyone at all, for the reason given."""

    def mark(view):
        view.public_reason = reason
        return view

    return mark


def declaration(view, name):
    """What a view (a function, or a class behind `as_view`) declares."""
    return getattr(view, name, None) or getattr(getattr(view, "cls", getattr(view, "view_class", None)), name, None)


# How a case refuses (404 unseen, 403 seen but not allowed) is for the room above to say; it puts its answer here when it is set up.
case_refusal = []


def refusal(actor, capability, reference):
    """The exception for somebody whose role lacks the capability of a view: of a case, what the case file says; else PermissionDenied."""
    if reference is not None and CAPABILITIES[capability].scope == "case":
        return case_refusal[0](actor, reference, capability)
    return PermissionDenied(capability)
