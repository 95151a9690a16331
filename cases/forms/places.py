"""Asking whoever writes for a case's partners whether a protected place must stand in the text (domain 8.3). Every form of a case is asked here."""

from django import forms

from cases.models.chronology import Audience
from cases.protected_places import NAMED, places_of
from cases.rules.named_places import names_a_place

ANSWER = "names_place"
_ADDRESS = ("lines", "postcode", "value", "safe_place")  # where an address belongs


def is_sound(form, case):
    """Is a form valid, and has whoever filled it in been asked about a protected place that it names? For pages that are not made by form_page."""
    offer_again(form)
    return form.is_valid() and not must_ask(form, case)


def offer_again(form):
    """Whoever has answered is shown the question again, whatever else is still wrong with the form."""
    if form.data.get(form.add_prefix(ANSWER)) and not _asks_itself(form):
        _offer(form)


def must_ask(form, case):
    """Does a valid form name a protected place in words that partners will read, without having said that it must? Then it is asked, beside the words.

    A form says `for_own_agency = True` where nobody else reads its words, `audience_governs` where its audience is that of some of
    them, `asks_about_place` where it asks in its own way.
    """
    if _asks_itself(form):
        return False
    has_answered = form.cleaned_data.pop(ANSWER, False)
    texts = {name: form.cleaned_data.get(name) for name in _written(form)}
    if has_answered or not any(texts.values()):
        return False
    places = places_of(case)
    named = [name for name, text in texts.items() if isinstance(text, str) and names_a_place(text, places)]
    if not named:
        return False
    _offer(form)
    form.add_error(named[0], NAMED)
    return True


def _asks_itself(form):
    return getattr(form, "asks_about_place", False) or getattr(form, "for_own_agency", False)


def _offer(form):
    form.fields[ANSWER] = forms.BooleanField(
        label="It has to stand there", required=False, help_text="People who may not see protected addresses are shown the text without it.",
    )


def _written(form):
    """The questions whose words leave the agency."""
    asked = {name for name, field in form.fields.items() if isinstance(field, forms.CharField) and not isinstance(field, forms.EmailField)} - set(_ADDRESS)
    if form.cleaned_data.get("audience") == Audience.AGENCY:
        asked -= set(getattr(form, "audience_governs", asked))
    return asked
