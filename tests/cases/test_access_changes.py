"""What the alleged perpetrator can reach changes: nothing that was checked before it counts as safe, until somebody has checked it again (domain 8.1)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from cases import due, reach, safe_contact
from cases.actions.contact import record_contact
from cases.actions.orders import decide_order, end_order
from cases.actions.people import add_person, change_address, change_person
from cases.actions.risk import record_risk_event
from cases.actions.safe_contact import add_safe_contact, change_safe_contact, verify_safe_contact
from cases.models import AccessChange, Address, Case, Entry, Party, SafeContact
from cases.rules import contact as rules
from cases.rules.same_door import same_door
from tests.cases.contacting import HOUR, LONG_REASON, way

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")

BEFORE = timedelta(days=2)


@pytest.fixture
def case(a_case):
    """A case whose telephone was checked two days ago; the risk is medium, so that nothing lapses by itself."""
    made = a_case(received_ago=3 * BEFORE, with_phone=False)
    Case.objects.filter(pk=made.pk).update(risk_level="medium", risk_level_at=timezone.now() - BEFORE)
    made.refresh_from_db()
    then = timezone.now() - BEFORE
    way(made, "phone", "01632 960 201", recorded_at=then, verified_at=then)
    return made


@pytest.fixture
def officer(people):
    return people.actor("housing_officer")


def state(case, at=None):
    return safe_contact.channels(case, at or timezone.now())[0]


def perpetrator(case):
    return Party.objects.get(case=case, role="perpetrator")


def moves_in(officer, case, answer=True):
    change_person(officer, case, party_id=perpetrator(case).pk, lives_with_victim=answer)


def lives_at(officer, case, lines, party=None):
    change_address(
        officer, case, party_id=(party or perpetrator(case)).pk, lines=lines, postcode="ZZ99 3AA", visibility="normal", from_at=timezone.now() - HOUR,
    )


def an_order_ends(officer, case, an_order):
    order = an_order(case)
    end_order(officer, case, order_id=order.pk, ended_on=timezone.localdate(), because="discharged", note="")


def released(officer, case, days=0):
    record_risk_event(officer, case, kind="release", happened_on=timezone.localdate() + timedelta(days=days))


@pytest.mark.parametrize("what", ["moves in", "new address", "release", "nearer", "order"])
def test_every_mark_expires_and_a_check_brings_it_back(case, officer, an_order, what):
    assert state(case).is_safe_now
    if what == "moves in":
        moves_in(officer, case)
    elif what == "new address":
        lives_at(officer, case, "1 Plover Court")
        assert state(case).is_safe_now  # the first address is what we learnt
        lives_at(officer, case, "2 Plover Court")
    elif what == "release":
        released(officer, case)
    elif what == "nearer":
        record_risk_event(officer, case, kind="access", happened_on=timezone.localdate() - timedelta(days=3))
    else:
        an_order_ends(officer, case, an_order)
    changed = state(case)
    assert (changed.is_safe_now, changed.headline, changed.colour, changed.next_openings) == (False, "Check first", "red", [])
    assert "What the alleged perpetrator can reach changed at" in changed.not_now[0]
    entry = Entry.objects.get(case=case, title="Every way of contact is to be checked with the victim/survivor again")
    assert entry.audience == "partners" and entry.text.endswith(".")
    verify_safe_contact(officer, case, contact_id=SafeContact.objects.get(case=case).pk)
    assert state(case).is_safe_now


@pytest.mark.parametrize("answer", [False, None])
def test_what_we_only_learn_changes_nothing(case, officer, answer):
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=None)
    moves_in(officer, case, answer)
    child = add_person(officer, case, role="child", given_name="Wren", age_is_right=True, approximate_age=4, lives_with_victim=True)
    change_person(officer, case, party_id=child.pk, lives_with_victim=False)
    for lines in ("1 Plover Court", "2 Plover Court"):
        lives_at(officer, case, lines, party=child)
    record_risk_event(officer, case, kind="court", happened_on=timezone.localdate())
    assert not AccessChange.objects.exists() and state(case).is_safe_now


def test_moving_out_is_a_change_too(case, officer):
    Party.objects.filter(case=case, role="perpetrator").update(lives_with_victim=True)
    moves_in(officer, case, False)
    assert AccessChange.objects.get().kind == "home" and not state(case).is_safe_now


def test_a_release_that_is_ahead_ends_the_safe_time_where_it_begins(case, officer, client_for):
    released(officer, case, days=2)
    now = state(case)
    begins = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    assert now.is_safe_now and now.until == begins == now.changes_at
    page = client_for("housing_officer").get(reverse("case", args=[case.reference])).content.decode()
    assert "What the alleged perpetrator can reach changes then" in page and "Safe at any time" not in page
    assert reach.safe_times(officer, timezone.now(), [case.pk])[case.pk].words.startswith("Safe now until")
    assert not state(case, begins).is_safe_now
    # A check of today says nothing of the day after tomorrow.
    verify_safe_contact(officer, case, contact_id=SafeContact.objects.get(case=case).pk)
    assert state(case).is_safe_now and not state(case, begins + HOUR).is_safe_now


def test_the_list_names_the_day_on_which_the_safe_time_ends(case, officer):
    released(officer, case, days=9)
    day = timezone.localtime() + timedelta(days=9)
    words = reach.safe_times(officer, timezone.now(), [case.pk])[case.pk].words
    assert words == f"Safe now until {day:%a} {day.day} {day:%b} midnight"


def test_on_the_day_itself_it_can_be_said_again_once_he_is_out(case, officer):
    released(officer, case, days=2)
    with pytest.raises(Refused, match="said so already"):
        released(officer, case, days=2)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=True):
        verify_safe_contact(officer, case, contact_id=SafeContact.objects.get(case=case).pk)
        assert state(case).is_safe_now
        released(officer, case)
        assert not state(case).is_safe_now


def test_it_can_be_said_before_anybody_has_assessed_the_risk(case, officer, client_for):
    Case.objects.filter(pk=case.pk).update(risk_level="", risk_level_at=None)
    assert reverse("risk_event_add", args=[case.reference]) in client_for("housing_officer").get(reverse("risk_over_time", args=[case.reference])).content.decode()
    released(officer, case)
    assert not state(case).is_safe_now
    assert Entry.objects.filter(case=case, kind="risk", title="Release of the alleged perpetrator from custody").exists()
    with pytest.raises(Refused, match="Nobody has assessed"):
        record_risk_event(officer, case, kind="court", happened_on=timezone.localdate())


def test_a_notice_that_the_court_does_not_follow_ends_them_and_one_that_it_replaces_does_not(case, officer, an_order):
    for outcome, ends in (("made", False), ("refused", True)):
        order = an_order(case, kind="dapn", is_from_elsewhere=True, starts_on=timezone.localdate(), ends_on=None, terms="")
        facts = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate() + timedelta(days=30)} if outcome == "made" else {}
        decide_order(officer, case, order_id=order.pk, outcome=outcome, heard_at=timezone.now(), **facts)
        assert AccessChange.objects.filter(case=case, kind="order").exists() is ends


def test_another_alleged_perpetrator_who_lives_there_is_a_change(case, officer):
    add_person(officer, case, role="perpetrator", given_name="Corwin", lives_with_victim=False)
    assert state(case).is_safe_now
    add_person(officer, case, role="perpetrator", given_name="Ambrose", lives_with_victim=True)
    assert not state(case).is_safe_now


def test_what_was_tried_in_the_minute_of_the_change_may_have_been_after_it(case, officer, attempt):
    moves_in(officer, case)
    phone = SafeContact.objects.get(case=case)
    minute = timezone.now().replace(second=0, microsecond=0)
    with pytest.raises(Refused, match="What the alleged perpetrator can reach changed"):
        attempt(case, contact_id=phone.pk, outcome="reached", talked_it_through=True, at=minute)


def test_safe_times_of_the_week_end_there_too(case, officer):
    phone = SafeContact.objects.get(case=case)
    SafeContact.objects.filter(pk=phone.pk).update(times="windows")
    for weekday in range(7):
        phone.windows.create(case=case, weekday=weekday, starts="09:00", ends="10:00")
    assert len(state(case).next_openings) == 3
    released(officer, case, days=2)
    assert [span[0].weekday() for span in state(case).next_openings] == [3]


def test_an_attempt_by_an_expired_way_needs_its_reason_and_keeps_no_promise(case, officer, attempt):
    phone = SafeContact.objects.get(case=case)
    moves_in(officer, case)
    with pytest.raises(Refused, match="What the alleged perpetrator can reach changed") as refusal:
        attempt(case, contact_id=phone.pk, outcome="reached", talked_it_through=True)
    assert refusal.value.field == "override_reason"
    assert not attempt(case, contact_id=phone.pk, outcome="reached", talked_it_through=True, override_reason=LONG_REASON).was_safe_route
    # Written down only now, but tried before it changed: then it was safe.
    assert attempt(case, contact_id=phone.pk, outcome="no_answer", at=timezone.now() - HOUR).was_safe_route


def test_it_stands_on_the_list_the_page_and_among_what_is_due(case, officer, client_for):
    moves_in(officer, case)
    assert reach.safe_times(officer, timezone.now(), [case.pk])[case.pk].words == "No safe way known"
    client = client_for("housing_officer")
    page = client.get(reverse("case", args=[case.reference])).content.decode()
    assert "Check the contact details with them" in page and "Safe now" not in page
    number = client.post(reverse("contact_number", args=[case.reference, SafeContact.objects.get(case=case).pk]))
    assert number.status_code == 422 and "01632" not in number.content.decode()
    listed = client.get(reverse("work_due")).content.decode()
    assert "Check with them: telephone call" in listed
    verify_safe_contact(officer, case, contact_id=SafeContact.objects.get(case=case).pk)
    assert "Check with them: telephone call" not in client.get(reverse("work_due")).content.decode()


def test_at_high_risk_it_is_due_once_and_not_twice(case, officer):
    Case.objects.filter(pk=case.pk).update(risk_level="high")
    SafeContact.objects.filter(case=case).update(verified_at=timezone.now() - timedelta(days=29))
    moves_in(officer, case)
    assert [item.code for item in due.everything_due(officer, timezone.now(), kind="check").items] == ["phone"]


def test_what_changed_is_not_told_to_those_who_may_not_see_the_case(case, officer, client_for, share):
    moves_in(officer, case)
    share(case, "lantern_outreach", "summary")
    for persona in ("outsider", "commissioner"):
        client = client_for(persona)
        assert client.get(reverse("case", args=[case.reference])).status_code == 404
        assert "Check with them" not in client.get(reverse("work_due")).content.decode()
    summary = client_for("outreach_worker").get(reverse("case", args=[case.reference])).content.decode()
    assert "Check first" in summary


# --- one door


def test_where_they_hide_the_first_address_of_the_other_is_reason_to_ask(case, officer):
    lives_at(officer, case, "1 Plover Court")
    assert state(case).is_safe_now
    change_address(
        officer, case, party_id=case.parties.get(role="victim").pk, lines="House Heron", postcode="ZZ99 9ZZ", visibility="confidential", from_at=timezone.now() - HOUR,
    )
    lives_at(officer, case, "3 Gannet Street")
    assert not state(case).is_safe_now


@pytest.mark.parametrize("channel", ["visit", "letter"])
def test_a_letter_or_a_visit_to_the_alleged_perpetrators_door_is_refused(case, officer, client_for, channel):
    lives_at(officer, case, "Flat 3, 2 Plover Court")
    facts = {"channel": channel, "value": "2 plover court, ZZ99 3aa", "voicemail": "no", "how": "", "code_word": "", "times": "any"}
    for is_safe in ("yes", "unknown"):
        with pytest.raises(Refused, match="The alleged perpetrator lives there") as refusal:
            add_safe_contact(officer, case, **facts, is_safe=is_safe)
        assert (refusal.value.field, refusal.value.code) == ("is_safe", "door")
    kept = add_safe_contact(officer, case, **facts, is_safe="no")  # so that everybody knows
    with pytest.raises(Refused, match="The alleged perpetrator lives there"):
        change_safe_contact(officer, case, contact_id=kept.pk, is_safe="yes", times="any")
    assert add_safe_contact(officer, case, **facts | {"value": "4 Plover Court"}, is_safe="yes").is_safe == "yes"
    typed = {"channel": channel, "value": facts["value"], "is_safe": "yes", "times": "any", "voicemail": "no", "how": "kept as typed", "is_checked": "no", "more": "no"}
    client, url = client_for("housing_officer"), reverse("safe_contact_add", args=[case.reference])
    answer = client.post(url, typed | {"once": str(uuid4()), "revision": Case.objects.get(pk=case.pk).revision})
    text = answer.content.decode()
    assert answer.status_code == 422 and "The alleged perpetrator lives there" in text and "kept as typed" in text


@pytest.mark.parametrize("whose", ["victim", "child"])
def test_a_door_that_becomes_his_is_safe_no_more_and_no_check_makes_it_so(case, officer, attempt, whose):
    party = case.parties.get(role="victim") if whose == "victim" else add_person(officer, case, role="child", given_name="Wren", approximate_age=9)
    visit = way(case, "visit", "2 Plover Court", party=party)
    lives_at(officer, case, "2 Plover Court")
    now = SafeContact.objects.get(replaces=visit)
    assert now.is_safe == "no" and not safe_contact.state_of(now, case, timezone.now()).is_safe_now
    assert Entry.objects.filter(case=case, title__startswith="No longer safe", text="The alleged perpetrator lives there now.").count() == 1
    lives_at(officer, case, "9 Gannet Street")
    again = change_safe_contact(officer, case, contact_id=now.pk, value="2 Plover Court", is_safe="yes", times="any", is_checked=True)
    # Written down by somebody who may not see where they hide, it is refused when somebody else would check it.
    Address.objects.filter(party=perpetrator(case), until_at=None).update(until_at=timezone.now())
    perpetrator(case).addresses.create(case=case, lines="2 Plover Court", postcode="", from_at=timezone.now())
    with pytest.raises(Refused, match="The alleged perpetrator lives there"):
        verify_safe_contact(officer, case, contact_id=again.pk)
    if whose == "victim":
        before = again.verified_at
        attempt(case, contact_id=again.pk, outcome="reached", talked_it_through=True, still_safe=True, breach_reason="Nobody could say where she was")
        again.refresh_from_db()
        assert again.verified_at == before


@pytest.mark.parametrize("first", ["victim", "perpetrator"])
def test_they_live_at_one_door_only_where_somebody_has_said_so(case, officer, first):
    one, other = case.parties.get(role=first), case.parties.exclude(role=first).get(role__in=("victim", "perpetrator"))
    lives_at(officer, case, "2 Plover Court", one)
    with pytest.raises(Refused, match="would live at the same address") as refusal:
        lives_at(officer, case, "2, Plover Court", other)
    assert refusal.value.field == "lines"
    moves_in(officer, case)
    lives_at(officer, case, "2 Plover Court", other)


def test_whoever_may_not_see_a_hidden_address_learns_nothing_by_guessing(case, officer):
    victim = case.parties.get(role="victim")
    change_address(officer, case, party_id=victim.pk, lines="2 Plover Court", postcode="ZZ99 3AA", visibility="confidential", from_at=timezone.now() - HOUR)
    guesser = replace(officer, capabilities=officer.capabilities - {"see_protected_address"})
    letter = way(case, "letter", "2 Plover Court")
    told = []
    for guess in ("2 Plover Court", "9 Gannet Street"):
        before = list(Entry.objects.filter(case=case).values_list("pk", flat=True))
        with transaction.atomic():
            lives_at(guesser, case, guess)
            with pytest.raises(Refused, match="leads to a protected place"):
                verify_safe_contact(guesser, case, contact_id=letter.pk)
            record_contact(
                guesser, case, contact_id=letter.pk, at=timezone.now(), outcome="reached", still_safe=True, override_reason=LONG_REASON, audience="agency",
                breach_reason="Nobody could say where she was",
            )
            assert SafeContact.objects.get(pk=letter.pk).verified_at == letter.verified_at
            told.append(list(Entry.objects.filter(case=case).exclude(pk__in=before).values_list("title", "text")))
            transaction.set_rollback(True)
    assert told[0] == told[1] and told[0]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("2 Plover Court", ""), ("2 PLOVER COURT, Newtown", "ZZ99 3AA"), True),
        (("2, Plover Court", "ZZ99 3AA"), ("2 Plover Court", "zz993aa"), True),
        (("2 Plover Court ZZ99 3AA", ""), ("2 Plover Court", "ZZ99 3AB"), False),
        (("2 Plover Court", ""), ("4 Plover Court", ""), False),
        (("Flat 1, 2 Plover Court", ""), ("2 Plover Court", ""), True),
        (("Flat 1, 2 Plover Court", ""), ("Flat 2, 2 Plover Court", ""), False),
        (("Rose Cottage, 2 Mill Lane", ""), ("Rose Cottage", ""), True),
        (("with her mother", ""), ("with her mother", ""), False),
        (("", "ZZ99 3AA"), ("", "ZZ99 3AA"), False),
        (("2 Plover Ct", "ZZ99 3AA"), ("2 Plover Court", "ZZ99 3AA"), True),
        (("2 Plover Ct", ""), ("2 Plover Court", ""), True),
        (("2 St. John's Road", ""), ("2 St Johns Rd", ""), True),
        (("Flat 1 2 Plover Court", ""), ("Flat 1, 2 Plover Court", ""), True),
        (("2-4 Plover Court", ""), ("2 Plover Court", ""), True),
        (("Sea View, 2 Plover Court", "ZZ99 3AA"), ("2 Plover Court", "ZZ99 3AA"), True),
        (("Flat 1, 2 Plover Court", "ZZ99 3AA"), ("Flat 2, 2 Plover Court", "ZZ99 3AA"), False),
        (("3 Plover Court", "ZZ99 3AA"), ("2 Plover Court", "ZZ99 3AA"), False),
        (("2 Plover Court", "n/a"), ("2 Plover Court", ""), True),
    ],
)
def test_one_door_however_it_is_written(one, other, same):
    assert same_door(one, other) is same is same_door(other, one)


def test_a_change_is_kept(case, officer):
    moves_in(officer, case)
    for change in (lambda: AccessChange.objects.all().delete(), lambda: AccessChange.objects.update(kind="order")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_last_that_came_and_the_first_ahead():
    now = timezone.now()
    days = [now + timedelta(days=day) for day in (3, -2, 1, -1, 0)]
    assert rules.around(days, now) == (now, now + timedelta(days=1))
    assert rules.around([], now) == (None, None)
    assert rules.is_overtaken(now, now + HOUR) and not rules.is_overtaken(now, now) and not rules.is_overtaken(now, None)
