"""A second disclosure about somebody whose case is open: found, joined to it by a person's choice, and nothing that stands there overwritten."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.access import can
from cases.models import AccessChange, Address, Case, Clock, Entry, Exclusion, Notification, Party, SafeContact, Task
from referrals.actions import complete_page
from referrals.models import Disclosure
from tests.referrals import walk

pytestmark = pytest.mark.django_db

QUESTION = "Is this the same person?"
STRANGER = {
    "victim": walk.YES["victim"] | {"given_name": "Perdita", "family_name": "Quorn", "date_of_birth_year": "1971"}, "contact": {"any": "no"},
    "children": {"any": "no"},
}


@pytest.fixture
def officer(client_for):
    return client_for("housing_officer")


@pytest.fixture
def case(officer):
    return walk.log(officer).case


def check_url(draft):
    return reverse("disclosure_check", args=[draft])


def page_of(client, draft):
    return client.get(check_url(draft))


def answer(client, draft, same):
    url = check_url(draft)
    return client.post(url, walk.hidden(client.get(url)) | ({"same": same} if same else {}))


# --- from the outside


def test_whoever_may_not_see_the_case_reads_the_same_page_as_for_a_stranger(case, client_for, people):
    for persona in ("other_idva", "call_handler", "specialist_da_officer"):
        if can(people.actor(persona), "see_summary", case) or not people.actor(persona).may("log_disclosure"):
            continue
        client = client_for(persona)
        text = page_of(client, walk.fill(client)).content.decode()
        assert case.reference not in text and QUESTION not in text and "known already" not in text, persona


def test_a_bar_beats_the_match(case, officer, people):
    Exclusion.objects.create(case=case, user=people.housing_officer, reason="friend", made_at=timezone.now(), made_by=people.housing_manager)
    draft = walk.fill(officer)
    assert case.reference not in page_of(officer, draft).content.decode()
    assert answer(officer, draft, case.reference).status_code == 302  # no such question: a case of its own
    assert Disclosure.objects.get(reference=draft).state == "submitted"


def test_nobody_joins_a_case_that_was_not_found(case, officer, a_case):
    other = a_case(given_name="Perdita", family_name="Quorn", with_phone=False)
    answered = answer(officer, walk.fill(officer), other.reference)
    assert answered.status_code == 422 and Disclosure.objects.filter(joined_to=other).count() == 0


def test_who_reads_what_was_added(case, officer, client_for, share, people):
    draft = walk.fill(officer)
    answer(officer, draft, case.reference)
    url = reverse("further_notes", args=[case.reference])
    assert client_for("housing_manager").get(url).status_code == 200
    assert client_for("idva").get(url).status_code == client_for("outsider").get(url).status_code == 404
    share(case, "harbour_idva", "partner")
    assert client_for("idva").get(url).status_code == 404  # theirs is none of them


# --- the choice


def test_the_check_says_who_may_be_known_and_why_and_asks(case, officer):
    text = page_of(officer, walk.fill(officer)).content.decode()
    for words in ("This person may be known already", case.reference, "The same name", "The same date of birth", QUESTION):
        assert words in text, words
    assert Event.objects.filter(verb="case.list", subject__endswith=":match", after={"count": 1}).exists()


def test_it_must_be_answered_and_nothing_is_lost(case, officer):
    draft = walk.fill(officer)
    answered = answer(officer, draft, None)
    assert answered.status_code == 422 and "Say whether this is the same person" in answered.content.decode()
    assert Disclosure.objects.get(reference=draft).is_draft


def test_different_people_get_a_case_of_their_own(case, officer):
    draft = walk.fill(officer)
    assert answer(officer, draft, "new").status_code == 302
    assert Case.objects.count() == 2 and Disclosure.objects.get(reference=draft).state == "submitted"


def test_a_stranger_is_not_asked_about(case, officer):
    text = page_of(officer, walk.fill(officer, STRANGER)).content.decode()
    assert QUESTION not in text and "known already" not in text


def test_a_closed_case_is_shown_and_not_joined(case, officer, people):
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    text = page_of(officer, walk.fill(officer)).content.decode()
    assert "Closed on" in text and case.reference in text and QUESTION not in text


# --- joined


def test_the_same_again_changes_nobody_and_leaves_one_case(case, officer):
    before = [list(model.objects.filter(case=case).values_list("pk", flat=True)) for model in (Party, SafeContact, Address)]
    draft = walk.fill(officer)
    done = answer(officer, draft, case.reference)
    assert done.url == reverse("further_notes", args=[case.reference])
    assert [list(model.objects.filter(case=case).values_list("pk", flat=True)) for model in (Party, SafeContact, Address)] == before
    joined = Disclosure.objects.get(reference=draft)
    assert (joined.state, joined.joined_to, joined.case, Case.objects.count()) == ("joined", case, None, 1)
    assert Entry.objects.filter(case=case, title__startswith="Another disclosure").count() == 1
    assert Entry.objects.filter(case=case, title="What was said or seen").count() == 2
    task = Task.objects.get(case=case, kind="disclosure.joined")
    assert task.why == "Nothing in it contradicts what the case holds."
    action = officer.get(reverse("task_finish", args=[case.reference, task.pk])).content.decode()
    assert f'href="{reverse("further_notes", args=[case.reference])}">Read the further disclosure</a>' in action
    assert "Another disclosure" in officer.get(reverse("case", args=[case.reference])).content.decode()
    assert "Disclosures that were added later" in officer.get(reverse("case", args=[case.reference])).content.decode()
    assert "He took her keys" in officer.get(done.url).content.decode()


def test_sent_twice_it_is_joined_once(case, officer):
    draft = walk.fill(officer)
    url = check_url(draft)
    form = walk.hidden(officer.get(url)) | {"same": case.reference}
    first, again = officer.post(url, form), officer.post(url, form)
    assert first.url == again.url
    assert Entry.objects.filter(case=case, title__startswith="Another disclosure").count() == 1


def test_a_way_that_is_said_to_be_unsafe_is_unsafe_at_once(case, officer):
    unsafe = walk.YES["channels"] | {"row-0-is_safe": "no", "row-0-how": "He has the telephone now", "row-0-times": ""}
    unsafe = {name: value for name, value in unsafe.items() if "days" not in name and "from_" not in name and "to_" not in name}
    answer(officer, walk.fill(officer, {"channels": unsafe}), case.reference)
    (now,) = SafeContact.objects.filter(case=case, ended_at=None)
    assert (now.is_safe, now.value, now.how) == ("no", "+447700900123", "He has the telephone now")
    assert "how to reach them safely" in Task.objects.get(case=case, kind="disclosure.joined").why


def test_that_the_alleged_perpetrator_moved_in_ends_what_was_checked_before_and_not_what_is_said_with_it(case, officer):
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=False)
    other = {**walk.YES["channels"], "row-0-value": "07700 900199"}
    back = walk.YES["perpetrator"] | {"lives_with_victim": "yes"}
    answer(officer, walk.fill(officer, {"perpetrator": back, "channels": other}), case.reference)
    change = AccessChange.objects.get(case=case)
    old, new = SafeContact.objects.filter(case=case, ended_at=None).order_by("id")
    assert (old.value, new.value) == ("+447700900123", "+447700900199")
    assert old.verified_at < change.at <= new.verified_at
    assert change.kind == "home" and Party.objects.get(case=case, role="perpetrator").lives_with_victim


def test_what_was_not_known_is_added_and_what_differs_is_named(case, officer):
    moved = walk.YES["home"] | {"address": "9 Fulmar Road", "postcode": "ZZ99 1AA"}
    answer(officer, walk.fill(officer, {"home": moved}), case.reference)
    assert list(Address.objects.filter(case=case).values_list("postcode", flat=True)) == ["ZZ99 3VZ"]
    assert "It says something else about where they live" in Task.objects.get(case=case, kind="disclosure.joined").why


def test_danger_counts_at_once(case, officer):
    assert not case.is_danger_unsettled
    answer(officer, walk.fill(officer, {"emergency": {"pace": "all"}}, danger="yes"), case.reference)
    case.refresh_from_db()
    assert case.is_danger_unsettled


def test_a_promise_runs_again_where_none_does_and_an_earlier_one_stays(case, officer):
    first = Clock.objects.get(case=case)
    answer(officer, walk.fill(officer), case.reference)
    assert list(Clock.objects.filter(case=case)) == [first]
    Clock.objects.filter(pk=first.pk).update(stopped_at=timezone.now(), outcome="met", next_stage="", next_stage_at=None)
    received = timezone.now() - timedelta(hours=1)
    answer(officer, walk.fill(officer, {"received": {}}), case.reference)
    second = Clock.objects.exclude(pk=first.pk).get(case=case)
    assert second.kind == first.kind and second.started_at > received


def test_a_closed_case_refuses_and_the_draft_stays(case, officer, people):
    draft = walk.fill(officer)
    form = walk.hidden(officer.get(check_url(draft))) | {"same": case.reference}
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer)
    assert officer.post(check_url(draft), form).status_code in (302, 409, 422)
    assert Disclosure.objects.get(reference=draft).state != "joined"


# --- those who hold a case that the asker may not see


def test_the_holder_is_told_and_the_asker_learns_nothing(case, client_for, people):
    client = client_for("call_handler")
    logged = walk.log(client)
    assert logged.case != case and case.reference not in client.get(reverse("disclosure_logged", args=[logged.reference])).content.decode()
    task = Task.objects.get(case=case, kind="match.elsewhere")
    assert (task.agency, task.owner) == (case.lead_agency, people.housing_officer)
    assert "The same name" in task.why and logged.case.reference not in task.why + task.title
    assert Notification.objects.filter(case=case, kind="match.elsewhere", user=people.housing_officer).count() == 1
    assert not Task.objects.filter(case=logged.case, kind="match.elsewhere").exists()


def test_nobody_is_told_of_a_stranger(case, client_for):
    walk.log(client_for("call_handler"), STRANGER)
    assert not Task.objects.filter(kind="match.elsewhere").exists()


def test_a_disclosure_that_is_joined_tells_whoever_holds_another_case_of_that_person(case, officer, client_for):
    other = walk.log(client_for("call_handler")).case
    Task.objects.all().delete()  # what was asked when that one was logged
    done = answer(officer, walk.fill(officer), case.reference)
    task = Task.objects.get(case=other, kind="match.elsewhere")
    assert task.agency == other.lead_agency and case.reference not in task.why + task.title
    assert other.reference not in officer.get(done.url).content.decode()
    assert not Task.objects.filter(case=case, kind="match.elsewhere").exists()
    answer(officer, walk.fill(officer), case.reference)
    assert Task.objects.filter(case=other, kind="match.elsewhere").count() == 1


@pytest.mark.parametrize("visibility", ["normal", "restricted"])
def test_what_was_left_for_later_tells_them_when_it_comes(people, client_for, case, visibility):
    """The name is spelt otherwise, which is too little; the postcode that is given later says the rest."""
    answers = {"emergency": {"pace": "log_now"}, "victim": {"given_name": "Sersha", "family_name": "O'Dalaigh-Nwosu", "sex": "female"}}
    later = walk.log(client_for("outsider"), answers, danger="yes").case
    assert not Task.objects.filter(case=case, kind="match.elsewhere").exists()
    home = {"address": "4 Plover Court", "postcode": "ZZ99 3VZ", "visibility": visibility, "area": "bolsover"}
    complete_page(people.actor("outsider"), later, page="home", answers=home)
    told = Task.objects.filter(case=case, kind="match.elsewhere").values_list("why", flat=True)
    # Where a home is protected, nobody elsewhere learns its postcode by its being the same as theirs.
    assert ["The same postcode" in why for why in told] == ([True] if visibility == "normal" else [])
