"""What to do now, at the top of a DASH that was just signed: for whoever signed it, for a day, and only what they may do."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.dash.now import STAYS
from cases.models import Case
from referrals.safeguarding.actions import override_referral
from tests.cases.dash.acts import LONG, text_of, url

pytestmark = pytest.mark.django_db
HEADING = "What to do now"


def read(client, signed):
    return text_of(client.get(url("assessment", signed.case, signed.pk)))


def test_whoever_signed_high_reads_first_what_there_is_to_do(a_signed, client):
    from marac.models import Referral

    signed = a_signed(yes=range(1, 15), final="high")
    page = read(client, signed)
    case = signed.case
    links = [
        reverse("onward", args=[case.reference, case.onward.get().pk]), url("marac_referral", case, Referral.objects.get().pk), url("plan", case),
        url("case_contact", case),
    ]
    places = [page.index(words) for words in (HEADING, *links, "Final level", "What is happening now")]
    assert places == sorted(places)
    assert "23 hours" in page  # what is left of the decision about the children


def test_standard_asks_for_no_referral_and_no_child_for_no_decision(a_case, a_signed, client):
    page = read(client, a_signed(a_case(with_child=False, clock=None), yes=[1]))
    assert HEADING in page and "Plan with them how they stay safe" in page
    assert "MARAC" not in page and "Early Help" not in page and "Contact the victim/survivor" not in page


def test_it_stands_in_nobody_elses_way_and_goes_after_a_day(a_signed, share, client, client_for):
    signed = a_signed(yes=range(1, 15), final="high")
    share(signed.case, "harbour_idva")
    for persona in ("housing_manager", "housing_officer", "idva"):
        assert HEADING not in read(client_for(persona), signed), persona
    with time_machine.travel(signed.signed_at + STAYS - timedelta(minutes=1), tick=False):
        client.force_login(signed.signed_by)
        assert HEADING in read(client, signed)
    with time_machine.travel(signed.signed_at + STAYS, tick=False):
        client.force_login(signed.signed_by)
        assert HEADING not in read(client, signed)


def test_what_is_done_is_not_asked_again_and_a_closed_case_asks_nothing(a_signed, client, people):
    signed = a_signed(yes=range(1, 15), final="high")
    override_referral(people.actor("specialist_da_officer"), signed.case, referral_id=signed.case.onward.get().pk, reason=LONG)
    page = read(client, signed)
    assert HEADING in page and "Children’s Social Care" not in page
    Case.objects.update(status="closed", closed_at=timezone.now(), closed_by=people.housing_officer, closing_reason="needs_met")
    assert HEADING not in read(client, signed)


def test_where_it_was_completed_from_what_is_held_nobody_is_sent_to_ring_at_once(a_case, start, answer, sign, client):
    draft = start(a_case(), with_victim=False, source="police_record")
    answer(draft, yes=[1, 15])
    assert "As soon as they can be reached safely." in read(client, sign(draft, "high", "judgement", LONG))
