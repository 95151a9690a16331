"""Whether a referral is a repeat: who counts as the same pair, when, and who is told."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from agencies.gate import Refused
from cases.models import Exclusion, Person
from marac.actions import referral, triage
from marac.models import Referral

pytestmark = pytest.mark.django_db
WHY_NOT = "The pattern is known elsewhere and a meeting adds nothing now."


def test_a_repeat_is_found_across_agencies_and_told_to_the_coordinator_not_to_the_referrer(a_case, desk, same_people):
    from marac import repeat

    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        earlier = desk.sent(first)
    second = same_people(first)
    sent = desk.sent(second, "idva", incident_on=timezone.localdate() - timedelta(days=2))
    assert sent.is_repeat is True
    assert sent.last_referral == earlier
    assert sent.last_referral_on == timezone.localdate() - timedelta(days=90)
    assert repeat.may_be_told(sent) is False


def test_another_perpetrator_is_a_new_pair(a_case, desk, same_people):
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        desk.sent(first)
    sent = desk.sent(same_people(first, perpetrator="another"), "idva")
    assert (sent.is_repeat, sent.last_referral) == (False, None)


@pytest.mark.parametrize(
    ("incident", "is_repeat"), [(date(2026, 1, 9), True), (date(2026, 1, 10), True), (date(2026, 1, 11), False)]
)
def test_f7_through_the_process(a_case, desk, same_people, incident, is_repeat):
    with time_machine.travel("2025-01-10T11:00:00+00:00", tick=False):
        first = a_case()
        desk.sent(first)
    with time_machine.travel("2026-01-12T11:00:00+00:00", tick=False):
        sent = desk.sent(same_people(first), "idva", incident_on=incident)
    assert sent.last_referral_on == date(2025, 1, 10)
    assert sent.is_repeat is is_repeat


@pytest.mark.parametrize(
    ("incident", "is_repeat"), [(date(2026, 1, 9), True), (date(2026, 1, 10), True), (date(2026, 1, 11), False)]
)
def test_f7_where_the_second_disclosure_wrote_the_same_people_down_anew(a_case, desk, incident, is_repeat):
    with time_machine.travel("2025-01-10T11:00:00+00:00", tick=False):
        first = a_case()
        earlier = desk.sent(first)
    with time_machine.travel("2026-01-12T11:00:00+00:00", tick=False):
        second = a_case("idva", given_name="MARIGOLD", family_name="Thistle-Wood")
        assert not set(first.parties.values_list("person")) & set(second.parties.values_list("person"))
        sent = desk.sent(second, "idva", incident_on=incident)
    assert (sent.is_repeat, sent.last_referral, sent.last_referral_on) == (is_repeat, earlier, date(2025, 1, 10))


def _people(case, role):
    return Person.objects.filter(parts__case=case, parts__role=role)


@pytest.mark.parametrize(
    ("role", "facts", "is_repeat"),
    [
        ("victim", {"date_of_birth": date(1994, 5, 18)}, False),
        ("victim", {"date_of_birth": None}, True),
        ("victim", {"date_of_birth": None, "family_name": ""}, False),
        ("victim", {"given_name": "Ottilie"}, False),
        ("perpetrator", {"given_name": "Rúfus", "family_name": "Black Water"}, True),
        ("perpetrator", {"given_name": "Another"}, False),
        ("perpetrator", {"family_name": ""}, False),
        ("perpetrator", {"date_of_birth": date(1990, 1, 1)}, True),  # the other case does not know it
    ],
)
def test_who_counts_as_the_same_pair_across_cases(a_case, desk, role, facts, is_repeat):
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        desk.sent(a_case())
    second = a_case("idva")
    _people(second, role).update(**facts)
    assert desk.sent(second, "idva").is_repeat is is_repeat


def test_a_perpetrator_without_a_name_matches_nobody_on_another_case(a_case, desk):
    why = "She is afraid to say who he is."
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        _people(first, "perpetrator").update(given_name="", family_name="")
        desk.sent(first, perpetrator_unknown_reason=why)
    second = a_case("idva")
    _people(second, "perpetrator").update(given_name="", family_name="")
    assert desk.sent(second, "idva", perpetrator_unknown_reason=why).is_repeat is False


def test_a_case_without_a_perpetrator_is_about_no_pair(a_case, desk):
    case = a_case()
    case.parties.filter(role="perpetrator").delete()
    sent = desk.sent(case, perpetrator_unknown_reason="She is afraid to say who he is.")
    assert (sent.is_repeat, sent.perpetrator_ids) == (False, [])


def test_a_perpetrator_who_came_later_was_never_referred(a_case, desk, inside_gate):
    from cases.opening import add_party

    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        sent = desk.sent(first)
    with inside_gate() as act:
        later = add_party(act, first, "perpetrator", given_name="Cuthbert", family_name="Marlow")
    sent.refresh_from_db()
    assert sent.victim_ids == [_people(first, "victim").get().pk]
    assert sent.perpetrator_ids == [_people(first, "perpetrator").exclude(pk=later.person_id).get().pk]
    second = a_case("idva")
    _people(second, "perpetrator").update(given_name="Cuthbert", family_name="Marlow")
    assert desk.sent(second, "idva").is_repeat is False
    with inside_gate("idva") as act:
        add_party(act, second, "perpetrator", given_name="Rufus", family_name="Blackwater")
    referral.withdraw_referral(desk.people.actor("idva"), second, referral_id=Referral.objects.get(case=second).pk, reasons="It lacks a name")
    again = desk.sent(second, "idva")
    assert (again.is_repeat, again.last_referral) == (True, sent)


def test_a_repeat_on_another_case_is_not_told_on_the_referrers_pages(a_case, desk, client_for):
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        desk.sent(first)
    second = a_case("idva")
    sent = desk.sent(second, "idva")
    assert sent.is_repeat is True
    client = client_for("idva")
    for path in (f"/cases/{second.reference}/", f"/cases/{second.reference}/referrals/{sent.pk}/"):
        page = client.get(path).content.decode()
        assert "waiting for the coordinator" in page
        assert first.reference not in page and ">Repeat<" not in page and "Repeat</strong>" not in page
    listing_page = client_for("marac_coordinator").get(f"/meetings/cases/{second.reference}/{sent.pk}/").content.decode()
    assert "the same people were referred on" in listing_page and first.reference in listing_page


def test_looking_for_the_pair_asks_the_same_however_many_cases_there_are(a_case, desk, inside_gate):
    from django.test.utils import CaptureQueriesContext

    from marac import repeat

    mine, counts = a_case("idva"), []
    for _ in range(2):
        with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
            for _ in range(2):
                desk.sent(a_case())
        with inside_gate("idva"), CaptureQueriesContext(connection) as queries:
            found = repeat.look(mine, None, timezone.now())
        assert found.is_repeat is True
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_referrals_sent_before_the_pair_was_kept_get_the_people_of_their_case(a_case, desk):
    from importlib import import_module

    sent, draft = desk.sent(a_case()), desk.draft(a_case(given_name="Ottilie"))
    kept = (sent.victim_ids, sent.perpetrator_ids)
    Referral.objects.update(victim_ids=[], perpetrator_ids=[])
    with connection.cursor() as cursor:
        cursor.execute(import_module("marac.migrations.0003_the_pair_as_sent").FROM_THE_CASE)
    sent.refresh_from_db()
    draft.refresh_from_db()
    assert (sent.victim_ids, sent.perpetrator_ids) == kept != ([], [])
    assert (draft.victim_ids, draft.perpetrator_ids) == ([], [])


def test_the_day_of_a_referral_is_its_day_in_london(a_case, desk, same_people):
    with time_machine.travel("2025-07-09T23:30:00+00:00", tick=False):  # 10 July, half past midnight in summer time
        first = a_case()
        desk.sent(first)
    with time_machine.travel("2025-08-01T11:00:00+00:00", tick=False):
        assert desk.sent(same_people(first), "idva", incident_on=date(2025, 7, 20)).last_referral_on == date(2025, 7, 10)


@pytest.mark.parametrize("end", ["withdraw", "decline"])
def test_what_was_taken_back_or_not_accepted_is_repeated_by_nothing(a_case, desk, people, same_people, end):
    with time_machine.travel(timezone.now() - timedelta(days=90), tick=False):
        first = a_case()
        sent = desk.sent(first)
        if end == "withdraw":
            referral.withdraw_referral(people.actor("specialist_da_officer"), first, referral_id=sent.pk, reasons="Sent in error to MARAC")
        else:
            triage.decline_referral(desk.coordinator, first, referral_id=sent.pk, reasons=WHY_NOT)
    assert desk.sent(same_people(first), "idva").is_repeat is False


def test_a_partnership_that_counts_six_months_gets_six(a_case, desk, same_people, people):
    from agencies.models import Policy

    Policy.objects.create(
        key="marac.repeat_months", value="6", effective_from=timezone.now() - timedelta(days=300), reason="Agreed",
        set_by=people.partnership_administrator, set_at=timezone.now() - timedelta(days=300),
    )
    with time_machine.travel(timezone.now() - timedelta(days=200), tick=False):
        first = a_case()
        desk.sent(first)
    assert desk.sent(same_people(first), "idva").is_repeat is False


def test_the_coordinator_says_otherwise_only_with_a_reason(a_case, desk):
    case = a_case()
    sent = desk.sent(case)
    with pytest.raises(Refused, match="different from what Waymark found"):
        triage.say_repeat(desk.coordinator, case, referral_id=sent.pk, is_repeat=True, reason=" ")
    triage.say_repeat(desk.coordinator, case, referral_id=sent.pk, is_repeat=True, reason="Heard in another county in May")
    sent.refresh_from_db()
    assert (sent.is_repeat, sent.is_repeat_computed, sent.repeat_reason) == (True, False, "Heard in another county in May")
    triage.return_referral(desk.coordinator, case, referral_id=sent.pk, reasons="Which incident is it about?")
    assert desk.send(sent).is_repeat is True  # the last word stands when it is sent again
    triage.say_repeat(desk.coordinator, case, referral_id=sent.pk, is_repeat=False, reason="")
    sent.refresh_from_db()
    assert (sent.is_repeat, sent.repeat_reason) == (False, "")


def test_a_barred_coordinator_is_not_asked_why_a_hidden_repeat_is_none(a_case, desk, people, same_people):
    with time_machine.travel(timezone.now() - timedelta(days=60), tick=False):
        first = a_case()
        desk.sent(first)
    second = same_people(first)
    sent = desk.sent(second, "idva")
    Exclusion.objects.create(case=first, user=people.marac_coordinator, reason="A friend", made_at=timezone.now(), made_by=people.housing_manager)
    triage.say_repeat(desk.coordinator, second, referral_id=sent.pk, is_repeat=False, reason="")
    sent.refresh_from_db()
    assert (sent.is_repeat, sent.repeat_reason) == (True, "")
    with pytest.raises(Refused, match="different from what Waymark found"):
        triage.say_repeat(desk.coordinator, second, referral_id=sent.pk, is_repeat=True, reason="")
    triage.say_repeat(desk.coordinator, second, referral_id=sent.pk, is_repeat=True, reason="Told by another county")
    sent.refresh_from_db()
    assert (sent.is_repeat, sent.repeat_reason) == (True, "Told by another county")
