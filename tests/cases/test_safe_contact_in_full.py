"""Everything that was agreed about reaching somebody: who may not read it, that it stands where somebody dials, and that no change loses it."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agencies.gate import Refused
from audit.models import Event
from cases.actions.people import change_talking
from cases.actions.safe_contact import add_safe_contact, change_safe_contact, verify_safe_contact
from cases.models import SafeContact
from cases.rules import contact as rules
from cases.safe_contact import channels
from tests.cases.ends import close, send

DURESS, AUNT, UNCLE, TONGUE, NEVER = "CANARY-marmalade", "CANARY-aunt", "CANARY-uncle", "CANARY-Tigrinya", "CANARY-cousin"
AGREED = {"duress_word": DURESS, "may_take": AUNT, "must_not": UNCLE, "style": "named"}
TALKING = {"speaks": TONGUE, "interpreter": "spoken", "interpreter_note": NEVER, "worker_gender": "woman"}
TYPED = {"value": "", "is_safe": "yes", "times": "any", "voicemail": "no", "how": "", "code_word": "bluebell", "is_checked": "yes"}


@pytest.fixture
def case(a_case, people):
    case = a_case(clock=None)
    agreed(people, case)
    change_talking(people.actor("housing_officer"), case, **TALKING)
    return case


def agreed(people, case, **facts):
    contact = phone(case)
    kept = {name: getattr(contact, name) for name in ("value", "is_safe", "times", "voicemail", "how", "code_word")}
    return change_safe_contact(people.actor("housing_officer"), case, contact_id=contact.pk, channel=contact.channel, is_checked=True, **kept | AGREED | facts)


def phone(case):
    return SafeContact.objects.get(case=case, ended_at=None, channel="phone")


def page_of(client, case, name="case", *ids):
    return client.get(reverse(name, args=[case.reference, *ids])).content.decode()


# --- from the outside


def test_whoever_may_not_change_people_neither_opens_nor_writes_how_they_want_to_be_talked_with(people, case, share, client_for):
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva", "partner")
    url = reverse("case_talking", args=[case.reference])
    for persona in ("outsider", "superuser", "commissioner", "auditor"):
        assert client_for(persona).get(url).status_code == 404, persona
        with pytest.raises(Http404):
            change_talking(people.actor(persona), case, **TALKING)
    for persona in ("idva", "outreach_worker"):
        assert client_for(persona).get(url).status_code == 403, persona
        with pytest.raises(PermissionDenied):
            change_talking(people.actor(persona), case, **TALKING)


def test_the_word_for_danger_is_read_where_the_code_word_is_and_nowhere_else(people, case, share, client_for):
    share(case, "lantern_outreach", "summary")
    share(case, "vale_probation", "partner")
    for persona in ("housing_officer", "outreach_worker", "marac_representative"):
        page = page_of(client_for(persona), case)
        assert (DURESS in page) is ("bluebell" in page), persona
    officer = client_for("housing_officer")
    assert DURESS in page_of(officer, case) and DURESS in page_of(officer, case, "contact_number", phone(case).pk)
    for path in (f"/api/v1/cases/{case.reference}/", "/api/v1/cases/", f"/cases/{case.reference}/chronology/", "/work/", "/work/due/"):
        answer = officer.get(path)
        assert answer.status_code == 200 and not any(word in answer.content.decode() for word in (DURESS, AUNT, UNCLE, TONGUE, NEVER)), path


def test_nothing_of_it_enters_the_log(people, case):
    written = "".join(f"{event.before}{event.after}{event.subject}{event.reason}" for event in Event.objects.all())
    assert "CANARY" not in written
    assert Event.objects.get(verb="person.talking", outcome="done").after == {"interpreter": "spoken", "worker_gender": "woman", "has_language": True}


# --- where somebody dials


def test_it_is_read_before_anybody_dials(case, client_for):
    client = client_for("housing_officer")
    for page in (page_of(client, case), page_of(client, case, "case_contact"), page_of(client, case, "contact_number", phone(case).pk)):
        for words in (TONGUE, "never family, friends or children", NEVER, "talk with a woman", AUNT, UNCLE):
            assert words in page, words
    page = page_of(client, case)
    assert page.index(TONGUE) < page.index("Show the number")
    shown = client.post(reverse("contact_number", args=[case.reference, phone(case).pk])).content.decode()
    assert "If you hear the word for danger" in shown and "do not ring back" in shown


@pytest.mark.parametrize(("channel", "style", "words"), [
    ("text", "unknown", "nobody has asked, so neutral"), ("email", "neutral", "without our name"), ("text", "named", "may say who they are from"),
    ("letter", "unknown", "a plain envelope"), ("letter", "neutral", "A plain envelope"), ("letter", "named", "The envelope may say"), ("visit", "named", ""),
    ("work", "named", "may say who they are from"), ("third_person", "neutral", "without our name"), ("work", "unknown", ""), ("in_person", "named", ""),
])
def test_what_a_message_or_letter_may_look_like_is_said_and_neutral_where_nobody_asked(people, case, channel, style, words):
    add_safe_contact(people.actor("housing_officer"), case, channel=channel, value="Somewhere", is_safe="yes", times="any", voicemail="no", style=style, is_checked=True)
    (state,) = [state for state in channels(case, timezone.now()) if state.contact.channel == channel]
    assert words in state.style and bool(words) is bool(state.style)


@pytest.mark.parametrize(("voicemail", "style", "words"), [
    ("yes", "unknown", "nobody has asked, so neutral"), ("yes", "neutral", "without our name"), ("no", "named", "may say who they are from"), ("no", "unknown", ""),
])
def test_of_a_call_it_is_said_where_a_voicemail_may_be_left_or_somebody_has_asked(people, case, client_for, voicemail, style, words):
    agreed(people, case, voicemail=voicemail, style=style)
    page = page_of(client_for("housing_officer"), case)
    assert (words or "Messages") in page if words else "Messages" not in page


@pytest.mark.parametrize(("channel", "kept"), [("visit", "unknown"), ("in_person", "unknown"), ("work", "neutral"), ("third_person", "neutral")])
def test_it_is_not_kept_of_a_visit_and_asked_again_only_where_it_is(case, client_for, channel, kept):
    client = client_for("housing_officer")
    typed = TYPED | {"channel": channel, "value": "Somewhere", "more": "yes", "style": "neutral"}
    assert send(client, case, "safe_contact_add", **typed).status_code == 302
    now = SafeContact.objects.get(case=case, channel=channel, ended_at=None)
    assert now.style == kept
    page = page_of(client, case, "safe_contact_change", now.pk)
    assert ("What may a message or letter look like?" in page) is (kept == "neutral")
    assert "What may a message or letter look like?" in page_of(client, case, "safe_contact_change", phone(case).pk)


def test_the_note_on_interpreters_says_what_it_is(case, client_for):
    """A bare name says neither whom to use nor whom never to use."""
    client = client_for("housing_officer")
    for page in (page_of(client, case), page_of(client, case, "case_contact"), page_of(client, case, "contact_number", phone(case).pk)):
        assert f"<li>About interpreters: {NEVER}</li>" in page


# --- nothing is lost


def test_checking_it_and_saying_it_anew_keep_what_was_agreed(people, case, client_for):
    verify_safe_contact(people.actor("housing_officer"), case, contact_id=phone(case).pk, times="any")
    SafeContact.objects.filter(pk=phone(case).pk).update(times="unknown")
    verify_safe_contact(people.actor("housing_officer"), case, contact_id=phone(case).pk, times="any")
    assert {name: getattr(phone(case), name) for name in AGREED} == AGREED
    client = client_for("housing_officer")
    typed = TYPED | {"more": "yes", "duress_word": "lantern", "may_take": AUNT, "must_not": "", "style": "named"}
    assert send(client, case, "safe_contact_change", phone(case).pk, **typed).status_code == 302
    now = phone(case)
    assert (now.duress_word, now.may_take, now.must_not, now.style) == ("lantern", AUNT, "", "named")


def test_no_with_something_written_below_is_asked_about_and_kept(case, client_for):
    client = client_for("housing_officer")
    answer = send(client, case, "safe_contact_change", phone(case).pk, **TYPED | {"more": "no", "duress_word": "lantern"})
    assert answer.status_code == 422 and "You chose “No”, and something is written below" in answer.content.decode() and 'value="lantern"' in answer.content.decode()
    # What the error speaks of stands open: "No" would fold it away.
    assert re.search(r'name="more"[^>]* value="yes"[^>]* checked', answer.content.decode()) and not re.search(r'name="more"[^>]* value="no"[^>]* checked', answer.content.decode())
    assert phone(case).duress_word == DURESS


def test_the_two_words_must_differ(people, case, client_for):
    answer = send(client_for("housing_officer"), case, "safe_contact_change", phone(case).pk, **TYPED | {"more": "yes", "duress_word": "Blue-Bell"})
    assert answer.status_code == 422 and "not a code word" in answer.content.decode()
    with pytest.raises(Refused) as refusal:
        agreed(people, case, duress_word="BLUEBELL")
    assert refusal.value.field == "duress_word"


def test_the_word_for_danger_of_one_way_is_the_code_word_of_no_other(people, case, client_for):
    facts = {"channel": "text", "value": "07700 900456", "is_safe": "yes", "times": "any", "voicemail": "no", "is_checked": True}
    officer = people.actor("housing_officer")
    for words, field in (({"duress_word": "Blue-bell"}, "duress_word"), ({"code_word": DURESS.upper()}, "code_word")):
        with pytest.raises(Refused) as refusal:
            add_safe_contact(officer, case, **facts, **words)
        assert refusal.value.field == field
    text = add_safe_contact(officer, case, **facts, code_word="bluebell", duress_word=DURESS)  # the same words by both ways
    agreed(people, case)
    url = reverse("safe_contact_change", args=[case.reference, text.pk])
    page = client_for("housing_officer")
    answer = send(page, case, "safe_contact_change", text.pk, **TYPED | {"value": text.value, "code_word": DURESS, "more": "yes", "duress_word": "lantern"})
    assert answer.status_code == 422 and "by another way of contact this one says" in answer.content.decode() and 'value="lantern"' in answer.content.decode(), url
    # Out of use it says nothing any more.
    SafeContact.objects.filter(pk=phone(case).pk).update(ended_at=timezone.now())
    assert send(page, case, "safe_contact_change", text.pk, **TYPED | {"value": text.value, "code_word": DURESS, "more": "yes", "duress_word": "lantern"}).status_code == 302


def test_the_page_of_talking_keeps_what_was_typed_and_shows_it_again(people, case, client_for):
    client = client_for("housing_officer")
    page = page_of(client, case, "case_talking")
    assert "<title>Contact details - Waymark</title>" in page and TONGUE in page
    answer = send(client, case, "case_talking", **TALKING | {"speaks": "", "interpreter_note": "Not her neighbour"})
    assert answer.status_code == 422 and "Enter the language" in answer.content.decode() and "Not her neighbour" in answer.content.decode()
    assert send(client, case, "case_talking", interpreter="bsl", worker_gender="any", speaks="", interpreter_note="").status_code == 302
    stale = client.post(reverse("case_talking", args=[case.reference]), {"interpreter": "none", "worker_gender": "any", "revision": "0"})
    assert stale.status_code == 422 and "Somebody else changed" in stale.content.decode() and "Now recorded" in stale.content.decode()
    page = page_of(client, case)
    assert "British Sign Language" in page and TONGUE not in page and "talk with a woman" not in page
    close(people, case)
    with pytest.raises(Refused, match="closed"):
        change_talking(people.actor("housing_officer"), case, **TALKING)


# --- the rules


said = st.sampled_from(["", "-", "Lantern", "lan tern", "plum", "Plum!", "ash"])


@given(said, said, st.lists(st.tuples(said, said)))
def test_no_word_that_is_heard_ever_says_two_things(code_word, duress_word, others):
    def heard(words):
        return {word for word in ("".join(letter for letter in word.casefold() if letter.isalnum()) for word in words) if word}

    others = [(its_code, its_danger) for its_code, its_danger in others if not heard([its_code]) & heard(["", *(danger for _, danger in others)])]
    ways = [(code_word, duress_word), *others]
    says_two = heard(code for code, _ in ways) & heard(danger for _, danger in ways)
    assert bool(rules.reasons_words_alike(code_word, duress_word, others)) is bool(says_two)


@pytest.mark.parametrize(
    ("interpreter", "speaks", "is_refused"), [("spoken", "", True), ("spoken", " ", True), ("spoken", "Urdu", False), ("bsl", "", False), ("unknown", "", False)],
)
def test_an_interpreter_needs_a_language(interpreter, speaks, is_refused):
    assert bool(rules.reasons_no_language(interpreter, speaks)) is is_refused
