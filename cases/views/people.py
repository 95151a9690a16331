"""The people on a case: who they are, how they may be reached, where they live, what they agreed to."""

from contextlib import contextmanager

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from agencies.gate import Refused
from cases import safe_contact, talking
from cases.access import capabilities_on, open_case
from cases.actions import people
from cases.actions import safe_contact as channels
from cases.forms.people import AddressForm, CheckedForm, ConsentForm, EndContactForm, PersonForm, SafeContactForm, TalkingForm
from cases.models import Address, Consent, Party, SafeContact
from cases.models.contact import Style
from cases.models.people import Role, Visibility
from cases.views.form_page import case_url, form_page, revision_of

FORM = "cases/case/form.html"
_PERSON = ("given_name", "family_name", "also_known_as", "date_of_birth", "approximate_age", "sex")


@needs("edit_people")
def safe_contact_add(request, reference):
    """A way of reaching the victim/survivor."""
    case = open_case(request.actor, reference, "edit_people", part="channels")

    def save(form):
        facts = form.facts()
        return channels.add_safe_contact(request.actor, case, **facts)

    return form_page(
        request, case, save=save, heading="Add a way of contact", template=FORM, form=lambda **data: SafeContactForm(**data, initial=revision_of(case)),
        as_it_is=lambda: _channels_as_they_are(case),
    )


@needs("edit_people")
def safe_contact_change(request, reference, contact_id):
    """How somebody may be reached, said anew; what was agreed before stays on record."""
    case = open_case(request.actor, reference, "edit_people", part=f"channel:{contact_id}")
    contact = _contact(case, contact_id)
    if safe_contact.is_protected_place(contact) and "see_protected_address" not in capabilities_on(request.actor, case):
        raise Http404
    # The number is uncovered on its own page only, after its safety: here an empty answer keeps it.
    initial = {name: getattr(contact, name) for name in ("is_safe", "times", "voicemail", "how", "code_word", *channels.CARRIED)}
    initial["more"] = "yes" if contact.duress_word or contact.may_take or contact.must_not or contact.style != Style.UNKNOWN else "no"
    windows = list(contact.windows.values_list("weekday", "starts", "ends"))

    def form(**data):
        return SafeContactForm(**data, kept=contact, agreed=windows, initial=revision_of(case) | initial)

    def save(filled):
        return channels.change_safe_contact(request.actor, case, contact_id=contact_id, channel=contact.channel, **filled.facts())

    return form_page(
        request, case, form=form, save=save, heading=_heading(contact), page_title="Contact details", template="cases/case/channel_change.html",
        **_back(case, contact), as_it_is=lambda: _channels_as_they_are(case, contact.party), state=safe_contact.state_of(contact, case, timezone.now()),
        may=capabilities_on(request.actor, case),
    )


@needs("edit_people")
def safe_contact_end(request, reference, contact_id):
    """A way of contact is no longer used."""
    case = open_case(request.actor, reference, "edit_people", part=f"channel:{contact_id}")
    contact = _contact(case, contact_id)

    def save(form):
        return channels.end_safe_contact(request.actor, case, contact_id=contact_id, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"Stop using: {_heading(contact)}", page_title="Contact details", template=FORM, submit="Stop using it",
        **_back(case, contact), form=lambda **data: EndContactForm(**data, initial=revision_of(case)),
    )


@needs("record_contact")
def safe_contact_verify(request, reference, contact_id):
    """It was checked with them, and still holds."""
    case = open_case(request.actor, reference, "record_contact", part=f"channel:{contact_id}")
    at = timezone.now()
    contact = _contact(case, contact_id)
    state = safe_contact.state_of(contact, case, at)

    def form(**data):
        return CheckedForm(**data, wants_times=state.wants_times)

    def save(filled):
        return channels.verify_safe_contact(request.actor, case, contact_id=contact_id, **filled.facts())

    return form_page(
        request, case, form=form, save=save, heading="Have you checked this with them?", page_title="Contact details", template="cases/case/verify.html",
        **_back(case, contact), submit="Yes, with them, today", state=state, may=capabilities_on(request.actor, case, at),
    )


@needs("edit_people")
def case_talking(request, reference):
    """Language, interpreter, and whether they want to talk with a woman or a man."""
    case = open_case(request.actor, reference, "edit_people", part="talking")
    initial = Party.objects.filter(case=case, role=Role.VICTIM).values(*talking.FACTS).get()

    def save(form):
        return people.change_talking(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading="How they want to be talked with", page_title="Contact details", template=FORM,
        form=lambda **data: TalkingForm(**data, initial=revision_of(case) | initial), as_it_is=lambda: _talking_as_it_is(case),
    )


@needs("edit_people")
def person_add(request, reference):
    """Somebody else on the case."""
    case = open_case(request.actor, reference, "edit_people", part="people")

    role = request.GET.get("role")
    initial = revision_of(case) | ({"role": role, "relationship": "child"} if role == Role.CHILD else {})

    def save(form):
        with _asking_about_age(form):
            return people.add_person(request.actor, case, **form.facts())

    return form_page(
        request, case, save=save, heading="Add a person", template=FORM, form=lambda **data: PersonForm(**data, initial=initial),
        as_it_is=lambda: _people_as_they_are(case),
    )


@needs("edit_people")
def person_change(request, reference, party_id):
    """What is recorded about somebody on the case."""
    case = open_case(request.actor, reference, "edit_people", part=f"party:{party_id}")
    party = people.party_on(case, party_id)
    initial = {name: getattr(party.person, name) for name in _PERSON}
    initial |= {name: getattr(party, name) for name in ("relationship", "is_unborn", "expected_on")}
    initial["lives_with_victim"] = {True: "yes", False: "no", None: "unknown"}[party.lives_with_victim]

    def save(form):
        with _asking_about_age(form):
            return people.change_person(request.actor, case, party_id=party_id, **form.facts())

    return form_page(
        request, case, save=save, heading=party.get_role_display(), page_title="Change details", template=FORM,
        form=lambda **data: PersonForm(**data, role=party.role, initial=revision_of(case) | initial), as_it_is=lambda: _people_as_they_are(case),
    )


@needs("edit_people")
def address_change(request, reference, party_id):
    """A new address; the one before is kept with its days. Of somebody who fled it starts out as confidential."""
    case = open_case(request.actor, reference, "edit_people", part=f"party:{party_id}")
    party = people.party_on(case, party_id)
    protect = Visibility.NORMAL if party.role == Role.PERPETRATOR else Visibility.CONFIDENTIAL

    def save(form):
        return people.change_address(request.actor, case, party_id=party_id, **form.facts())

    return form_page(
        request, case, save=save, heading="New address", template=FORM,
        form=lambda **data: AddressForm(**data, initial=revision_of(case) | {"visibility": protect}),
    )


@needs("see_protected_address")
@require_safe
def address(request, reference, party_id):
    """Where somebody lives and lived, protected addresses too: a page of its own, so that each look at it is kept."""
    case = open_case(request.actor, reference, "see_protected_address", part=f"address:{party_id}")
    party = people.party_on(case, party_id)
    addresses = Address.objects.filter(party=party).order_by("-from_at", "-id")
    return render(request, "cases/case/address.html", {"case": case, "party": party, "addresses": addresses, "back_url": case_url(case)})


@needs("edit_people")
def case_consent(request, reference):
    """What they said about sharing."""
    case = open_case(request.actor, reference, "edit_people", part="consent")
    latest = Consent.objects.filter(case=case).first()
    initial = revision_of(case) | ({"state": latest.state, "scope": latest.scope, "reason": latest.reason} if latest else {})

    def save(form):
        return people.record_consent(request.actor, case, **form.cleaned_data)

    return form_page(
        request, case, save=save, heading="What they said about sharing", page_title="Change details", template=FORM,
        form=lambda **data: ConsentForm(**data, initial=initial), as_it_is=lambda: _consent_as_it_is(case),
    )


@contextmanager
def _asking_about_age(form):
    """The age of a child was unlikely: the form asks, beside what was typed, whether it is right."""
    try:
        yield
    except Refused as refusal:
        if refusal.code == people.AGE:
            form.ask_about_age()
        raise


def _contact(case, contact_id):
    contact = SafeContact.objects.filter(pk=contact_id, case=case, ended_at=None, party__role__in=safe_contact.REACHABLE).select_related("verified_by", "party__person").first()
    if contact is None:
        raise Http404
    return contact


def _heading(contact):
    """The kind of contact, and whose it is where it is not the victim/survivor's."""
    return contact.get_channel_display() if contact.party.role == Role.VICTIM else f"{contact.get_channel_display()}: {contact.party.name}"


def _back(case, contact):
    """Where the pages of a way of contact lead: to the case, or to the page of whose it is."""
    if contact.party.role == Role.VICTIM:
        return {}
    page = reverse("contact_with", args=[case.reference, contact.party_id])
    return {"back": page, "done": lambda result: page}


def _channels_as_they_are(case, party=None):
    states = safe_contact.channels(case, timezone.now(), None if party is None or party.role == Role.VICTIM else party)
    return [{"key": state.label, "value": f"{state.contact.get_is_safe_display()}. {' '.join(state.times)} {state.contact.how}"} for state in states]


def _talking_as_it_is(case):
    return [{"key": "Now recorded", "value": ". ".join(talking.of_case(case))}]


def _people_as_they_are(case):
    parties = case.parties.select_related("person")
    return [{"key": party.get_role_display(), "value": party.person.name} for party in parties]


def _consent_as_it_is(case):
    latest = Consent.objects.filter(case=case).first()
    return [{"key": latest.get_state_display(), "value": f"{latest.scope} {latest.reason}"}] if latest else []
