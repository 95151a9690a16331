"""The pages of the returns, from the outside first: who gets in, what they say, and that no road leads on to a case."""

import re

import pytest
import time_machine
from django.urls import reverse

from agencies.doors import declaration
from audit.models import Event
from reporting import actions, preparing, rules
from reporting.models import ReturnRun
from tests.guards.test_access import patterns
from tests.reporting.world import london

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_drawing")]
NOBODYS = "4b1d6f5e-6a56-4b57-9d1c-1c2f6b0a7a10"


@pytest.fixture(autouse=True)
def april():
    with time_machine.travel(london("2026-04-20 10:00"), tick=False) as now:
        yield now


def paths(run):
    return [reverse("returns"), *(reverse(name, args=[run]) for name in ("return_run", "return_pdf", "return_again", "return_progress"))]


def statuses(client, run):
    listed, shown, pdf, again, progress = paths(run)
    answers = [client.get(listed), client.get(shown), client.get(pdf), client.post(again), client.get(progress), client.post(listed)]
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize(
    "persona", ["outsider", "superuser", "housing_officer", "agency_lead", "idva", "marac_coordinator", "administrator", "information_governance"]
)
def test_the_doors_are_shut_to_who_may_not_prepare_returns(client_for, ready, persona):
    client = client_for(persona)
    assert statuses(client, ready().pk) == [403] * 6
    assert statuses(client, NOBODYS) == [403] * 6
    assert ReturnRun.objects.count() == 1


def test_nobody_comes_in_without_signing_in(client, ready):
    for path in paths(ready().pk):
        answer = client.get(path)
        assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


def test_another_agencys_run_is_as_if_it_did_not_exist(client_for, ready):
    run, client = ready("auditor"), client_for("commissioner")
    assert statuses(client, run.pk)[1:5] == [404] * 4 == statuses(client, NOBODYS)[1:5]
    words = client.get(reverse("returns")).content.decode()
    assert str(run.pk) not in words and "other agencies" not in words


def test_an_auditor_opens_what_a_commissioner_has_finished_and_cannot_send_it_again(client_for, ask):
    run, client = ask("commissioner"), client_for("auditor")
    assert statuses(client, run.pk)[1:5] == [404] * 4  # still being prepared: it is nobody else's
    assert "No other agency has a finished return." in client.get(reverse("returns")).content.decode()
    assert preparing.prepare(run.pk)
    assert statuses(client, run.pk)[1:5] == [200, 200, 404, 302]
    words = client.get(reverse("returns")).content.decode()
    assert reverse("return_run", args=[run.pk]) in words and "Finished returns of other agencies" in words


def test_a_finished_return_does_not_lead_to_itself(client_for, ready):
    run, client = ready(), client_for("commissioner")
    shown, progress = reverse("return_run", args=[run.pk]), reverse("return_progress", args=[run.pk])
    assert f'href="{shown}"' not in client.get(shown).content.decode()
    assert client.get(progress)["Location"] == shown
    waited = client.get(progress, headers={"HX-Request": "true"}).content.decode()
    assert f'href="{shown}"' in waited and f'href="{progress}"' not in waited


def test_a_commissioner_sees_no_case_by_any_road(client_for, people, a_case, share):
    """Every address that there is, with a real case put wherever a case can be named; and neither its names nor its reference anywhere."""
    case = a_case()
    client = client_for("commissioner")
    own = {"returns", "return_run", "return_pdf", "return_again", "return_progress", "home", "account_login", "account_logout", "account_inactive"}
    walked = 0
    for path, pattern in patterns():
        if pattern.name in own or path.startswith("ui/") or declaration(pattern.callback, "signed_in_reason") or declaration(pattern.callback, "public_reason"):
            continue
        address = filled_in(path, case.reference)
        for answer in (client.get(address), client.post(address, content_type="application/json", data="{}")):
            assert answer.status_code in (401, 403, 404, 405), f"{address} answered {answer.status_code}"
            for name in ("Marigold", "Thistlewood", "07700 900123"):
                assert name not in answer.content.decode()
        walked += 1
    assert walked > 20


def filled_in(path, reference):
    """An address of this pattern, with the case's reference wherever one belongs."""
    values = {"reference": reference, "int": "1", "uuid": NOBODYS}
    path = re.sub(r"\(\?P<(\w+)>([^)]*)\)", lambda m: values.get(m[1], "1" if "0-9" in m[2] else m[2].split("|")[0]), path)
    path = re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: values.get(m[2]) or values.get(m[1], "x"), path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\", "")


def test_no_page_of_the_returns_names_a_case_or_a_person_in_one(client_for, ready, a_case, world):
    case = a_case()
    run, client = ready(), client_for("commissioner")
    for path in (reverse("returns"), reverse("return_run", args=[run.pk])):
        words = client.get(path).content.decode()
        for name in ("Marigold", "Thistlewood", "Blackwater", "07700", case.reference, "Tamsin", "Northvale"):
            assert name not in words


def test_the_list_offers_every_quarter_from_the_first_case_that_is_over(client_for, world):
    world.case("2025-08-02 09:00")
    words = client_for("commissioner").get(reverse("returns")).content.decode()
    offered = re.findall(r'<option value="([^"]+)"(?: selected)?>\s*([^<]+)</option>', words)
    assert [code for code, _ in offered] == ["2025-q4", "2025-q3", "2025-q2"]
    assert offered[0][1] == "January to March 2026 (Quarter 4 of 2025-26)"
    assert "April to June 2026 still runs: it can be asked for from Wednesday 1 July 2026." in words


@pytest.mark.parametrize(
    ("opened", "said"),
    [("2026-04-02 09:00", "April to June 2026 can be asked for from Wednesday 1 July 2026."), (None, "no case has been opened here")],
)
def test_before_a_quarter_is_over_there_is_nothing_to_ask_for_and_the_page_says_so(client_for, world, opened, said):
    if opened:
        world.case(opened)
    client = client_for("commissioner")
    answer, sent = client.get(reverse("returns")), client.post(reverse("returns"), {"quarter": "2026-q1", "once": NOBODYS})
    assert (answer.status_code, sent.status_code) == (200, 422)
    for words in (answer.content.decode(), sent.content.decode()):
        assert "There is no return to prepare yet" in words and said in words and "No return has been prepared yet." in words
        assert "<option" not in words and "Prepare the return" not in words
    assert not ReturnRun.objects.exists()


def test_looking_at_the_list_is_no_counting(client_for, world):
    world.case("2025-08-02 09:00")
    client_for("commissioner").get(reverse("returns"))
    assert not Event.objects.filter(verb="case.count").exists()


@pytest.mark.parametrize("typed", ["", "2031-q1", "2026-q1", "2026-q2", "<script>", "2025-q4\x00", "x" * 5000])
def test_a_quarter_that_is_not_offered_is_refused_beside_the_question(client_for, world, typed):
    world.case("2026-01-10 09:00")
    answer = client_for("commissioner").post(reverse("returns"), {"quarter": typed, "once": NOBODYS})
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "govuk-error-summary" in words and "<title>Error: " in words
    assert "Choose" in words and "<script>alert" not in words
    assert ReturnRun.objects.count() == 0


def test_a_bad_token_is_no_internal_error(client_for, world):
    world.case("2026-01-10 09:00")
    assert client_for("commissioner").post(reverse("returns"), {"quarter": "2025-q4", "once": "nonsense"}).status_code == 422


def test_asking_leads_to_the_progress_and_the_same_form_again_to_the_same_place(client_for, world):
    world.case("2026-01-10 09:00")
    client = client_for("commissioner")
    sent = {"quarter": "2025-q4", "once": NOBODYS}
    first, second = client.post(reverse("returns"), sent), client.post(reverse("returns"), sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == reverse("return_run", args=[ReturnRun.objects.get().pk])


def test_the_progress_page_updates_with_and_without_scripts(client_for, ask, people):
    run, client = ask(), client_for("commissioner")
    shown = reverse("return_progress", args=[run.pk])
    assert client.get(reverse("return_run", args=[run.pk]))["Location"] == shown
    words = client.get(shown).content.decode()
    assert "Waiting for its turn." in words and 'http-equiv="refresh"' in words and f'hx-get="{shown}"' in words
    actions.claim_return(people.actor("commissioner", "worker"), run=run.pk)
    assert "Counting the quarter." in client.get(shown).content.decode()


def test_a_waiting_page_that_asks_again_learns_that_it_is_ready(client_for, ready):
    run, client = ready(), client_for("commissioner")
    shown = reverse("return_progress", args=[run.pk])
    words = client.get(shown, headers={"HX-Request": "true"}).content.decode()
    assert "The return is ready." in words and "Open the return" in words and "hx-get" not in words
    assert "At a glance" in client.get(shown, follow=True).content.decode()


def test_a_run_that_nobody_works_on_can_be_sent_again(client_for, ask, april):
    run, client = ask(), client_for("commissioner")
    shown, again = reverse("return_progress", args=[run.pk]), reverse("return_again", args=[run.pk])
    assert "Try again" not in client.get(shown).content.decode()
    early = client.post(again)
    assert early.status_code == 422 and "This return is being prepared." in early.content.decode()
    april.shift(rules.PATIENCE)
    assert "Nobody is working on it." in client.get(shown).content.decode()
    assert client.post(again).status_code == 302
    assert "Try again" not in client.get(shown).content.decode()
    assert client.get(again).status_code == 405


def test_a_failed_run_says_so_in_plain_words(client_for, ask, monkeypatch):
    run, client = ask(), client_for("commissioner")
    with monkeypatch.context() as patch:
        patch.setattr(preparing, "draw", lambda _: 1 / 0)
        preparing.prepare(run.pk)
    words = client.get(reverse("return_run", args=[run.pk]), follow=True).content.decode()
    assert "The document could not be made. Nothing was lost: you can try again." in words and "Try again" in words
    assert "ZeroDivision" not in words and "hx-get" not in words
    assert client.get(reverse("return_pdf", args=[run.pk])).status_code == 404
    assert client.post(reverse("return_again", args=[run.pk])).status_code == 302
    assert preparing.prepare(run.pk)
    assert client.post(reverse("return_again", args=[run.pk])).status_code == 302  # ready meanwhile: to the return itself


def test_the_return_on_the_page_with_definitions_chart_and_what_is_hidden(client_for, ready, world):
    for number in range(1, 8):
        world.promise(f"2026-01-{number:02} 10:00", f"2026-01-{number:02} 09:00")
    world.promise("2026-02-03 10:00", "2026-02-04 10:00")
    answer = client_for("commissioner").get(reverse("return_run", args=[ready().pk]))
    words = answer.content.decode()
    for said in (
        "January to March 2026", "Quarter 4 of 2025-26", "Figures as they stood on Monday 20 April 2026 at 10:00am.", "hidden", "no data", "Source: The 48-hour policy",
        "Counts from 1 to 4 are hidden", "<svg", "The 48-hour promises, kept and missed, by month: the numbers",
    ):
        assert said in words, said
    assert "<title>Return - Waymark</title>" in words and "SEED-" not in words
    assert "no-store" in answer["Cache-Control"]


def test_the_download_is_the_kept_document_under_a_neutral_name(client_for, ready):
    run = ready()
    answer = client_for("commissioner").get(reverse("return_pdf", args=[run.pk]))
    assert answer.content == bytes(run.pdf)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="return-2025-q4.pdf"'
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("persona", ["commissioner", "auditor"])
def test_the_list_asks_the_same_number_of_questions_however_long_it_is(client_for, ready, django_assert_max_num_queries, persona):
    client = client_for(persona)
    for _ in range(2):
        for _ in range(8):
            ready()
        with django_assert_max_num_queries(9) as asked:
            client.get(reverse("returns"))
    assert not any('"pdf"' in query["sql"] for query in asked.captured_queries if "reporting_returnrun" in query["sql"])
