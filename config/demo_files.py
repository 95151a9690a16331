"""The letters of the invented partnership: one that partners read, one that shows where she lives now, and one that waits for somebody to decide who may open it."""

from cases.actions.attachments import add_file
from cases.attachments import keep
from cases.models import Address
from cases.models.people import Visibility
from cases.reading.apart import read_apart

_SCHOOL = """Larkfield Primary School
ZZ99 9ZZ

To whom it may concern

He came to the gate on three afternoons this month and asked the other parents where she lives now.
The children are collected by the back door until further notice. Please ring the office before anybody visits.

A. Quillfeather, head teacher
"""
_TENANCY = """Tenancy offer

The keys can be collected on Thursday. The address is on the second page and goes to nobody but the tenant.
"""


def add_letters(actor, case):
    """Two files on a case, and one more that was meant for partners and names the protected place of the case, where it has one."""
    place = Address.objects.filter(case=case, until_at=None).exclude(visibility=Visibility.NORMAL).first()
    waiting = [(f"The parcel goes to {place.lines}, {place.postcode}.", "parcel.txt", "Delivery note", "partners", False)] if place else []
    for words, name, title, audience, shows_place in (
        (_SCHOOL, "letter from school.txt", "Letter from the school", "partners", False), (_TENANCY, "offer.txt", "Offer of a tenancy", "agency", True), *waiting,
    ):
        content = [words.encode()]
        kept = keep(name, content, read_apart(content))
        add_file(actor, case, kept=kept, title=title, audience=audience, shows_place=shows_place)


def add_undecided(actor, case, place):
    """A letter meant for partners in which her address stands: it waits until somebody has decided who may open it."""
    content = [f"Council tax\n\n{place}\n\nYour discount as the only adult in the home begins on the first of next month.\n".encode()]
    kept = keep("council tax.txt", content, read_apart(content))
    add_file(actor, case, kept=kept, title="Letter about council tax", audience="partners", shows_place=False)
