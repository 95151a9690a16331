"""The pages of safety flags: read before anything else, why only by the case's partners, and nothing that was typed is lost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import FlagRemoval, SafetyFlag
from tests.cases.contacting import way
from tests.cases.flagging import WHY, flagged, proposed, removed, typed

pytestmark = pytest.mark.usefixtures("a_wednesday_afternoon")
TO_DO = "Nobody calls at the home."
PAGES = ["case_flags", "flag_add", "flag_review", "flag_remove", "flag_decide"]


def page_of(client, case, name="case", *ids):
    response = client.get(reverse(name, args=[case.reference, *ids]))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def overdue(flag):
    SafetyFlag.objects.filter(pk=flag.pk).update(review_on=timezone.localdate() - timedelta(days=1))


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_closed_from_outside(people, client_for, a_case, share, name):
    case = a_case()
    flag = flagged(people, case)
    removal = proposed(people, flag)
    share(case, "lantern_outreach", "summary")
    share(case, "vale_probation")
    share(case, "vale_police", "meeting")
    ids = {"flag_review": [flag.pk], "flag_remove": [flag.pk], "flag_decide": [removal.pk]}.get(name, [])
    url = reverse(name, args=[case.reference, *ids])
    for persona in ("outsider", "superuser", "commissioner", "auditor", "idva"):
        assert client_for(persona).get(url).status_code == 404, persona
        assert client_for(persona).post(url, typed()).status_code == 404 or name == "case_flags", persona
    for persona in ("outreach_worker", "marac_coordinator"):
        assert client_for(persona).get(url).status_code == 403, persona
    assert client_for("marac_representative").get(url).status_code == (403 if name == "flag_decide" else 200)
    assert client_for("housing_manager").get(url).status_code == 200
    other = a_case()
    if ids:
        assert client_for("housing_manager").get(reverse(name, args=[other.reference, *ids])).status_code == 404


def test_everybody_who_knows_of_the_case_reads_what_to_do_and_only_partners_read_why(people, client_for, a_case, share):
    case = a_case()
    flagged(people, case)
    share(case, "lantern_outreach", "summary")
    share(case, "harbour_idva")
    for persona in ("outreach_worker", "idva", "housing_officer"):
        text = page_of(client_for(persona), case)
        assert "No home visits" in text and TO_DO in text and (WHY in text) is (persona != "outreach_worker")
        assert text.index(TO_DO) < text.index("Safe contact</h2>")
    assert "Why, and review" not in page_of(client_for("outreach_worker"), case)
    assert WHY in page_of(client_for("idva"), case, "case_flags")
    shown = client_for("outreach_worker").get(f"/api/v1/cases/{case.reference}/").json()
    assert shown["safety_flags"] == [{"kind": "no_home_visits", "label": "No home visits", "what_to_do": "Meet somewhere else that is agreed. Nobody calls at the home."}]
    assert WHY not in str(shown)


def test_a_case_without_flags_offers_to_raise_one(client_for, a_case):
    case = a_case()
    text = page_of(client_for("housing_officer"), case)
    assert 'id="flags"' not in text and reverse("flag_add", args=[case.reference]) in text
    assert "does not mean that it is safe to visit" in page_of(client_for("housing_officer"), case, "case_flags")


def test_the_contact_form_shows_the_flags_and_wants_a_reason_beside_its_question(people, client_for, a_case):
    case = a_case(with_phone=False)
    visit = way(case, "visit", "17 Nightjar Close")
    flagged(people, case)
    flagged(people, case, "dogs")
    client, url = client_for("housing_officer"), reverse("case_contact", args=[case.reference])
    text = page_of(client, case, "case_contact")
    assert text.index(TO_DO) < text.index("How did you try, or") and "Dogs at the home" in text
    at = timezone.localtime()
    facts = typed(
        route=str(visit.pk), outcome="no_answer", audience="agency", note="kept as typed", at_day=at.day, at_month=at.month, at_year=at.year, at_time=f"{at:%H:%M}",
    )
    refused = client.post(url, facts)
    text = refused.content.decode()
    assert refused.status_code == 422 and 'href="#id_override_reason"' in text and "Flag: no home visits." in text and "kept as typed" in text
    assert client.post(url, facts | {"override_reason": "She asked for it and the police stood outside"}).status_code == 302


def test_raising_on_the_page(client_for, a_case, people):
    case = a_case()
    client, url = client_for("housing_officer"), reverse("flag_add", args=[case.reference])
    assert "28 days from today: Waymark’s default" in page_of(client, case, "flag_add")
    facts = typed(kind="weapons", reason=WHY)
    assert client.post(url, facts).status_code == client.post(url, facts).status_code == 302
    flag = SafetyFlag.objects.get()
    assert (flag.kind, flag.reason, flag.raised_by, flag.review_on) == ("weapons", WHY, people.housing_officer, timezone.localdate() + timedelta(days=28))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"kind": ""}, "What must people know?"),
        ({"kind": "nonsense"}, "Choose one of the answers listed"),
        ({"kind": "no_home_visits"}, "This flag stands already."),
        ({"reason": "x" * 1001}, "1,000 characters or fewer"),
        ({"reason": "kept"}, "10 characters or more"),
        ({"review_on_day": "31", "review_on_month": "2"}, "must be a real date"),
        ({"in_days": -1}, "today or in the future"),
        ({"in_days": 0}, "must be after today"),
        ({"review_on_year": "2999"}, "within a year"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_question_and_nothing_is_lost(people, client_for, a_case, facts, words):
    case = a_case()
    flagged(people, case)
    filled = typed(facts.pop("in_days", 28), **{"kind": "dogs", "reason": "kept as typed", **facts})
    response = client_for("housing_officer").post(reverse("flag_add", args=[case.reference]), filled)
    text = response.content.decode()
    assert response.status_code == 422 and words in text and "<title>Error: " in text and 'href="#id_' in text
    assert "kept" in text or len(filled["reason"]) > 1000
    assert SafetyFlag.objects.count() == 1


def test_an_overdue_review_is_said_on_the_case_and_is_the_next_thing_to_do(people, client_for, a_case, share):
    case = a_case()
    flag = flagged(people, case)
    share(case, "lantern_outreach", "summary")
    client = client_for("housing_officer")
    assert "Review overdue" not in page_of(client, case) and "Review a safety flag" not in page_of(client, case)
    overdue(flag)
    text = page_of(client, case)
    assert "Review overdue" in text and "Review a safety flag" in text and "Overdue" in page_of(client, case, "case_flags")
    assert "overdue" not in page_of(client_for("outreach_worker"), case).lower()
    url = reverse("flag_review", args=[case.reference, flag.pk])
    case.refresh_from_db()
    assert client.post(url, typed(note="Asked the beat officer", revision=case.revision)).status_code == 302
    assert "Review overdue" not in page_of(client, case) and "Asked the beat officer" in page_of(client, case, "case_flags")


def test_the_later_of_two_reviewers_is_told_and_loses_nothing(people, client_for, a_case):
    case = a_case()
    flag = flagged(people, case)
    case.refresh_from_db()
    url = reverse("flag_review", args=[case.reference, flag.pk])
    client = client_for("housing_officer")
    assert client_for("housing_manager").post(url, typed(40, note="The first of two", revision=case.revision)).status_code == 302
    late = client.post(url, typed(note="kept as typed", revision=case.revision))
    text = late.content.decode()
    assert late.status_code == 422 and "Somebody else changed this case" in text and "As it stands now" in text and "kept as typed" in text
    case.refresh_from_db()
    assert f'value="{case.revision}"' in text and client.post(url, typed(note="kept as typed", revision=case.revision)).status_code == 302


def test_two_people_on_the_pages(people, client_for, a_case):
    case = a_case()
    flag = flagged(people, case)
    officer, manager = client_for("housing_officer"), client_for("housing_manager")
    assert officer.post(reverse("flag_remove", args=[case.reference, flag.pk]), typed(reason="He has moved to Scotland")).status_code == 302
    removal = FlagRemoval.objects.get()
    url = reverse("flag_decide", args=[case.reference, removal.pk])
    assert "Removal proposed" in page_of(officer, case) and "Decide on removing a flag" not in page_of(officer, case)
    own = page_of(officer, case, "flag_decide", removal.pk)
    assert "Another person must decide" in own and "Record the decision" not in own
    alone = officer.post(url, typed(decision="approved", reason="I am sure of it"))
    assert alone.status_code == 422 and "Another person must decide" in alone.content.decode()
    assert "Decide on removing a flag" in page_of(manager, case) and "He has moved to Scotland" in page_of(manager, case, "flag_decide", removal.pk)
    for facts, words in (({"decision": ""}, "Select whether you approve it"), ({"reason": ""}, "Why?"), ({"reason": "no"}, "10 characters")):
        wrong = manager.post(url, typed(**{"decision": "approved", "reason": "The police confirmed it", **facts}))
        assert wrong.status_code == 422 and words in wrong.content.decode()
    assert manager.post(url, typed(decision="approved", reason="The police confirmed it")).status_code == 302
    assert TO_DO not in page_of(manager, case)
    history = page_of(officer, case, "case_flags")
    for words in ("Removed", "He has moved to Scotland", "The police confirmed it", "Dorian Whitlock", WHY):
        assert words in history
    assert manager.get(url).status_code == 302
    assert officer.get(reverse("flag_review", args=[case.reference, flag.pk])).status_code == 404


def test_html_in_every_text_is_shown_as_text(people, client_for, a_case):
    bad = "<script>alert(1)</script>"
    case = a_case()
    proposed(people, flagged(people, case, reason=bad), reason=bad)
    for name, ids in (("case_flags", []), ("flag_decide", [FlagRemoval.objects.get().pk])):
        text = page_of(client_for("housing_manager"), case, name, *ids)
        assert bad not in text and "&lt;script&gt;" in text


def test_neither_page_asks_more_for_more_flags(people, client_for, a_case, django_assert_num_queries):
    few, many = a_case(), a_case()
    removed(people, flagged(people, few, "pairs"))
    removed(people, flagged(people, many, "pairs"))
    for kind in ("no_home_visits", "dogs", "weapons", "stalking"):
        proposed(people, flagged(people, many, kind))
    client = client_for("housing_manager")
    for name in ("case", "case_flags"):
        page_of(client, few, name)
        with CaptureQueriesContext(connection) as asked:
            page_of(client, few, name)
        with django_assert_num_queries(len(asked)):
            page_of(client, many, name)


def test_the_worklist_shows_the_kinds_that_stand_without_another_query(people, client_for, a_case):
    plain, case = a_case(), a_case()
    client = client_for("housing_officer")
    client.get(reverse("work"))
    with CaptureQueriesContext(connection) as before:
        assert "Flag: " not in client.get(reverse("work")).content.decode()
    for kind in ("dogs", "staff_risk"):
        flagged(people, case, kind)
    with CaptureQueriesContext(connection) as after:
        text = client.get(reverse("work")).content.decode()
    assert len(before) == len(after) and text.count("Flag: ") == 2 and text.index("Flag: risk to staff") < text.index("Flag: dogs at the home")
    assert WHY not in text and plain.reference in text
