"""The practitioner's section after the last item: who writes it, what it keeps, that it freezes with the rest and goes along to MARAC."""

import re
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.http import Http404

from agencies.gate import Refused
from audit.models import Event
from cases.actions import assessment as actions
from cases.dash.practitioner import Section, mark_of, section_of
from cases.models import Assessment
from tests.cases.dash.acts import LONG, events, level, part_url, text_of, url

pytestmark = pytest.mark.django_db
WORDS = Section("Deaf; signs.", "yes", "Works as a gamekeeper.", "To keep the children’s school a secret.", ("stalking", "honour"))


def annotate(people, draft, section=WORDS, mark=None, persona="specialist_da_officer"):
    return actions.annotate_assessment(
        people.actor(persona), draft.case, assessment_id=draft.pk, section=section, opened_with=mark_of(section_of(draft)) if mark is None else mark
    )


def sent(draft, section=WORDS, **changes):
    return section._asdict() | {"opened_with": mark_of(section_of(draft))} | changes


def path(draft):
    return url("assessment_annotate", draft.case, draft.pk)


# --- what is written

def test_it_is_saved_on_the_draft_and_the_log_has_no_word_of_it(a_case, start, people):
    draft = start(a_case())
    annotate(people, draft, WORDS._replace(priorities="canary-words"))
    draft.refresh_from_db()
    assert section_of(draft) == WORDS._replace(priorities="canary-words")
    assert events("assessment.annotate").get().after == {"changed": list(Section._fields), "revision": 1}
    assert "canary" not in str(list(Event.objects.values())) and "gamekeeper" not in str(list(Event.objects.values()))


def test_saving_the_same_again_changes_nothing(a_case, start, people):
    draft = start(a_case())
    annotate(people, draft)
    annotate(people, draft, mark="whatever")
    draft.refresh_from_db()
    assert draft.revision == 1


def test_the_later_of_two_is_told_and_the_first_stays(a_case, start, people):
    draft = start(a_case())
    opened = mark_of(section_of(draft))
    annotate(people, draft, mark=opened)
    with pytest.raises(Refused, match="changed after you opened") as refusal:
        annotate(people, draft, Section(priorities="Another thing"), opened, "housing_manager")
    assert refusal.value.code == "stale"
    assert section_of(Assessment.objects.get()) == WORDS


def test_it_does_not_score(a_case, start, answer, sign, people):
    draft = start(a_case())
    answer(draft, yes=[1])
    draft.refresh_from_db()
    annotate(people, draft)
    signed = sign(draft)
    assert (signed.score, signed.suggested_level) == (1, "standard")


def test_what_was_written_meanwhile_blocks_signing(a_case, start, answer, people, client):
    draft = start(a_case())
    answer(draft)
    opened = level(draft)
    draft.refresh_from_db()
    annotate(people, draft, persona="housing_manager")
    response = client.post(url("assessment_sign", draft.case, draft.pk), opened)
    assert response.status_code == 422 and "changed after you opened this page" in text_of(response)
    assert not Assessment.objects.get().is_signed


def test_once_signed_it_is_not_written_any_more(a_signed, people):
    signed = a_signed()
    with pytest.raises(Refused, match="has been signed") as refusal:
        annotate(people, signed)
    assert refusal.value.code == "signed"


@pytest.mark.parametrize("column", Section._fields)
def test_nobody_changes_it_past_the_application_either(a_signed, column):
    signed = a_signed()
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic(), connection.cursor() as cursor:
        value = "'{no}'" if column == "critical_factors" else "'no'"
        cursor.execute(f"UPDATE cases_assessment SET {column} = {value} WHERE id = %s", [signed.pk])
    signed.refresh_from_db()
    assert section_of(signed) == Section()


@pytest.mark.parametrize(
    ("persona", "refusal"), [("housing_officer", PermissionDenied), ("outsider", Http404), ("superuser", Http404), ("idva", Http404), ("auditor", Http404)]
)
def test_who_cannot_write_it(a_case, start, people, persona, refusal):
    draft = start(a_case())
    with pytest.raises(refusal):
        annotate(people, draft, persona=persona)
    assert section_of(Assessment.objects.get()) == Section()


def test_another_agencys_draft_is_not_there(a_case, start, share, people, client_for):
    case = a_case()
    share(case, "harbour_idva")
    draft = start(case)
    with pytest.raises(Http404):
        annotate(people, draft, persona="idva")
    assert client_for("idva").get(path(draft)).status_code == client_for("idva").post(path(draft), sent(draft)).status_code == 404


# --- its page

def test_it_comes_after_the_last_part_and_leads_to_the_check(a_case, start, client):
    draft = start(a_case())
    page = text_of(client.get(path(draft)))
    assert "part 6 of 6" in page and part_url(draft, 5) in page and "None of this counts towards the score" in page
    assert client.post(path(draft), sent(draft))["Location"] == url("assessment_check", draft.case, draft.pk)
    assert section_of(Assessment.objects.get()) == WORDS
    draft.refresh_from_db()
    check = text_of(client.get(url("assessment_check", draft.case, draft.pk)))
    assert "Works as a gamekeeper." in check and f"{path(draft)}#id_priorities" in check and "Nothing written" not in check
    later = client.post(path(draft), sent(draft, Section(), come_back_later="yes"))
    assert later["Location"] == url("case", draft.case)
    assert "Nothing written" in text_of(client.get(url("assessment_check", draft.case, draft.pk)))


def test_any_script_is_kept_and_html_stays_text(a_case, start, client, answer, sign, client_for):
    draft = start(a_case())
    nasty = "<script>alert('x')</script> Siân O’Neill 王 دعم\nsecond line"
    client.post(path(draft), sent(draft, other_concerns=nasty, priorities=nasty))
    answer(draft)
    pages = [path(draft), url("assessment_check", draft.case, draft.pk), url("assessment_sign", draft.case, draft.pk)]
    shown = [client.get(one).content.decode() for one in pages]
    sign(draft)
    shown.append(client_for("housing_officer").get(url("assessment", draft.case, draft.pk)).content.decode())
    for page in shown:
        assert "<script>alert" not in page and "Siân O’Neill 王 دعم\nsecond line" in page


def test_ten_thousand_characters_are_kept_and_one_more_is_refused_with_everything_kept(a_case, start, client):
    draft = start(a_case())
    client.post(path(draft), sent(draft, other_concerns="ab\r\n" * 3333))
    draft.refresh_from_db()
    assert len(draft.other_concerns) == 9998
    response = client.post(path(draft), sent(draft, weapon_access="z" * 10_001, will_engage="dont_know"))
    page = text_of(response)
    assert response.status_code == 422 and "10,000 characters or fewer" in page and "z" * 10_001 in page and 'href="#id_weapon_access"' in page
    assert re.search(r'name="will_engage" type="radio" value="dont_know" checked', page)
    draft.refresh_from_db()
    assert len(draft.other_concerns) == 9998 and draft.weapon_access == "Works as a gamekeeper."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"priorities": "nul \x00 here"}, "cannot be printed"),
        ({"will_engage": "perhaps"}, "Choose one of the answers listed"),
        ({"will_engage": BytesIO(b"a file")}, "A file cannot be read as an answer"),
        ({"other_concerns": BytesIO(b"a file")}, "A file cannot be read as an answer"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_question(a_case, start, client, changes, words):
    draft = start(a_case())
    response = client.post(path(draft), sent(draft, **changes))
    page = text_of(response)
    assert response.status_code == 422 and words in page and "Works as a gamekeeper." in page
    assert re.search(rf'href="#id_{next(iter(changes))}', page)
    assert section_of(Assessment.objects.get()) == Section()


def test_two_people_on_it(a_case, start, client, client_for):
    draft = start(a_case())
    opened = sent(draft)
    client.post(path(draft), opened)
    later = client_for("housing_manager")
    response = later.post(path(draft), opened | {"priorities": "second words"})
    page = text_of(response)
    assert response.status_code == 422 and "changed after you opened this page" in page and "Saved meanwhile:" in page
    assert WORDS.priorities in page and "second words" in page and page.count("Works as a gamekeeper.") == 1  # only what differs is said twice
    assert section_of(Assessment.objects.get()) == WORDS
    mark = re.search(r'name="opened_with" value="(\w+)"', page)[1]
    assert later.post(path(draft), opened | {"priorities": "second words", "opened_with": mark}).status_code == 302
    assert Assessment.objects.get().priorities == "second words"


def test_sent_after_signing_it_keeps_what_was_typed_on_the_page(a_signed, client):
    signed = a_signed()
    assert client.get(path(signed))["Location"] == url("assessment", signed.case, signed.pk)
    response = client.post(path(signed), sent(signed))
    page = text_of(response)
    assert response.status_code == 422 and "has been signed" in page and "Works as a gamekeeper." in page and "Save and continue" not in page
    assert section_of(Assessment.objects.get()) == Section()


# --- who reads it

@pytest.fixture
def signed(a_case, start, answer, sign, people):
    draft = start(a_case())
    answer(draft, yes=[1, 15])
    draft.refresh_from_db()
    annotate(people, draft)
    return sign(draft, "high", "judgement", LONG)


def test_a_partner_reads_it_with_the_rest_and_a_summary_does_not(signed, share, client_for):
    share(signed.case, "harbour_idva")
    share(signed.case, "valley_health", "summary")
    page = text_of(client_for("idva").get(url("assessment", signed.case, signed.pk)))
    assert all(words in page for words in ("Deaf; signs.", "Works as a gamekeeper.", WORDS.priorities, "Willing to take up support"))
    refused = client_for("health_visitor").get(url("assessment", signed.case, signed.pk))
    assert refused.status_code == 403 and "gamekeeper" not in refused.content.decode()


def test_the_referral_that_it_prepares_shows_it_under_its_reasons(signed, client):
    from marac.models import Referral

    referral = Referral.objects.get(assessment=signed)
    page = text_of(client.get(url("marac_referral", signed.case, referral.pk)))
    assert "Works as a gamekeeper." in page and WORDS.priorities in page


def test_a_referral_says_nothing_of_what_nobody_wrote(a_signed, client):
    from marac.models import Referral

    signed = a_signed(yes=range(1, 15), final="high")
    page = text_of(client.get(url("marac_referral", signed.case, Referral.objects.get().pk)))
    assert "DASH" in page and "access to weapons" not in page
