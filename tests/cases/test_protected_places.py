"""A protected place reaches nobody who may not see it: planted in every text that a case has, looked for on every address that there is."""

import html
import io
from urllib.parse import urlencode
from uuid import uuid4

import pypdfium2
import pytest
from django import forms
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Event
from cases.actions.people import change_address
from cases.forms.places import is_sound
from cases.models import Address, Case, Entry, Notification
from cases.rules.named_places import names_a_place
from tests.cases.attaching import PLACE, POSTCODE, added
from tests.cases.ends import TYPED
from tests.cases.planning import planned as with_plan
from tests.cases.test_access_walk import address, case_addresses, full_case, routes

__all__ = ["full_case"]
PLACES = [(f"Flat 2, {PLACE}", POSTCODE)]
OWN = "CANARY-OWN"
SAID = f"She hides at {PLACE}, {POSTCODE}."
# Who reads some of the case and may not see a protected place: a partner by role, and two by level.
READERS = {
    "health_visitor": ("valley_health", "partner"), "marac_representative": ("vale_probation", "partner"), "idva": ("harbour_idva", "summary"),
    "marac_coordinator": ("vale_police", "meeting"),
}
# Where an address belongs; and what is not words at all.
NOT_WORDS = {"cases.address", "cases.grant", "audit.event"}
NOT_TEXT = ("reference", "stored_as", "digest", "value", "version", "tool", "origin", "about", "kind", "position")


def plant(case):
    """Write the place into every free text of every row of the case, past every form and gate. Returns where it stands now."""
    planted = set()
    for model in apps.get_models():
        label = model._meta.label_lower
        if label in NOT_WORDS or not any(field.name == "case" for field in model._meta.concrete_fields):
            continue
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.CharField | models.TextField) or field.choices or field.name in NOT_TEXT or (field.max_length or 999) < len(SAID):
                continue
            try:
                with transaction.atomic():
                    if model.objects.filter(case=case).update(**{field.name: SAID}):
                        planted.add(f"{label}.{field.name}")
            except DatabaseError:
                continue  # a trigger keeps what was written there
    return planted


def words(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.headers.get("Content-Type") == "application/pdf":
        return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(io.BytesIO(body)))
    return html.unescape(body.decode(errors="replace"))


@pytest.fixture
def planted(full_case, share):
    for agency, level in READERS.values():
        share(full_case, agency, level)
    Address.objects.filter(case=full_case).update(lines=PLACES[0][0], postcode=POSTCODE)
    found = plant(full_case)
    assert {"cases.entry.text", "cases.entry.title", "cases.task.title", "cases.safecontact.how", "cases.orderwording.terms"} <= found
    return full_case


@pytest.mark.parametrize("persona", READERS)
def test_no_address_of_a_case_gives_the_place_away(persona, planted, client_for):
    client, leaks, opened = client_for(persona), [], 0
    for name, path in case_addresses(planted).items():
        answer = client.get(path)
        opened += answer.status_code == 200
        if names_a_place(words(answer), PLACES):
            leaks.append(name)
    assert leaks == [] and opened >= (0 if persona == "marac_coordinator" else 3)


@pytest.mark.parametrize("persona", [*READERS, "outsider", "commissioner", "auditor", "superuser"])
def test_no_list_search_or_notice_gives_the_place_away(persona, planted, client_for, people):
    client, leaks = client_for(persona), []
    Notification.objects.create(user=getattr(people, persona), case=planted, kind="attempts.limit", at=timezone.now())
    paths = [address(name, parts, planted) for name, parts in routes().items() if "reference" not in parts]
    answers = {path: client.get(path) for path in paths if path and not path.startswith(("/sign-in", "/ui/"))}
    leaks = [path for path, answer in answers.items() if names_a_place(words(answer), PLACES)]
    found = client.post("/find/", {"words": "Xanthippe"})
    assert leaks == [] and not names_a_place(words(found), PLACES)


def test_those_who_may_see_it_are_shown_what_was_written(planted, client_for):
    text = words(client_for("housing_officer").get(reverse("case", args=[planted.reference])))
    assert names_a_place(text, PLACES) and "[protected place]" not in text


def test_the_log_holds_none_of_it(planted, client_for, people):
    for persona in ("housing_officer", "health_visitor"):
        client = client_for(persona)
        client.post(reverse("note_add", args=[planted.reference]), note(audience="partners") | {"names_place": "on"})
        for path in case_addresses(planted).values():
            client.get(path)
    assert not names_a_place(str(list(Event.objects.values_list("subject", "before", "after", "reason"))), PLACES)


def test_a_printed_plan_leaves_out_even_the_street_alone(people, case, client_for):
    with_plan(people, case, danger="Run down Nightjar Close to the shop.")
    for persona in ("housing_officer", "health_visitor"):
        for which in ("full", "pocket"):
            assert not names_a_place(words(client_for(persona).get(reverse("plan_copy_file", args=[case.reference, 1, which]))), PLACES), (persona, which)


# --- whoever writes is asked


def note(**typed):
    at = timezone.localtime()
    when = {"happened_at_day": at.day, "happened_at_month": at.month, "happened_at_year": at.year, "happened_at_time": "00:01"}
    return when | {"title": "Where she is", "text": SAID, "audience": "partners"} | typed


@pytest.fixture
def case(a_case, share):
    case = a_case()
    share(case, "valley_health", worker="health_visitor")
    Address.objects.create(case=case, party=case.parties.get(role="victim"), lines=PLACES[0][0], postcode=POSTCODE, visibility="confidential", from_at=timezone.now())
    return case


def test_a_note_for_partners_that_names_it_is_asked_about_and_nothing_is_lost(case, client_for):
    officer, path = client_for("housing_officer"), reverse("note_add", args=[case.reference])
    answer = officer.post(path, note())
    text = words(answer)
    assert answer.status_code == 422 and "This names a protected place" in text and 'name="names_place"' in text and SAID in text
    assert not Entry.objects.filter(kind="note").exists()
    again = officer.post(path, note(names_place="on", title=""))
    assert again.status_code == 422 and 'name="names_place"' in words(again) and " checked" in words(again).split('name="names_place"')[1][:40]
    assert officer.post(path, note(names_place="on")).status_code == 302
    assert SAID in words(officer.get(reverse("case", args=[case.reference])))
    partner = words(client_for("health_visitor").get(reverse("case", args=[case.reference])))
    assert "She hides at [protected place], [protected place]." in partner


@pytest.mark.parametrize("typed", [{"audience": "agency"}, {"text": "She is safe."}])
def test_what_stays_with_the_agency_or_names_nothing_is_not_asked_about(case, client_for, typed):
    assert client_for("housing_officer").post(reverse("note_add", args=[case.reference]), note(**typed)).status_code == 302


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("case_consent", {"state": "refused", "scope": SAID, "reason": "She is afraid."}), ("flag_add", {"kind": "dogs", "reason": SAID}),
        ("case_close", TYPED | {"closing_reason": "needs_met", "summary": SAID, "audience": "partners"}),
    ],
)
def test_other_forms_ask_too(case, client_for, name, typed):
    if name == "flag_add":
        at = timezone.localtime()
        typed |= {"review_on_day": at.day, "review_on_month": at.month, "review_on_year": at.year}
    revision = Case.objects.get(pk=case.pk).revision
    answer = client_for("housing_officer").post(reverse(name, args=[case.reference]), typed | {"revision": revision})
    assert answer.status_code == 422 and "This names a protected place" in words(answer)


@pytest.mark.parametrize(
    ("facts", "typed", "is_asked"),
    [
        ({}, {"words": SAID}, True), ({}, {"words": "nothing"}, False), ({}, {"words": SAID, "names_place": "on"}, False), ({}, {"words": SAID, "audience": "agency"}, False),
        ({"for_own_agency": True}, {"words": SAID}, False), ({"asks_about_place": True}, {"words": SAID}, False), ({}, {"lines": PLACE}, False),
        ({"audience_governs": ("other",)}, {"words": SAID, "audience": "agency"}, True), ({"audience_governs": ("words",)}, {"words": SAID, "audience": "agency"}, False),
        ({}, {"safe_place": SAID}, False),
    ],
)
def test_who_is_asked_and_about_which_words(case, facts, typed, is_asked):
    fields = {name: forms.CharField(required=False) for name in ("words", "lines", "safe_place", "audience")} | {"once": forms.UUIDField(initial=uuid4)}
    made = type("Made", (forms.Form,), fields | facts)
    form = made(QueryDict(urlencode({"once": uuid4(), **typed})))
    assert is_sound(form, case) is not is_asked and "names_place" not in form.cleaned_data
    assert ("names_place" in form.fields) is (is_asked or "names_place" in typed)


def test_who_may_not_see_it_keeps_what_they_typed_and_learns_nothing_more(case, client_for, people):
    visitor = client_for("health_visitor")
    answer = visitor.post(reverse("note_add", args=[case.reference]), note(title=""))
    assert answer.status_code == 422 and SAID in words(answer), "what they typed themselves is given back"


def test_nobody_saves_over_words_that_they_are_not_shown(case, client_for, people):
    from cases.actions.case_file import add_note

    one = add_note(people.actor("health_visitor"), case, title="Visit", text=SAID, audience="partners", happened_at=timezone.now())
    answer = client_for("health_visitor").get(reverse("entry_correct", args=[case.reference, one.pk]))
    assert answer.status_code == 403 and "You cannot change this" in words(answer) and not names_a_place(words(answer), PLACES)
    assert client_for("housing_officer").get(reverse("entry", args=[case.reference, one.pk])).status_code == 200


def test_the_api_leaves_it_out_too(case, client_for, people):
    Entry.objects.create(
        case=case, agency=case.lead_agency, audience="partners", kind="note", title="x", text=SAID, happened_at=timezone.now(), recorded_at=timezone.now()
    )
    assert not names_a_place(str(client_for("health_visitor").get(f"/api/v1/cases/{case.reference}/").json()), PLACES)


# --- whatever happens in whatever order


@settings(max_examples=15, suppress_health_check=[*HealthCheck])
@given(steps=st.lists(st.sampled_from(["move", "move_openly", "note", "own_note", "file", "own_file", "share", "end", "bar", "lift"]), min_size=2, max_size=7))
def test_no_order_of_events_lets_it_through(steps, people, client_for, a_case, share):
    """They move, somebody writes of the old place and the new, the sharing ends and begins again: the reader never learns where they are."""
    from cases.actions.case_file import add_note
    from cases.actions.sharing import bar, end_share, lift_bar
    from cases.models import Exclusion, Grant

    with transaction.atomic():
        case, officer, manager = a_case(), people.actor("housing_officer"), people.actor("housing_manager")
        share(case, "valley_health", worker="health_visitor")
        victim, places = case.parties.get(role="victim"), []
        for number, step in enumerate(steps):
            said = " and ".join(f"{lines}, {postcode}" for lines, postcode in places) or "nowhere"
            at = timezone.now()
            if step.startswith("move"):
                place = (f"{number + 1} Wren{'abcdefgh'[number]} Lane", f"ZZ99 {number}QQ")
                is_open = step == "move_openly"
                change_address(
                    officer, case, party_id=victim.pk, lines=place[0], postcode=place[1], visibility="normal" if is_open else "confidential", from_at=at,
                )
                places += [] if is_open else [place]
            elif step.endswith("note"):
                own = step == "own_note"
                add_note(officer, case, title=f"{OWN if own else 'Note'} {number}", text=said, audience="agency" if own else "partners", happened_at=at)
            elif step.endswith("file"):
                own = step == "own_file"
                added(people, case, content=f"File {number}: {said}".encode(), audience="agency" if own else "partners", title=f"{OWN if own else 'File'} {number}")
            elif step == "share":
                share(case, "valley_health", worker="health_visitor")
            elif step == "end" and (held := Grant.objects.filter(content_object=case, agency__slug="valley_health", ends_at=None).first()):
                end_share(officer, case, grant=held.pk, reason="No longer needed.")
            elif step == "bar" and not Exclusion.objects.filter(case=case, lifted_at=None).exists():
                bar(manager, case, user=people.health_visitor, reason="Knows him.", understood=True)
            elif step == "lift" and (barred := Exclusion.objects.filter(case=case, lifted_at=None).first()):
                lift_bar(manager, case, exclusion=barred.pk, reason="A mistake.")
        visitor = client_for("health_visitor")
        paths = [reverse(name, args=[case.reference]) for name in ("case", "case_chronology", "file_list", "v1:case")]
        paths += [reverse(name, args=[case.reference, one.pk]) for one in case.attachments.all() for name in ("file_page", "file_content")]
        is_in = Grant.objects.filter(content_object=case, agency__slug="valley_health").exclude(ends_at__lte=timezone.now()).exists()
        is_in = is_in and not Exclusion.objects.filter(case=case, lifted_at=None).exists()
        for path in paths:
            answer = visitor.get(path)
            assert not names_a_place(words(answer), places) and OWN not in words(answer), (path, steps)
            assert is_in or answer.status_code == 404, (path, steps)
        assert visitor.get(paths[0]).status_code == (200 if is_in else 404)
        transaction.set_rollback(True)
