"""Equality monitoring: who may not see it, once for each person, not asked apart from would rather not say, and nothing of it anywhere else."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agencies.gate import Refused
from audit.models import Event
from cases.actions.equality import record_equality
from cases.models import Equality
from cases.rules import equality as rules
from tests.cases.ends import close, send
from tests.cases.test_merging import made

CANARY = "canary Tigrinya"


def url(case, role="victim"):
    return reverse("equality", args=[case.reference, case.parties.get(role=role).pk])


def record(people, case, persona="housing_officer", role="victim", **facts):
    given = {"answers": {"language": "self", "religion": "prefer_not"}, "words": {"language": CANARY}, "asked_on": timezone.localdate()} | facts
    return record_equality(people.actor(persona), case, party_id=case.parties.get(role=role).pk, **given)


def typed(**facts):
    day = timezone.localdate()
    return {"asked_on_day": day.day, "asked_on_month": day.month, "asked_on_year": day.year} | facts


@pytest.fixture
def case(a_case):
    return a_case(clock=None)


# --- from the outside


def test_only_who_may_change_the_people_of_the_case_sees_or_writes_it(people, case, share, client_for):
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva", "partner")
    record(people, case)
    for persona in ("outsider", "superuser", "commissioner", "auditor", "refuge_worker"):
        assert client_for(persona).get(url(case)).status_code == 404, persona
        with pytest.raises(Http404):
            record(people, case, persona)
    for persona in ("idva", "idva_manager", "outreach_worker"):
        assert client_for(persona).get(url(case)).status_code == 403, persona
        with pytest.raises(PermissionDenied):
            record(people, case, persona)
    assert CANARY in client_for("housing_officer").get(url(case)).content.decode()
    assert "Equality monitoring" not in client_for("idva").get(reverse("case", args=[case.reference])).content.decode()


def test_it_stands_on_no_other_page_and_not_in_the_log(people, case, share, client_for):
    share(case, "harbour_idva", "partner")
    record(people, case)
    for persona in ("housing_officer", "idva"):
        client = client_for(persona)
        for path in (f"/cases/{case.reference}/", f"/cases/{case.reference}/chronology/", "/work/", "/work/due/", f"/api/v1/cases/{case.reference}/", "/api/v1/cases/"):
            answer = client.get(path)
            assert answer.status_code == 200 and CANARY not in answer.content.decode(), path
    event = Event.objects.get(verb="equality.record", outcome="done")
    assert event.after == {"answered": ["language", "religion"]} and CANARY not in str(event.__dict__) and "prefer_not" not in str(event.__dict__)


def test_an_alleged_perpetrator_and_a_person_of_another_case_are_not_asked_here(people, case, a_case, client_for):
    assert client_for("housing_officer").get(url(case, "perpetrator")).status_code == 404
    with pytest.raises(Refused):
        record(people, case, role="perpetrator")
    other = a_case()
    theirs = other.parties.get(role="victim").pk
    assert client_for("housing_officer").get(reverse("equality", args=[case.reference, theirs])).status_code == 404
    with pytest.raises(Http404):
        record_equality(people.actor("housing_officer"), case, party_id=theirs, answers={"gender": "woman"}, words={}, asked_on=timezone.localdate())


@pytest.mark.parametrize("whom", ["worker", "agency", "partner"])
def test_after_a_merge_and_a_bar_the_answers_of_a_case_stay_on_that_case(people, case, a_case, client_for, share, whom):
    """Two records became one; then somebody is barred from one of the cases, and opens the page of the other."""
    other = a_case(given_name="Mari", clock=None)
    record(people, case)
    made(people, case, other)
    if whom == "partner":  # another agency comes to run the other case alone
        share(other, "eastmoor_housing", "lead")
    else:
        bar = {"user": people.housing_officer} if whom == "worker" else {"agency": people.agency("northvale_housing")}
        case.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, **bar)
    client = client_for("outsider" if whom == "partner" else "housing_officer")
    page = client.get(url(other)).content.decode()
    assert CANARY not in page and case.reference not in page and "Last asked" not in page


# --- what is kept


def test_not_asked_is_not_kept_and_would_rather_not_say_is(people, case, client_for):
    row = record(people, case, answers={"gender": "not_asked", "religion": "prefer_not", "language": "english"}, words={"language": "leftover"})
    assert row.answers == {"religion": "prefer_not", "language": "english"} and row.words == {}
    assert (row.asked_by, row.asked_on) == (people.housing_officer, timezone.localdate())
    page = client_for("other_housing_officer").get(url(case)).content.decode()
    assert "Last asked on" in page and "Tamsin Okonedo-Reyes" in page


def test_once_for_each_person_of_a_case(people, case):
    record(people, case)
    record(people, case, answers={"gender": "woman"}, words={})
    assert Equality.objects.get().answers == {"gender": "woman"}
    record(people, case, role="child")
    assert Equality.objects.count() == 2


def test_where_a_worker_runs_both_cases_nobody_is_asked_twice_and_nothing_is_kept_unseen(people, case, a_case, client_for):
    other = a_case(given_name="Mari", clock=None)
    record(people, case)
    assert "another case of theirs" not in client_for("housing_officer").get(url(other)).content.decode()
    made(people, case, other)
    page = client_for("housing_officer").get(url(other)).content.decode()
    assert CANARY in page and case.reference in page and "Nobody has asked yet." not in page and Equality.objects.count() == 1
    # Whoever reads them here reads the other case, and its log says so.
    part = case.parties.get(role="victim")
    assert Event.objects.filter(verb="case.read", case_reference=case.reference, subject=f"equality:{part.pk}").exists()
    record(people, other, answers={"gender": "woman"}, words={})
    assert set(Equality.objects.values_list("case", flat=True)) == {case.pk, other.pk}
    assert CANARY not in client_for("housing_officer").get(url(other)).content.decode()


def test_answers_of_another_case_open_with_the_day_on_which_they_were_given(people, case, a_case, client_for):
    other, day = a_case(given_name="Mari", clock=None), timezone.localdate() - timedelta(days=5)
    record(people, case, asked_on=day)
    made(people, case, other)
    page = client_for("housing_officer").get(url(other)).content.decode()
    assert all(re.search(rf'name="asked_on_{part}"[^>]* value="{number}"', page) for part, number in (("day", day.day), ("month", day.month), ("year", day.year)))
    # For whoever may not see that case nobody has asked, and the day is today.
    case.exclusions.create(reason="Her cousin.", made_at=timezone.now(), made_by=people.agency_lead, user=people.housing_officer)
    page, today = client_for("housing_officer").get(url(other)).content.decode(), timezone.localdate()
    assert "Nobody has asked yet." in page and re.search(rf'name="asked_on_day"[^>]* value="{today.day}"', page) and CANARY not in page


def test_what_does_not_fit_is_refused_beside_its_question(people, case):
    tomorrow = timezone.localdate() + timedelta(days=1)
    for field, facts in (
        ("language", {"words": {}}), ("religion", {"answers": {"religion": "jedi"}}), ("asked_on", {"asked_on": tomorrow}), ("gender", {"answers": {}, "words": {}}),
        ("language", {"words": {"language": "x" * 121}}),
    ):
        with pytest.raises(Refused) as refusal:
            record(people, case, **facts)
        assert refusal.value.field == field
    close(people, case)
    with pytest.raises(Refused, match="closed"):
        record(people, case)


def test_the_page_keeps_what_was_typed_and_shows_it_again(people, case, client_for):
    client = client_for("housing_officer")
    page = client.get(url(case)).content.decode()
    assert "Nobody has asked yet." in page and "<title>Monitoring - Waymark</title>" in page and "Prefers not to say" in page
    victim = case.parties.get(role="victim").pk
    answer = send(client, case, "equality", victim, **typed(language="self"))
    assert answer.status_code == 422 and "Write down what they said." in answer.content.decode()
    assert "Nothing is answered yet." in send(client, case, "equality", victim, **typed()).content.decode()
    once = str(uuid4())
    for _ in range(2):
        answer = send(client, case, "equality", victim, **typed(language="self", language_words=CANARY, ethnicity="arab", gender="prefer_not", once=once))
        assert answer.status_code == 302
    assert Event.objects.filter(verb="equality.record", outcome="done").count() == 1
    page = client.get(url(case)).content.decode()
    assert CANARY in page and '<option value="arab" selected' in page
    stale = client.post(url(case), typed(language="english", once=str(uuid4()), revision="0"))
    assert stale.status_code == 422 and "Somebody else changed" in stale.content.decode()


# --- the rules


@given(st.dictionaries(st.sampled_from([*rules.QUESTIONS, "x"]), st.sampled_from(["yes", "no", "self", "not_asked", "prefer_not", "woman", "none", ""])), st.booleans())
def test_only_what_was_offered_is_kept_and_own_words_only_where_they_are_asked_for(answers, has_words):
    words = dict.fromkeys(rules.QUESTIONS, "words") if has_words else {}
    reasons = rules.reasons_unfit(answers, words)
    fits = all(code in rules.QUESTIONS and answer in dict(rules.QUESTIONS[code].choices) for code, answer in answers.items())
    says = any(answer != "not_asked" for answer in answers.values())
    needs_words = any(answer == "self" for answer in answers.values()) and not has_words
    assert (reasons == {}) is (fits and says and not needs_words)


def test_a_list_that_comes_back_without_an_answer_shows_none_as_chosen(people, case, client_for):
    client = client_for("housing_officer")

    def chosen(answer):
        drawn = re.search(r'<select name="ethnicity".*?</select>', answer.content.decode(), re.DOTALL)[0]
        assert re.findall(r'<option value="([^"]*)"', drawn)[0] == ""
        return re.findall(r'<option value="([^"]*)" selected', drawn) or [""]

    assert chosen(client.get(url(case))) == ["not_asked"]
    for sent, shown in (({}, ""), ({"ethnicity": ""}, ""), ({"ethnicity": "white_irish"}, "white_irish")):
        answer = client.post(url(case), typed(asked_on_day="99", **sent))
        assert answer.status_code == 422 and chosen(answer) == [shown]
    assert not Equality.objects.exists()
    saved = client.post(url(case), typed(ethnicity="", gender="woman", revision=case.revision, once=str(uuid4())))
    assert saved.status_code == 302 and Equality.objects.get().answers == {"gender": "woman"}


def test_every_question_tells_not_asked_from_would_rather_not_say():
    for question in rules.QUESTIONS.values():
        assert [code for code, _ in question.choices][-2:] == ["prefer_not", "not_asked"]
    assert rules.reasons_not_asked_of("perpetrator") and not rules.reasons_not_asked_of("child")
