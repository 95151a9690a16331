"""Whose the work is: a landlord's own people take these steps; whoever reads the case reads of them, without costs."""

from django.core.exceptions import PermissionDenied

from agencies.models import Agency

LANDLORD = "housing"


def is_landlord(actor):
    """Does this person act for a landlord?"""
    return Agency.objects.filter(pk=actor.agency_id, type=LANDLORD).exists()


def refuse_others(actor):
    """Raises PermissionDenied for whoever acts for no landlord."""
    if not is_landlord(actor):
        raise PermissionDenied("not a landlord")


def refuse_foreign(actor, agency_id):
    """Raises PermissionDenied where another agency sees to it."""
    if actor.agency_id != agency_id:
        raise PermissionDenied("another agency's work")
