"""Equality monitoring: what a person answered, and answering it. For whoever runs the case; on no list and on no other page."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.doors import needs
from cases.access import open_case, visible_cases
from cases.actions.equality import record_equality
from cases.forms.equality import EqualityForm
from cases.models import Equality, Party
from cases.rules.clocks import LONDON
from cases.rules.equality import ROLES
from cases.views.form_page import form_page, revision_of


@needs("edit_people")
def equality(request, reference, party_id):
    """The answers of one person, each free to be left, with who asked and when."""
    case = open_case(request.actor, reference, "edit_people", part=f"equality:{party_id}")
    party = Party.objects.filter(pk=party_id, case=case, role__in=ROLES).select_related("person").first()
    if party is None:
        raise Http404
    row = _answers().filter(party=party).first()
    elsewhere = None if row else _elsewhere(request.actor, party)
    initial = {"asked_on": timezone.now().astimezone(LONDON).date()}
    if known := row or elsewhere:
        # The day goes with the answers: to keep them is not to have asked today.
        initial |= {"asked_on": known.asked_on} | known.answers | {f"{code}_words": text for code, text in known.words.items()}

    def save(form):
        return record_equality(request.actor, case, party_id=party_id, **form.facts())

    here = reverse("equality", args=[reference, party_id])
    return form_page(
        request, case, save=save, heading=f"Equality monitoring: {party.person.name}", page_title="Monitoring", template="cases/people/equality.html", asked=row,
        elsewhere=elsewhere, form=lambda **data: EqualityForm(**data, initial=revision_of(case) | initial), done=lambda saved: here,
    )


def _answers():
    return Equality.objects.select_related("asked_by", "agency", "case")


def _elsewhere(actor, party):
    """What the same person answered last on another case that this worker runs too, so that nobody asks twice. Any other case has no answers here."""
    theirs = Equality.objects.filter(party__person=party.person_id, case__in=visible_cases(actor, "edit_people")).exclude(case=party.case_id)
    found = theirs.order_by("-asked_on", "-pk").values_list("case__reference", "party").first()
    if found is None:
        return None
    reference, other = found
    return _answers().get(case=open_case(actor, reference, "edit_people", part=f"equality:{other}"), party=other)
