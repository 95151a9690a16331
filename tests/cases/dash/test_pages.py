"""The pages of a DASH: who opens them, what they keep, what they say when two people meet or somebody comes too late."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.dash.reading import mark_of
from cases.models import Answer, Assessment, Case, Exclusion, Task
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db
LONG = "Escalating fast since the separation; she expects to be killed."


@pytest.fixture
def client(client_for):
    return client_for("specialist_da_officer")


def url(name, case, *args):
    return reverse(name, args=[case.reference, *args])


def part_url(draft, part, query=""):
    return url("assessment_page", draft.case, draft.pk, f"part-{part}") + query


def fields(draft, numbers, said="no", comment="", **changes):
    """What the form of a part sends."""
    stored = draft.answers.filter(item__in=list(numbers))
    sent = {"opened_with": mark_of(stored)}
    for number in numbers:
        sent |= {f"said_{number}": said, f"source_{number}": "victim", f"comment_{number}": comment}
    return sent | changes


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


# --- who

PAGES = ["assessment_start", "assessment_page", "assessment_do_now", "assessment_check", "assessment_sign", "assessment", "assessment_decide"]


def paths_of(assessment):
    part = [assessment.pk, "part-3"]
    arguments = {"assessment_start": [], "assessment_page": part, "assessment_do_now": part}
    return {name: url(name, assessment.case, *arguments.get(name, [assessment.pk])) for name in PAGES}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "persona", ["outsider", "superuser", "idva", "idva_manager", "health_visitor", "marac_coordinator", "commissioner", "auditor", "administrator"]
)
def test_without_a_grant_there_is_nothing(a_signed, client_for, persona, method):
    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale="canary rationale")
    stranger = client_for(persona)
    before = Assessment.objects.values().get()
    for name, path in paths_of(lowered).items():
        response = getattr(stranger, method)(path)
        assert response.status_code == 404, name
        assert "canary" not in response.content.decode()
    assert Assessment.objects.values().get() == before


def test_without_signing_in_there_is_only_the_sign_in_page(a_signed):
    for path in paths_of(a_signed()).values():
        assert Client().get(path)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_grant_without_the_capability_is_not_enough(a_signed, client_for, share, method):
    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    share(lowered.case, "harbour_idva", "summary")
    for client in (client_for("idva"), client_for("idva_manager")):
        for name, path in paths_of(lowered).items():
            refused = getattr(client, method)(path).status_code
            assert refused == 403 or (name == "assessment_decide" and refused == 404), name  # an IDVA's role can never countersign


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_officer_of_the_same_agency_reads_but_does_not_assess(a_signed, client_for, method):
    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    officer = client_for("housing_officer")
    for name, path in paths_of(lowered).items():
        if name != "assessment":
            assert getattr(officer, method)(path).status_code in {403, 404}, name
    assert officer.get(paths_of(lowered)["assessment"]).status_code == 200


def test_an_excluded_person_sees_nothing(a_signed, client_for, people):
    signed = a_signed()
    Exclusion.objects.create(
        case=signed.case, user=people.housing_manager, reason="Knows the family", made_at=timezone.now(), made_by=people.agency_lead
    )
    for path in paths_of(signed).values():
        assert client_for("housing_manager").get(path).status_code == 404


def test_a_draft_is_seen_by_its_agency_only(a_case, start, share, client_for):
    case = a_case()
    share(case, "harbour_idva")
    draft = start(case)
    for name, path in paths_of(draft).items():
        if name != "assessment_start":
            # An IDVA may decide on nobody's level, whatever there is to decide; everything else is not there for her.
            assert client_for("idva").get(path).status_code == (403 if name == "assessment_decide" else 404), name
    assert "A draft, not signed" in text_of(client_for("housing_officer").get(url("assessment", case, draft.pk)))
    assert client_for("housing_manager").get(url("assessment", case, draft.pk))["Location"] == url("assessment_check", case, draft.pk)


def test_a_signed_one_is_read_by_a_partner(a_signed, share, client_for):
    signed = a_signed(yes=[15], final="high", basis="judgement", rationale=LONG)
    share(signed.case, "harbour_idva")
    page = text_of(client_for("idva").get(url("assessment", signed.case, signed.pk)))
    assert "Professional judgement</strong>, not the score" in page
    assert LONG in page and "Ingrid Vasquez-Lunn, Northvale Housing" in page
    assert Event.objects.filter(verb="case.read", subject=f"assessment:{signed.pk}", outcome="read").exists()


def test_only_who_may_assess_is_offered_to_assess_again(a_signed, client, client_for):
    signed = a_signed()
    path, again = url("assessment", signed.case, signed.pk), url("assessment_start", signed.case)
    assert again in text_of(client.get(path))
    assert again not in text_of(client_for("housing_officer").get(path))


def test_another_cases_reference_does_not_open_it(a_signed, a_case, client):
    signed, other = a_signed(), a_case(given_name="Ottilie")
    assert client.get(url("assessment", other, signed.pk)).status_code == 404


# --- before asking

def test_it_starts_and_leads_to_the_first_part(a_case, client):
    case = a_case()
    response = client.post(url("assessment_start", case), {"how": "with", "can_talk": "yes", "once": uuid4()})
    draft = Assessment.objects.get()
    assert response["Location"] == part_url(draft, 1)
    assert draft.with_victim is True
    assert set(draft.answers.values_list("source", flat=True)) == {"victim"}


def test_from_what_is_held_takes_its_source_along(a_case, client):
    client.post(url("assessment_start", a_case()), {"how": "held", "source": "police_record"})
    assert set(Answer.objects.values_list("source", flat=True)) == {"police_record"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Select how you will complete it"),
        ({"how": "with"}, "Say whether they can talk now"),
        ({"how": "with", "can_talk": "no"}, "Do not ask the questions now"),
        ({"how": "held"}, "Choose where most of it comes from"),
        ({"how": "held", "source": "victim"}, "Choose one of the answers listed"),
        ({"how": "x\x00"}, "Choose one of the answers listed"),
        ({"how": "with", "can_talk": "yes", "once": "not a token"}, "Error"),
    ],
)
def test_it_does_not_start_unsafely_or_in_part(a_case, client, sent, words):
    response = client.post(url("assessment_start", a_case()), sent)
    assert response.status_code == 422
    assert words in text_of(response) and "govuk-error-summary" in text_of(response)
    assert not Assessment.objects.exists()


def test_a_second_start_goes_on_with_the_first(a_case, client, client_for):
    case, token = a_case(), uuid4()
    sent = {"how": "with", "can_talk": "yes", "once": token}
    client.post(url("assessment_start", case), sent)
    for again in (client, client_for("housing_manager")):
        response = again.post(url("assessment_start", case), sent)
        assert response["Location"] == url("assessment_check", case, Assessment.objects.get().pk)
    assert "started one already" in text_of(client.get(response["Location"]))


# --- the parts

def test_each_part_saves_and_leads_on(a_case, start, client):
    draft = start(a_case())
    numbers = [range(1, 6), range(6, 10), range(10, 15), range(15, 20), range(20, 25)]
    for place, part in enumerate(numbers, start=1):
        page = client.get(part_url(draft, place))
        assert f"part {place} of 5" in text_of(page) and f"{part[0] - 1} of 24 answered" in text_of(page)
        response = client.post(part_url(draft, place), fields(draft, part))
        expected = part_url(draft, place + 1) if place < 5 else url("assessment_check", draft.case, draft.pk)
        assert response["Location"] == expected
    assert draft.answers.filter(said="no").count() == 24


def test_a_part_may_be_left_open_and_come_back_to(a_case, start, client):
    draft = start(a_case())
    response = client.post(part_url(draft, 1), {"opened_with": mark_of(draft.answers.filter(item__lt=6)), "said_2": "yes", "come_back_later": "yes"})
    assert response["Location"] == url("case", draft.case)
    page = text_of(client.get(part_url(draft, 1)))
    assert re.search(r'name="said_2" type="radio" value="yes" checked', page)
    assert not re.search(r'name="said_3" type="radio" value="\w+" checked', page)


def test_from_the_check_page_and_back(a_case, start, client):
    draft = start(a_case())
    assert client.post(part_url(draft, 1, "?from=check"), fields(draft, range(1, 6)))["Location"] == url("assessment_check", draft.case, draft.pk)


def test_a_part_that_is_not_there(a_case, start, client):
    draft = start(a_case())
    for path in (part_url(draft, 9), url("assessment_do_now", draft.case, draft.pk, "part-9"), part_url(draft, 1).replace("part-1", "other")):
        assert client.get(path).status_code == 404


def test_what_to_do_now_stands_under_its_item(a_case, start, client):
    draft = start(a_case())
    page = client.get(part_url(draft, 4)).content.decode()
    assert page.index('id="item-15"') < page.index("Strangulation: do this now") < page.index('id="item-16"')
    assert 'data-aria-controls="prompt-15"' in page


def test_without_scripts_a_page_says_what_to_do_before_the_next_part(a_case, start, client):
    draft = start(a_case())
    sent = fields(draft, range(15, 20), without_scripts="yes", said_15="yes", said_16="yes")
    response = client.post(part_url(draft, 4), sent)
    assert response["Location"] == url("assessment_do_now", draft.case, draft.pk, "part-4")
    page = text_of(client.get(response["Location"]))
    assert "Strangulation: do this now" in page and "More than one person" not in page
    assert part_url(draft, 5) in page
    nothing = client.post(part_url(draft, 3), fields(draft, range(10, 15), without_scripts="yes"))
    assert nothing["Location"] == part_url(draft, 4)
    assert client.get(url("assessment_do_now", draft.case, draft.pk, "part-3"))["Location"] == url("assessment_check", draft.case, draft.pk)


def test_html_stays_text(a_case, start, client, client_for):
    draft = start(a_case())
    nasty = "<script>alert('x')</script><b>Siân O’Neill</b> 王"
    client.post(part_url(draft, 1), fields(draft, range(1, 6), comment=nasty))
    for path in (part_url(draft, 1), url("assessment_check", draft.case, draft.pk)):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page and "<b>Si" not in page and "Siân O’Neill" in page and "王" in page


def test_ten_thousand_characters_are_kept_and_one_more_is_refused_with_everything_kept(a_case, start, client):
    draft = start(a_case())
    client.post(part_url(draft, 1), fields(draft, range(1, 6), comment="ab\r\n" * 3333))
    assert len(draft.answers.get(item=1).comment) == 9998
    response = client.post(part_url(draft, 1), fields(draft, range(1, 6), said="yes", comment_1="z" * 10_001))
    page = text_of(response)
    assert response.status_code == 422 and "10,000 characters or fewer" in page and "z" * 10_001 in page
    assert re.search(r'name="said_3" type="radio" value="yes" checked', page)
    assert draft.answers.get(item=1).said == "no"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"comment_2": "nul \x00 here"}, "cannot be printed"),
        ({"said_2": "perhaps"}, "Choose one of the answers listed"),
        ({"said_2": "yes\x00"}, "Choose one of the answers listed"),
        ({"source_2": "rumour"}, "Choose one of the answers listed"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_item(a_case, start, client, changes, words):
    draft = start(a_case())
    response = client.post(part_url(draft, 1), fields(draft, range(1, 6), comment="kept words") | changes)
    page = text_of(response)
    assert response.status_code == 422 and words in page and "kept words" in page
    assert re.search(r'href="#id_(said|comment|source)_2"', page)
    assert not draft.answers.exclude(said="").exists()


@pytest.mark.parametrize("name", ["said_2", "comment_2", "source_2"])
def test_a_file_where_text_belongs(a_case, start, client, name):
    draft = start(a_case())
    sent = fields(draft, range(1, 6))
    sent[name] = BytesIO(b"a file")
    response = client.post(part_url(draft, 1), sent)
    assert response.status_code == 422 and "A file cannot be read as an answer" in text_of(response)


def test_two_people_on_one_part(a_case, start, client, client_for):
    draft = start(a_case())
    opened = fields(draft, range(1, 6))
    client.post(part_url(draft, 1), opened | {"said_2": "yes", "comment_2": "first words"})
    later = client_for("housing_manager")
    response = later.post(part_url(draft, 1), opened | {"said_2": "dont_know", "comment_2": "second words"})
    page = text_of(response)
    assert response.status_code == 422 and "changed after you opened this page" in page
    assert "Saved meanwhile: Yes" in page and "first words" in page and "second words" in page
    assert page.count("Saved meanwhile") == 1
    assert draft.answers.get(item=2).comment == "first words"
    mark = re.search(r'name="opened_with" value="(\w+)"', page)[1]
    again = later.post(part_url(draft, 1), opened | {"said_2": "dont_know", "comment_2": "second words", "opened_with": mark})
    assert again.status_code == 302
    assert draft.answers.get(item=2).comment == "second words"


def test_a_part_sent_after_signing_keeps_what_was_typed_on_the_page(a_signed, client):
    signed = a_signed()
    response = client.post(part_url(signed, 1), fields(signed, range(1, 6), said="yes", comment="too late"))
    page = text_of(response)
    assert response.status_code == 422 and "has been signed" in page and "too late" in page and "Save and continue" not in page
    assert signed.answers.get(item=1).said == "no"


def test_back_after_signing_leads_to_what_was_signed(a_signed, client):
    signed = a_signed()
    for path in (part_url(signed, 1), url("assessment_sign", signed.case, signed.pk), url("assessment_check", signed.case, signed.pk)):
        assert client.get(path)["Location"] == url("assessment", signed.case, signed.pk)


def test_a_session_that_ends_in_the_middle_loses_nothing(a_case, start, client, people):
    draft = start(a_case())
    page = client.get(part_url(draft, 1)).content.decode()
    owner = re.search(r'name="form_owner" value="([^"]+)"', page)[1]
    gone = Client()
    response = gone.post(part_url(draft, 1), fields(draft, range(1, 6), comment="typed before", form_owner=owner))
    assert response["Location"].startswith("/sign-in/")
    people.specialist_da_officer.refresh_from_db()  # the session is bound to the password
    gone.force_login(people.specialist_da_officer)
    back = text_of(gone.get(part_url(draft, 1)))
    assert "typed before" in back and "You were signed out" in back
    assert not draft.answers.exclude(said="").exists()


# --- check, sign, read

def test_the_check_page_says_what_is_missing(a_case, start, answer, client):
    draft = start(a_case())
    answer(draft, yes=[1], open=[7, 24])
    page = text_of(client.get(url("assessment_check", draft.case, draft.pk)))
    assert "22 of 24 answered" in page and "Go on to the level" not in page
    assert f"{part_url(draft, 2)}?from=check#item-7" in page and f"{part_url(draft, 5)}?from=check#item-24" in page
    response = client.post(url("assessment_sign", draft.case, draft.pk), {"final_level": "standard", "level_basis": "score", "revision": 1})
    assert response["Location"] == url("assessment_check", draft.case, draft.pk)
    assert "Answer items 7, 24 first." in text_of(client.get(response["Location"]))
    assert not Assessment.objects.get().is_signed


def test_the_judgement_page_shows_what_the_score_suggests_and_where_from(a_case, start, answer, client):
    draft = start(a_case())
    answer(draft, yes=[*range(1, 11), 15])
    page = text_of(client.get(url("assessment_sign", draft.case, draft.pk)))
    assert "11 of 24 answered Yes" in page and "<strong>Medium</strong>" in page
    assert "14 or more: high, 10 to 13: medium, fewer: standard (Waymark’s default" in page
    assert "Strangulation or suffocation" in page and "Threats to kill" not in page


def level(draft, **changes):
    draft.refresh_from_db()
    return {"final_level": "standard", "level_basis": "score", "rationale": "", "revision": draft.revision, "once": uuid4()} | changes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"final_level": ""}, "Select the level that you decide on"),
        ({"level_basis": ""}, "Select what decided the level"),
        ({"final_level": "high"}, "The score suggests standard. Select what else decided the level."),
        ({"final_level": "high", "level_basis": "judgement", "rationale": "Worried"}, "in 50 characters or more"),
        ({"final_level": "medium", "level_basis": "escalation"}, "Say why you decided on this level."),
        ({"rationale": "\x00"}, "cannot be printed"),
    ],
)
def test_a_level_that_does_not_hold_together_is_refused_beside_the_question(a_case, start, answer, client, changes, words):
    draft = start(a_case())
    answer(draft)
    response = client.post(url("assessment_sign", draft.case, draft.pk), level(draft, **changes))
    assert response.status_code == 422 and words in text_of(response)
    assert not Assessment.objects.get().is_signed


def test_signing_leads_to_the_signed_assessment(a_case, start, answer, client):
    draft = start(a_case())
    answer(draft, yes=range(1, 12), comments={15: "not\nhere"})
    sent = level(draft, final_level="high", level_basis="judgement", rationale=LONG)
    response = client.post(url("assessment_sign", draft.case, draft.pk), sent)
    assert response["Location"] == url("assessment", draft.case, draft.pk)
    page = text_of(client.get(response["Location"]))
    assert "High risk" in page and "Professional judgement</strong>, not the score" in page and LONG in page
    assert "11 of 24, which suggests medium" in page and "Signed. Nobody can change it now." in page
    again = client.post(url("assessment_sign", draft.case, draft.pk), sent)
    assert again["Location"] == response["Location"]
    assert Event.objects.filter(verb="assessment.sign", outcome="done").count() == 1


def test_whoever_signs_later_is_told_and_keeps_the_words(a_case, start, answer, client, client_for):
    draft = start(a_case())
    answer(draft)
    first, later = level(draft), level(draft, final_level="high", level_basis="judgement", rationale=LONG)
    client.post(url("assessment_sign", draft.case, draft.pk), first)
    response = client_for("housing_manager").post(url("assessment_sign", draft.case, draft.pk), later)
    page = text_of(response)
    assert response.status_code == 422 and "has been signed" in page and LONG in page
    assert Assessment.objects.get().final_level == "standard"


def test_answers_that_changed_meanwhile_are_checked_before_signing(a_case, start, answer, client):
    draft = start(a_case())
    answer(draft)
    sent = level(draft, rationale="my words")
    answer(draft, yes=[15], persona="housing_manager")
    response = client.post(url("assessment_sign", draft.case, draft.pk), sent)
    page = text_of(response)
    assert response.status_code == 422 and "changed after you opened this page" in page and "my words" in page
    assert not Assessment.objects.get().is_signed


def test_a_level_below_the_suggested_one_goes_to_a_second_person(a_signed, client, client_for, people):
    lowered = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    read, path = url("assessment", lowered.case, lowered.pk), url("assessment_decide", lowered.case, lowered.pk)
    own = text_of(client.get(read))
    assert "waits for a second person" in own and path not in own
    assert "nobody approves their own" in text_of(client.get(path))
    refused = client.post(path, {"decision": "approved", "reason": "Mine"})
    assert refused.status_code == 422 and "Another person must decide" in text_of(refused)
    manager = client_for("housing_manager")
    assert path in text_of(manager.get(read))
    assert manager.post(path, {"decision": "approved"}).status_code == 422
    assert Assessment.objects.get().awaits_second_person
    sent = {"decision": "approved", "reason": "Visited together.", "once": uuid4()}
    assert manager.post(path, sent)["Location"] == read
    assert manager.post(path, sent)["Location"] == read
    page = text_of(manager.get(read))
    assert "Medium risk" in page and "approved</strong> by Dorian Whitlock" in page and "Visited together." in page
    assert Task.objects.get(kind="countersign").done_by == people.housing_manager


def test_who_signs_below_the_cases_level_knows_it_before_and_after(a_signed, start, answer, client, client_for):
    case = a_signed(yes=[1, 15], final="high", basis="judgement", rationale=LONG).case
    draft = start(case)
    answer(draft, yes=[1])
    path = url("assessment_sign", case, draft.pk)
    page = text_of(client.get(path))
    assert "A level below high needs a second person. Until they have decided, high holds." in page and "The case’s level now" in page
    assert 'value="held"' not in page
    short = client.post(path, level(draft))
    assert short.status_code == 422 and "Say why you decided on this level." in text_of(short)
    client.post(path, level(draft, rationale="He has moved away."))
    page = text_of(client.get(url("assessment", case, draft.pk)))
    assert "High risk" in page and "Standard was proposed, below the level that the case has." in page and "until then high holds" in page
    page = text_of(client_for("housing_manager").get(url("assessment_decide", case, draft.pk)))
    assert "High. Decided by: the level that the case had" in page and "He has moved away." in page


def test_a_closed_case_says_so_when_it_is_signed_and_keeps_what_was_typed(a_case, start, answer, client, people):
    draft = start(a_case(clock=None))
    answer(draft)
    sent = level(draft, rationale="my words")
    Case.objects.update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    response = client.post(url("assessment_sign", draft.case, draft.pk), sent)
    page = text_of(response)
    assert response.status_code == 422 and "This case is closed. Reopen it before you sign." in page and "my words" in page
    assert not Assessment.objects.get().is_signed


def test_the_next_assessment_shows_what_changed(a_signed, client):
    first = a_signed(yes=[1])
    second = a_signed(first.case, yes=[1, 15], final="high", basis="judgement", rationale=LONG)
    page = text_of(client.get(url("assessment", second.case, second.pk)))
    assert page.count("(before: No)") == 1 and "The one before" in page
    assert "(before:" not in text_of(client.get(url("assessment", first.case, first.pk)))


def test_titles_and_addresses_say_nothing(a_signed, client):
    signed = a_signed(yes=range(1, 15), final="medium", basis="judgement", rationale=LONG)
    for path in paths_of(signed).values():
        response = client.get(path, follow=True)
        title = re.search(r"<title>(.*?)</title>", response.content.decode())[1]
        assert not re.search(r"abuse|victim|risk|DASH|Marigold|Thistlewood", title + response.request["PATH_INFO"], re.I)


# --- the same number of queries however much there is

def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as made:
        assert client.get(path).status_code == 200
    return len(made)


def test_reading_and_checking_take_the_same_queries_however_much_there_is(a_case, a_signed, start, client):
    case = a_case()
    a_signed(case)
    first, draft = a_signed(case, yes=[1]), start(case)
    read, check, part = url("assessment", case, first.pk), url("assessment_check", case, draft.pk), part_url(draft, 4)
    before = [queries(client, path) for path in (read, check, part)]
    draft.answers.update(said="yes", comment="words")
    for given_name in ("Ottilie", "Perdita"):
        a_signed(a_case(given_name=given_name), yes=range(1, 15), final="high")
    assert [queries(client, path) for path in (read, check, part)] == before
    assert max(before) <= 12


def test_every_persona_has_an_answer(a_signed, client_for):
    """Nobody gets a 500 from any of the pages, by GET or by an empty POST."""
    paths = paths_of(a_signed())
    for persona in PERSONAS:
        one = client_for(persona)
        for path in paths.values():
            assert one.get(path).status_code in {200, 302, 403, 404}
            assert one.post(path).status_code in {302, 403, 404, 405, 422}
