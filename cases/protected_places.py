"""Protected places of a case (domain 8.3): which they are, and whether a text names one. The one room that asks.

An address marked restricted or confidential stays protected after they have moved on, and so do the words that name it: whether a
text may be read is asked each time it is read, because a street that meant nothing last month may be where she hides today.
"""

from cases.children import hidden_among
from cases.models import Address
from cases.models.people import Visibility
from cases.rules.named_places import names_a_place

# The code of the refusal that asks whoever writes whether a place must stand in a text, and what it says.
PLACE = "protected_place"
NAMED = "This names a protected place of this case. Leave it out, or say below that it must stand here."


def places_of(case):
    """(lines, postcode) of every protected place of a case, present and past, and of its children: a school gives a home away."""
    addresses = Address.objects.filter(case=case).exclude(visibility=Visibility.NORMAL).values_list("lines", "postcode")
    return [*addresses, *hidden_among([case])]


def names_protected_place(case, *texts):
    """Does one of these texts name a protected place of the case?"""
    places = places_of(case)
    return any(names_a_place(text, places) for text in texts if text) if places else False


def places_hidden_from(case, may):
    """The places that must not reach a reader with these capabilities on the case; none for who may see protected addresses."""
    return [] if "see_protected_address" in may else places_of(case)
