"""Who sees a disclosure before it is a case (design, law 2): its author, and those who lead a team in the same agency. Nobody else."""

from django.http import Http404
from django.urls import resolve

from agencies.models import Submission
from cases.access import record_look, visible_cases
from referrals.models import Disclosure, DisclosureState


def disclosures_of(actor):
    """The disclosures that this actor may see for their own sake, in whatever state."""
    if actor is None or actor.agency_id is None or not actor.may("log_disclosure"):
        return Disclosure.objects.none()
    own_agency = Disclosure.objects.filter(agency=actor.agency_id)
    return own_agency if actor.may("see_team") else own_agency.filter(author=actor.user_id)


def drafts_of(actor):
    """The drafts among them."""
    return disclosures_of(actor).filter(state=DisclosureState.DRAFT)


def logged_of(actor):
    """Those that became a case which this actor may still see, the latest first."""
    return disclosures_of(actor).filter(state=DisclosureState.SUBMITTED, case__in=visible_cases(actor)).order_by("-submitted_at", "-id")


def begun_with(actor, token):
    """The reference of the disclosure that this person began with a form's token; "" where there is none."""
    begun = Submission.objects.filter(token=token, verb="disclosure.start", user=actor.user_id).exclude(led_to="").first()
    return resolve(begun.led_to).kwargs["reference"] if begun else ""


def older_than(disclosures, reference):
    """Of these disclosures, those begun before the one with this reference: the next page of a list. Unknown, and there are none."""
    if not reference.isprintable():
        return disclosures.none()
    return disclosures.filter(pk__lt=disclosures.order_by().filter(reference=reference).values("pk"))


def open_disclosure(actor, reference, part=""):
    """The disclosure, if this actor may see it; each opening is kept in the log. Anything else is Http404."""
    found = disclosures_of(actor).filter(reference=reference if reference.isprintable() else "").select_related("author", "saved_by", "case").first()
    if found is None or (found.joined_to_id and not visible_cases(actor).filter(pk=found.joined_to_id).exists()):
        raise Http404
    record_look(actor, f"disclosure:{found.pk}:{part}" if part else f"disclosure:{found.pk}")
    return found
