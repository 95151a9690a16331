"""A team is rebalanced, and a high-risk case goes from its allocation to its end, in a real browser and by the people who do it."""

from datetime import timedelta

import pytest

from cases.actions import assessment as actions
from cases.dash.reading import Given, mark_of
from cases.models import Case, Clock, Closing, Grant
from tests.browser import check, sign_in
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
WHY = "Imogen has nineteen cases and goes on leave on Friday"


@pytest.fixture
def arrive(live_server, people, new_page):
    """Signs a persona in on a page of their own."""

    def arrived(persona, path="/work/"):
        page = new_page()
        sign_in(page, live_server.url, getattr(people, persona).email, PASSWORD)
        page.goto(live_server.url + path)
        return page

    return arrived


def headed(page, words):
    page.get_by_role("heading", level=1, name=words).wait_for()


def answered(people, case, *, yes, level=""):
    """A DASH of the IDVA with so many Yes; signed where a level is given."""
    actor = people.actor("idva")
    draft = actions.start_assessment(actor, case, with_victim=True)
    given = {number: Given("yes" if number in yes else "no") for number in range(1, 25)}
    draft = actions.save_answers(actor, case, assessment_id=draft.pk, given=given, opened_with=mark_of(draft.answers.all()))
    if level:
        actions.sign_assessment(actor, case, assessment_id=draft.pk, assessment_revision=draft.revision, final_level=level, level_basis="score", rationale="")
    return draft


def test_a_manager_rebalances_a_team(arrive, people, a_case):
    cases = [a_case("idva", given_name=name, family_name="Quorn", clock=None) for name in ("Perdita", "Oriel")]
    missed = a_case("idva", given_name="Clementina", family_name="Marchbanks", received_ago=60 * HOUR)
    page = arrive("idva_manager")
    page.get_by_role("link", name="Team", exact=True).click()
    headed(page, "Team")
    check(page, "team")
    page.get_by_role("link", name="Imogen Takahashi-Bell").click()
    headed(page, "Imogen Takahashi-Bell")
    page.get_by_role("link", name="Hand cases to somebody else").click()
    page.get_by_label("Perdita Quorn").check()
    page.get_by_label("Clementina Marchbanks").check()
    page.get_by_label("Cosmo Nwachukwu").check()
    page.get_by_label("Why do they change hands?").fill(WHY)
    page.get_by_role("button", name="Hand over").click()
    page.locator(".govuk-error-summary").wait_for()
    assert f"{missed.reference} stays: A promise on this case was missed" in page.inner_text(".govuk-error-summary")
    page.get_by_text(f"Cosmo Nwachukwu now holds 1 case more: {cases[0].reference}.").wait_for()
    assert page.get_by_label("Clementina Marchbanks").is_checked() and page.get_by_label("Perdita Quorn").count() == 0
    check(page, "team-hand-over-partly")
    page.get_by_label("Clementina Marchbanks").uncheck()
    page.get_by_label("Oriel Quorn").check()
    page.get_by_role("button", name="Hand over").click()
    headed(page, "Imogen Takahashi-Bell")
    assert set(Grant.objects.filter(worker=people.other_idva).values_list("content_object", flat=True)) == {case.pk for case in cases}

    taker, giver = arrive("other_idva", "/notices/"), arrive("idva", "/notices/")
    assert taker.get_by_role("link", name="This case was allocated to you").count() == 2
    assert giver.get_by_role("link", name="This case was handed to a colleague, and is not yours any more").count() == 2


def test_a_high_risk_case_from_its_allocation_to_its_end(arrive, people, a_case):
    case = a_case("idva", with_child=False, received_ago=2 * HOUR)
    answered(people, case, yes={1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 16, 17, 18, 20}, level="high")
    Grant.objects.filter(content_object=case).update(worker=None)
    Clock.objects.filter(case=case).update(owner=None)

    manager = arrive("idva_manager", "/work/team/")
    manager.get_by_text("Allocate these first").wait_for()
    manager.get_by_role("link", name="Nobody yet").click()
    manager.get_by_role("link", name="Allocate these").click()
    manager.get_by_label("Marigold Thistlewood").check()
    manager.get_by_label("Imogen Takahashi-Bell").check()
    manager.get_by_label("Why do they change hands?").fill("She has room, and speaks Welsh with her")
    manager.get_by_role("button", name="Hand over").click()
    manager.get_by_text("Every open case is held by somebody.").wait_for()

    page = arrive("idva", "/work/due/")
    headed(page, "Everything due")
    check(page, "due")
    page.get_by_role("link", name="Contact the victim/survivor").click()
    headed(page, "Record a contact attempt")
    page.get_by_label("Telephone call").first.check()
    page.get_by_label("Reached and spoke safely").check()
    page.get_by_label("Yes, we talked it through").check()
    page.get_by_label("Yes, they still are").check()
    page.get_by_role("button", name="Save").click()
    headed(page, "The attempt is recorded")
    assert not Clock.objects.filter(case=case, stopped_at=None).exists()

    base = page.url.split("/cases/")[0]
    page.goto(f"{base}/cases/{case.reference}/plan/new/")
    page.get_by_role("button", name="Begin").click()
    headed(page, "Safety plan: a draft")
    page.get_by_role("main").locator(".govuk-task-list a").first.click()
    page.locator("main textarea").first.fill("Ring 999; the neighbour takes the spare key.")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Check and finish").click()
    page.get_by_role("group", name="Is it agreed with the victim/survivor?").get_by_label("Yes", exact=True).check()
    fill_day(page, "agreed_on", 0)
    page.get_by_label("Who went through it with them?").fill("Imogen, by telephone")
    page.get_by_role("group", name="Have they been given a copy?").get_by_label("No", exact=True).check()
    fill_day(page, "review_on", 28)
    page.locator("main form button.govuk-button").first.click()
    headed(page, "Safety plan, version 1")

    # Weeks later the risk is assessed again; it has fallen, and a second person agrees.
    again = answered(people, case, yes={3, 10, 11, 20})
    page.goto(f"{base}/cases/{case.reference}/assessments/{again.pk}/sign/")
    page.get_by_label("Standard").check()
    page.get_by_label("The score", exact=True).check()
    page.get_by_label("Why?").fill("He has moved abroad for good, and she has not heard from him since June.")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("waits for a second person").first.wait_for()
    manager.goto(f"{base}/work/due/")
    manager.get_by_role("link", name="lower risk level").first.click()
    manager.get_by_label("Yes, approve it").check()
    manager.get_by_label("Why?").fill("We went through it together.")
    manager.get_by_role("button", name="Record the decision").click()
    headed(manager, "Standard risk")

    page.goto(f"{base}/work/due/")
    page.get_by_role("link", name="Check and send the MARAC referral").click()
    page.get_by_role("link", name="Withdraw").click()
    page.locator("main textarea").fill("The risk has fallen, and a second person has agreed.")
    page.locator("main form button.govuk-button").first.click()
    page.get_by_text("The referral is withdrawn.").wait_for()
    close(page, base, case)


def fill_day(page, name, in_days):
    from django.utils import timezone

    day = timezone.localdate() + timedelta(days=in_days)
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f"[name={name}_{part}]").fill(str(value))


def close(page, base, case):
    page.goto(f"{base}/cases/{case.reference}/close/")
    headed(page, "Close this case")
    page.get_by_text("The DASH at exit: signed on").wait_for()
    page.get_by_label("Risk reduced and stepped down").check()
    page.get_by_role("group", name="Was the end planned with them?").get_by_label("Yes", exact=True).check()
    page.get_by_label("Stayed safely where they lived").check()
    page.get_by_label("No safeguarding concern").check()
    page.get_by_label("Nowhere: no referral").check()
    for question, answer in (
        ("Has the abuse stopped?", "It has stopped"), ("Do they feel safer?", "Yes"), ("Do they feel more confident?", "Yes"), ("Is their life better?", "No change"),
        ("Is contact with the alleged perpetrator safe?", "There is no contact"), ("Is their housing stable?", "Yes"), ("Are the children safer?", "There are no children"),
    ):
        page.get_by_label(question).select_option(label=answer)
    page.get_by_label("Yes, by a way that is safe").check()
    page.get_by_role("group", name="By which way?").get_by_label("Telephone call").check()
    page.get_by_label("What was done, and what should happen").fill("The plan was gone through once more.")
    page.get_by_label("My agency only").check()
    page.get_by_role("button", name="Close the case").click()
    page.get_by_role("link", name="They go on to somebody else: say to whom.").wait_for()
    check(page, "closing-error")
    page.get_by_label("Nowhere: no referral").uncheck()
    page.get_by_label("Outreach service").check()
    page.get_by_role("button", name="Close the case").click()
    page.get_by_text("The case is closed.").wait_for()
    page.get_by_role("link", name="Read how it ended").click()
    headed(page, "How this case ended")
    said = page.inner_text("main")
    assert "Risk reduced and stepped down" in said and "Outreach service" in said and "Telephone call" in said and "900123" not in said.replace(" ", "")
    check(page, "closing")
    closing = Closing.objects.get()
    assert (closing.level_at_start, closing.level_at_exit, closing.outcomes["abuse"]) == ("high", "standard", "ceased")
    assert not Case.objects.get().is_open
