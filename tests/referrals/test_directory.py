"""The directory: who may keep it, what is found by whom and by words, versions with a day, a service that closes."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.gate import Refused
from audit.models import Event
from referrals.directory import actions, reading
from referrals.models import DirectoryVersion
from tests.referrals.listed import OFFICE, service


def typed(**said):
    facts = {"once": str(uuid4()), "name": "Harbour", "kind": "idva", "agency_id": "outside", "provider": "Elsewhere", "summary": "Advocates.", "is_open_on_holidays": "no"}
    today = timezone.localdate()
    return facts | {"opened_on_day": today.day, "opened_on_month": today.month, "opened_on_year": today.year, "hours_0": "9am to 5pm"} | said


# --- from the outside


def test_only_those_who_keep_it_change_it(people, client_for):
    ours = service(people, agency="northvale_housing")
    theirs = service(people, "Harbour by day", agency="harbour_idva")
    pages = [reverse(name, args=[one.pk]) for one in (ours, theirs) for name in ("directory_change", "directory_close", "directory_reopen")]
    for persona in ("housing_officer", "outsider", "auditor", "commissioner", "superuser", "administrator", "idva_manager"):
        client = client_for(persona)
        assert [client.get(page).status_code for page in [*pages, reverse("directory_add")]] == [403] * 7, persona
    lead, office = client_for("agency_lead"), client_for("partnership_administrator")
    assert [lead.get(page).status_code for page in pages] == [200] * 3 + [403] * 3
    assert [office.get(page).status_code for page in pages] == [200] * 6


def test_the_actions_refuse_whoever_may_not(people):
    theirs = service(people, agency="harbour_idva")
    was = theirs.versions.get().pk
    for persona in ("housing_officer", "agency_lead", "superuser"):
        actor = people.actor(persona)
        for call in (
            lambda who: actions.change_service(who, entry_id=theirs.pk, was=was, why="Because", name="Ours", summary="s"),
            lambda who: actions.close_service(who, entry_id=theirs.pk, closed_on=timezone.localdate(), closed_reason="Because"),
            lambda who: actions.reopen_service(who, entry_id=theirs.pk),
        ):
            with pytest.raises(PermissionDenied):
                call(actor)
    with pytest.raises(PermissionDenied):
        service(people, agency="northvale_housing", persona="housing_officer")
    with pytest.raises(Refused):  # nobody adds a service of another agency, or of nobody in Waymark, but the partnership's office
        service(people, agency="harbour_idva", persona="agency_lead")
    with pytest.raises(Refused):
        service(people, persona="agency_lead")
    with pytest.raises(Http404):
        actions.reopen_service(people.actor("partnership_administrator"), entry_id=theirs.pk + 999)


def test_everybody_signed_in_reads_it_and_nobody_else(people, client_for, client):
    one = service(people)
    for name, args in (("directory", []), ("directory_entry", [one.pk])):
        for persona in ("housing_officer", "auditor", "outsider"):
            assert client_for(persona).get(reverse(name, args=args)).status_code == 200
        assert client.get(reverse(name, args=args)).status_code == 302
    assert client_for("housing_officer").get(reverse("directory_entry", args=[one.pk + 999])).status_code == 404


# --- finding


def test_found_by_words_and_by_whom_it_has_to_take(people, client_for):
    service(people, "Wren advocates", "idva", levels=["high"], areas=["derby"], languages=["Polish"], needs=["no_public_funds"])
    service(people, "Heron outreach", "outreach", levels=["medium"], genders=["female"], age_from=18, access=["bsl"])
    client, url = client_for("housing_officer"), reverse("directory")

    def found(**asked):
        response = client.get(url, asked)
        assert response.status_code == 200
        return [row.version.name for row in response.context["rows"]]

    assert found() == ["Wren advocates", "Heron outreach"]
    assert found(words="wren") == found(words="POLISH derby") == found(kind="idva") == found(level="high") == found(need="no_public_funds") == ["Wren advocates"]
    assert found(age="17") == ["Wren advocates"] and found(gender="male") == ["Wren advocates"]
    assert found(area="erewash") == found(access="bsl") == ["Heron outreach"]
    assert found(words="wren heron") == []
    response = client.get(url, {"age": "old", "kind": "nothing"})
    assert response.status_code == 200 and "Enter an age in whole years" in response.content.decode()


@time_machine.travel(datetime(2026, 3, 2, 12, 0, tzinfo=UTC), tick=False)
def test_open_now_in_words(people, client_for):
    service(people, "By day")
    service(people, "By night", hours=[[0, 1320, 1800]])
    client, url = client_for("housing_officer"), reverse("directory")
    text = client.get(url).content.decode()
    assert "Open now, until 5:00pm" in text
    assert "Closed now, opens 10:00pm" in text
    assert "Monday to Friday: 9am to 5pm" in text
    assert [row.version.name for row in client.get(url, {"open_now": "on"}).context["rows"]] == ["By day"]


def test_a_page_asks_the_same_however_many_there_are(people, client_for, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, url = client_for("housing_officer"), reverse("directory")
    service(people)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(12):
        service(people, f"Service {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


# --- versions


def test_a_change_is_a_new_version_and_the_old_one_stays(people, client_for):
    one = service(people, agency="northvale_housing", levels=["high"])
    first = one.versions.get()
    tomorrow = timezone.now() + timedelta(days=1)
    lead = people.actor("agency_lead")
    actions.change_service(lead, entry_id=one.pk, was=first.pk, why="New contract", name="Lantern", summary="s", levels=["medium"], hours=OFFICE, effective_from=tomorrow)
    assert reading.row_of(one.pk, timezone.now()).version.levels == ["high"]
    assert reading.row_of(one.pk, tomorrow).version.levels == ["medium"]
    text = client_for("housing_officer").get(reverse("directory_entry", args=[one.pk])).content.decode()
    assert "To come" in text and "New contract" in text
    with pytest.raises(Refused, match="Somebody else changed"):
        actions.change_service(lead, entry_id=one.pk, was=first.pk, why="Mine", name="x", summary="s")
    with pytest.raises(Refused, match="not in the past"):
        actions.change_service(lead, entry_id=one.pk, was=one.versions.latest("pk").pk, why="Mine", name="x", summary="s", effective_from=timezone.now() - timedelta(days=1))
    row = Event.objects.filter(verb="directory.change", outcome="done").latest("at")
    assert row.after["changed"] == ["levels", "name", "summary"] and "Lantern" not in str(row.after)


def test_adding_one_on_the_page(people, client_for):
    client = client_for("partnership_administrator")
    response = client.post(reverse("directory_add"), typed(levels=["high"], hours_5="all day", phone="01632 960123", age_from="16"))
    assert response.status_code == 302, response.content.decode()[:3000]
    version = DirectoryVersion.objects.get()
    assert (version.name, version.hours, version.age_from) == ("Harbour", [[0, 540, 1020], [5, 0, 1440]], 16)
    assert client.get(response["location"]).status_code == 200
    change = reverse("directory_change", args=[version.entry_id])
    assert "9am to 5pm" in client.get(change).content.decode()
    said = {name: value for name, value in typed(was=version.pk, when="now", why="Moved", name="Harbour Two").items() if name not in ("kind", "agency_id", "provider")}
    assert client.post(change, said).status_code == 302
    assert reading.row_of(version.entry_id, timezone.now()).version.name == "Harbour Two"
    stale = client.post(change, said | {"once": str(uuid4()), "name": "Harbour Three"})
    assert stale.status_code == 422 and "Somebody else changed" in stale.content.decode() and "Harbour Three" in stale.content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"hours_3": "nine to five"}, "Enter times like"), ({"age_from": "30", "age_to": "20"}, "must not be below"), ({"answers_within": "soon"}, "Enter a number of hours"),
        ({"provider": ""}, "Enter who provides it"),
        ({"kind": "nonsense"}, "Choose one of the answers listed"),
        ({"phone": "ZZ99 3VZ"}, "Enter a telephone number"),
        ({"name": ""}, "Enter"),
        ({"agency_id": "999999"}, "Choose one of the answers listed"),
        ({"name": "n" * 121}, "must be 120 characters or fewer"),
        ({"age_from": "-1"}, "Enter an age in whole years"),
        ({"email": "no"}, "Enter an email address"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_lost(client_for, people, wrong, words):
    response = client_for("partnership_administrator").post(reverse("directory_add"), typed(summary="Kept as typed") | wrong)
    text = response.content.decode()
    assert response.status_code == 422 and "Kept as typed" in text and not DirectoryVersion.objects.exists()
    field = list(wrong)[-1]
    assert words in " ".join(response.context["form"].errors[field]) and f'id="id_{field}-error"' in text


def test_a_service_that_closes_stays_to_be_read_and_names_others(people, client_for):
    one, other = service(people, "Closing"), service(people, "Going on")
    service(people, "Of another kind", "legal")
    office = client_for("partnership_administrator")
    today = timezone.localdate()
    url = reverse("directory_close", args=[one.pk])
    day = {"closed_on_day": today.day, "closed_on_month": today.month, "closed_on_year": today.year, "once": str(uuid4())}
    assert office.post(url, day | {"closed_reason": ""}).status_code == 422
    assert office.post(url, day | {"closed_reason": "The money ended."}).status_code == 302
    text = client_for("housing_officer").get(reverse("directory_entry", args=[one.pk])).content.decode()
    assert "The money ended." in text and reverse("directory_entry", args=[other.pk]) in text and "Of another kind" not in text
    assert [row.version.name for row in reading.find(timezone.now())][-1] == "Closing"
    with pytest.raises(Refused):
        actions.close_service(people.actor("partnership_administrator"), entry_id=one.pk, closed_on=today, closed_reason="Again")
    assert office.post(reverse("directory_reopen", args=[one.pk]), {"once": str(uuid4())}).status_code == 302
    assert not reading.row_of(one.pk, timezone.now()).takes_nobody
    with pytest.raises(Refused):
        actions.reopen_service(people.actor("partnership_administrator"), entry_id=one.pk)
