"""Equality monitoring: what a person answered, and answering it. For whoever runs the case; on no list and on no other page."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.doors import needs
from cases.access import open_case
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
    row = Equality.objects.filter(person=party.person_id).select_related("asked_by", "agency").first()
    initial = {"asked_on": timezone.now().astimezone(LONDON).date()}
    if row:
        initial |= row.answers | {f"{code}_words": text for code, text in row.words.items()}

    def save(form):
        return record_equality(request.actor, case, party_id=party_id, **form.facts())

    here = reverse("equality", args=[reference, party_id])
    return form_page(
        request, case, save=save, heading=f"Equality monitoring: {party.person.name}", page_title="Monitoring", template="cases/people/equality.html", asked=row,
        form=lambda **data: EqualityForm(**data, initial=revision_of(case) | initial), done=lambda saved: here,
    )
