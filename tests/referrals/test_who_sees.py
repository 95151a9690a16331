"""Who sees a disclosure: before it is a case, its author and those who lead a team in the same agency; after, whoever may see the case."""

import pytest
from django.urls import reverse

from audit.models import Event
from referrals.models import Disclosure
from tests.referrals import walk

pytestmark = pytest.mark.django_db

PAGES = ["disclosure_page", "disclosure_check", "disclosure_discard"]


def urls(reference):
    return [
        walk.page_url(reference, "victim"), reverse("disclosure_check", args=[reference]), reverse("disclosure_discard", args=[reference]),
        reverse("disclosure_logged", args=[reference]), f"/api/v1/disclosures/{reference}/",
    ]


@pytest.fixture
def draft(client_for):
    client = client_for("housing_officer")
    reference = walk.start(client)
    walk.send(client, reference, "victim", {"given_name": "Marigold", "family_name": "Thistlewood"})
    return reference


@pytest.fixture
def logged(client_for):
    return walk.log(client_for("housing_officer"), {"children": {"any": "no"}})


@pytest.mark.parametrize("persona", ["outsider", "other_housing_officer", "specialist_da_officer", "idva", "idva_manager", "call_handler", "health_visitor"])
def test_a_draft_does_not_exist_for_anybody_else(client_for, draft, persona):
    client = client_for(persona)
    for url in urls(draft):
        assert client.get(url).status_code == 404, url
        if "/api/" not in url and "logged" not in url:
            assert client.post(url, {"given_name": "x", "reason": "x"}).status_code == 404, url
    assert "Marigold" not in client.get(reverse("disclosures")).content.decode()
    assert client.get("/api/v1/disclosures/").json()["results"] == []
    assert Disclosure.objects.get(reference=draft).is_draft


@pytest.mark.parametrize("persona", [
    "superuser", "marac_coordinator", "marac_representative", "commissioner", "auditor", "information_governance", "administrator", "partnership_administrator",
])
def test_a_role_that_logs_nothing_is_refused_at_the_door(client_for, draft, persona):
    client = client_for(persona)
    for url in [*urls(draft), reverse("disclosures"), reverse("disclosure_new"), "/api/v1/disclosures/"]:
        assert client.get(url).status_code == 403, url
    assert client.post(reverse("disclosure_new"), {"danger": "no"}).status_code == 403
    assert client.post("/api/v1/disclosures/", {}, content_type="application/json").status_code == 403
    assert Disclosure.objects.count() == 1


def test_nobody_at_all_is_sent_to_sign_in(client, draft):
    for url in urls(draft)[:-1]:
        assert client.get(url).url.startswith("/sign-in/")
    assert client.get("/api/v1/disclosures/").status_code == 401


@pytest.mark.parametrize("persona", ["housing_officer", "housing_manager", "agency_lead"])
def test_its_author_and_who_leads_the_team_see_a_draft(client_for, draft, persona):
    client = client_for(persona)
    assert "Marigold" in client.get(walk.page_url(draft, "victim")).content.decode()
    assert "Marigold Thistlewood" in client.get(reverse("disclosures")).content.decode()
    assert client.get(f"/api/v1/disclosures/{draft}/").json()["answers"]["victim"]["given_name"] == "Marigold"


def test_each_look_at_a_draft_is_kept(client_for, people, draft):
    client_for("housing_manager").get(walk.page_url(draft, "victim"))
    looked = Event.objects.filter(actor=people.actor("housing_manager").code, outcome="read").values_list("subject", flat=True)
    assert f"disclosure:{Disclosure.objects.get().pk}:victim" in looked


def test_a_person_who_changes_agency_leaves_their_drafts_behind(client_for, people, draft):
    from django.utils import timezone

    from agencies.models import Membership

    Membership.objects.filter(user=people.housing_officer).update(ended_at=timezone.now())
    Membership.objects.create(user=people.housing_officer, agency=people.agency("eastmoor_housing"), role="housing_officer")
    assert client_for("housing_officer").get(walk.page_url(draft, "victim")).status_code == 404
    assert client_for("housing_manager").get(walk.page_url(draft, "victim")).status_code == 200


def test_discarding_keeps_the_record_and_the_reason(client_for, draft):
    client = client_for("housing_officer")
    url = reverse("disclosure_discard", args=[draft])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Begun twice"}).url == reverse("disclosures")
    kept = Disclosure.objects.get(reference=draft)
    assert (kept.state, kept.discard_reason, kept.discarded_by) == ("discarded", "Begun twice", kept.author)
    assert "Marigold" not in client.get(reverse("disclosures")).content.decode().split("Logged lately")[0].split("drafts")[-1]
    assert client.get(walk.page_url(draft, "victim")).url == reverse("disclosures")
    assert client.post(url, {"reason": "again"}).status_code == 302


@pytest.mark.parametrize("persona", ["outsider", "idva", "superuser", "commissioner", "marac_coordinator", "auditor"])
def test_what_could_wait_and_the_first_notes_do_not_exist_for_others(client_for, logged, persona):
    client = client_for(persona)
    reference = logged.case.reference
    for url in (reverse("disclosure_record", args=[reference]), reverse("disclosure_rest", args=[reference, "home"])):
        assert client.get(url).status_code == 404
        assert client.post(url, {}).status_code in (404, 405)


def test_the_first_notes_are_for_the_agency_that_wrote_them(client_for, logged, share):
    share(logged.case, "harbour_idva", "partner")
    url = reverse("disclosure_record", args=[logged.case.reference])
    assert client_for("idva").get(url).status_code == 404
    page = client_for("housing_officer").get(url).content.decode()
    assert "Saoirse" in page
    # A protected address is one step further, where the look at it is kept.
    assert "4 Plover Court" not in page and "ZZ99" not in page
    victim = logged.case.parties.get(role="victim")
    assert reverse("address", args=[logged.case.reference, victim.pk]) in page
    assert "900123" not in page
    assert "bluebell" not in page


def test_a_partner_may_not_answer_what_could_wait(client_for, logged, share):
    share(logged.case, "harbour_idva", "partner")
    assert client_for("idva").get(reverse("disclosure_rest", args=[logged.case.reference, "home"])).status_code == 403


def test_somebody_barred_from_the_case_sees_nothing_of_it_any_more(client_for, people, logged, inside_gate):
    from django.utils import timezone

    from cases.models import Exclusion

    with inside_gate("housing_manager"):
        Exclusion.objects.create(case=logged.case, user=people.housing_officer, reason="Neighbour", made_at=timezone.now(), made_by=people.housing_manager)
    client = client_for("housing_officer")
    assert logged.case.reference not in client.get(reverse("disclosures")).content.decode()
    assert client.get(reverse("disclosure_logged", args=[logged.reference])).status_code == 404
    assert client.get(reverse("disclosure_record", args=[logged.case.reference])).status_code == 404
    assert client.get(f"/api/v1/disclosures/{logged.reference}/").status_code == 404
    assert client.get("/api/v1/disclosures/").json()["results"] == []


def test_the_list_takes_the_same_few_queries_however_long_it_is(client_for, django_assert_num_queries, logged):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for("housing_manager")
    client.get(reverse("disclosures"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("disclosures"))
    officer = client_for("housing_officer")
    for _ in range(28):
        walk.start(officer)
    walk.log(officer, {"children": {"any": "no"}})
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("disclosures")).content.decode()
    assert len(many) == len(few) <= 12
    assert page.count("Discard<span") == 25
    second = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert client.get(second).content.decode().count("Discard<span") == 3


def test_the_panel_and_the_next_actions_take_one_query_each(people, logged, django_assert_max_num_queries):
    from django.utils import timezone

    from referrals import case_panel

    actor = people.actor("housing_officer")
    with django_assert_max_num_queries(1):
        panel = case_panel.context(actor, logged.case)
    assert (panel["how"], panel["missing"]) == ("They told us themselves", [])
    with django_assert_max_num_queries(1):
        assert case_panel.next_actions(actor, logged.case, {"edit_people"}, timezone.now()) == []
    assert case_panel.next_actions(actor, logged.case, {"see_case"}, timezone.now()) == []
    assert case_panel.context(people.actor("outsider"), logged.case) is None


def test_a_closed_case_asks_for_nothing_and_takes_nothing(people, client_for):
    from django.utils import timezone

    from agencies.gate import Refused
    from cases.models import Case
    from referrals import actions, case_panel

    client = client_for("housing_officer")
    answers = {"emergency": {"pace": "log_now"}, "victim": {"given_name": "Mari"}}
    case = walk.log(client, answers, danger="yes").case
    actor, now = people.actor("housing_officer"), timezone.now()
    assert [action.label for action in case_panel.next_actions(actor, case, {"edit_people"}, now)] == ["Answer what was left for later"]
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=now, closed_by=people.housing_officer)
    case.refresh_from_db()
    assert case_panel.next_actions(actor, case, {"edit_people"}, now) == []
    with pytest.raises(Refused):
        actions.complete_page(actor, case, page="stalking", answers={"stalking": "yes"})
    case.refresh_from_db()
    assert case.has_stalking_element is None
