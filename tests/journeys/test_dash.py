"""A DASH in a real browser: asked by keyboard, judged high against the score, signed; without scripts; lowered by two people."""

import pytest

from cases.actions import assessment as actions
from cases.dash.reading import Given, mark_of
from cases.models import Assessment, Case
from tests.browser import check, sign_in
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Strangled twice since she asked him to leave, and he knows where her sister lives. She expects to be killed."
YES = {1, 2, 3, 6, 10, 11, 12, 14, 15, 20, 22}
PARTS = [range(1, 6), range(6, 10), range(10, 15), range(15, 20), range(20, 25)]


@pytest.fixture
def at(live_server, people):
    """Signs a persona in on a page and hands back a way to go places."""

    def signed_in(page, persona):
        sign_in(page, live_server.url, getattr(people, persona).email, PASSWORD)
        return lambda path: page.goto(live_server.url + path)

    return signed_in


def choose(page, number, said):
    page.locator(f"#item-{number}").get_by_label(said, exact=True).check()


def answer_part(page, part, yes=YES):
    for number in part:
        choose(page, number, "Yes" if number in yes else "Don’t know" if number == 19 else "No")


def save(page):
    page.get_by_role("button", name="Save and continue").click()


def test_eleven_yes_and_judged_high(page, at, a_case):
    case = a_case()
    go = at(page, "specialist_da_officer")
    go(f"/cases/{case.reference}/assessments/new/")
    check(page, "dash-start")
    page.get_by_label("With the victim/survivor").check()
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Start").click()
    assert "Do not ask the questions now" in page.inner_text(".govuk-error-summary")
    assert page.title().startswith("Error: ")
    check(page, "dash-start-error")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Start").click()

    # By keyboard alone: into the group, then the arrows choose.
    page.get_by_role("heading", name="What is happening now").wait_for()
    page.locator("#id_said_1").focus()
    page.keyboard.press("Space")
    assert page.locator("#id_said_1").is_checked()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("#id_said_1-3").is_checked()
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "said_2"
    answer_part(page, PARTS[0])
    page.get_by_label("Comment on item 1", exact=True).fill("<b>Bruised arm</b>, not the first")
    check(page, "dash-part-1")
    save(page)

    page.get_by_text("5 of 24 answered").wait_for()
    answer_part(page, PARTS[1])
    save(page)
    answer_part(page, [10, 11, 12, 13])  # 14 stays open
    save(page)

    page.get_by_role("heading", name="Kinds of harm").wait_for()
    prompt = page.get_by_role("heading", name="Strangulation: do this now, before the next item")
    assert not prompt.is_visible()
    choose(page, 15, "Yes")
    assert prompt.is_visible()
    assert prompt.bounding_box()["y"] < page.locator("#item-16").bounding_box()["y"]
    check(page, "dash-part-4-strangulation")
    choose(page, 15, "No")
    assert not prompt.is_visible()
    answer_part(page, PARTS[3])
    save(page)
    answer_part(page, PARTS[4])
    save(page)

    page.get_by_role("heading", level=1, name="What the questions did not ask").wait_for()
    page.get_by_label("What else may raise the risk?").fill("Hard of hearing; lip-reads.\nMakes light of the second time.")
    page.get_by_role("group", name="Is the victim/survivor willing to take up support?").get_by_label("Yes", exact=True).check()
    page.get_by_label("give them access to weapons?").fill("Shoots clay pigeons; two guns in the garage.")
    page.get_by_label("What matters most to the victim/survivor").fill("That he does not find her sister’s house.")
    check(page, "dash-annotate")
    save(page)

    page.get_by_text("23 of 24 answered").wait_for()
    assert page.get_by_role("button", name="Go on to the level").count() == 0
    check(page, "dash-check-missing")
    page.get_by_role("link", name="14. Threatened to kill, and was believed").click()
    choose(page, 14, "Yes")
    save(page)
    page.get_by_text("All 24 items are answered").wait_for()
    assert "<b>Bruised arm</b>, not the first" in page.inner_text("main")
    assert "Shoots clay pigeons; two guns in the garage." in page.inner_text("main")
    check(page, "dash-check")
    page.get_by_role("button", name="Go on to the level").first.click()

    assert "11 of 24 answered Yes" in page.inner_text("main")
    assert "Strangulation or suffocation" in page.inner_text(".waymark-notice--unsafe")
    page.get_by_label("High").check()
    page.get_by_label("The score", exact=True).check()
    page.get_by_role("button", name="Sign", exact=True).click()
    assert "The score suggests medium" in page.inner_text(".govuk-error-summary")
    check(page, "dash-sign-error")
    page.get_by_label("Professional judgement").check()
    page.get_by_label("Why?").fill(WHY)
    check(page, "dash-sign")
    page.get_by_role("button", name="Sign", exact=True).click()

    page.get_by_role("heading", level=1, name="High risk").wait_for()
    assert "Professional judgement, not the score" in page.inner_text("main")
    check(page, "dash-read")
    signed = Assessment.objects.get()
    assert (signed.score, signed.suggested_level, signed.final_level, signed.level_basis, signed.rationale) == (11, "medium", "high", "judgement", WHY)
    assert Case.objects.get().risk_level == "high"


def test_without_scripts_what_to_do_now_stands_between_two_parts(page_without_scripts, at, a_case, people):
    page = page_without_scripts
    case = a_case()
    draft = actions.start_assessment(people.actor("specialist_da_officer"), case, with_victim=True)
    go = at(page, "specialist_da_officer")
    go(f"/cases/{case.reference}/assessments/{draft.pk}/part-4/")
    choose(page, 15, "Yes")
    save(page)
    page.get_by_role("heading", name="Do this now, before you go on").wait_for()
    assert "Strangulation: do this now" in page.inner_text("main")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="The alleged perpetrator").wait_for()
    assert draft.answers.get(item=15).said == "yes"


def test_the_page_between_is_for_everyone_to_read(page, at, a_case, people):
    case = a_case()
    draft = actions.start_assessment(people.actor("specialist_da_officer"), case, with_victim=True)
    stored = draft.answers.filter(item__in=[14, 15])
    actions.save_answers(
        people.actor("specialist_da_officer"), case, assessment_id=draft.pk, given={14: Given("yes"), 15: Given("yes")}, opened_with=mark_of(stored)
    )
    go = at(page, "specialist_da_officer")
    go(f"/cases/{case.reference}/assessments/{draft.pk}/part-4/now/")
    page.get_by_role("heading", name="Do this now, before you go on").wait_for()
    check(page, "dash-do-now")


def test_two_people_meet_on_one_part(page, new_page, at, a_case, people):
    case = a_case()
    draft = actions.start_assessment(people.actor("specialist_da_officer"), case, with_victim=True)
    other = new_page()
    path = f"/cases/{case.reference}/assessments/{draft.pk}/part-1/"
    at(page, "specialist_da_officer")(path)
    at(other, "housing_manager")(path)
    for screen, said, words in ((other, "Yes", "Shaking when he rang"), (page, "No", "Calm on the phone")):
        choose(screen, 2, said)
        screen.get_by_label("Comment on item 2", exact=True).fill(words)
        save(screen)
    assert "changed after you opened this page" in page.inner_text(".govuk-error-summary")
    assert "Shaking when he rang" in page.inner_text("#item-2")
    assert page.get_by_label("Comment on item 2", exact=True).input_value() == "Calm on the phone"
    check(page, "dash-two-people")
    save(page)
    page.get_by_role("heading", name="Separation").wait_for()
    assert draft.answers.get(item=2).comment == "Calm on the phone"


def test_a_lower_level_waits_for_a_second_person(page, new_page, at, a_case, people):
    case, actor = a_case(), people.actor("specialist_da_officer")
    draft = actions.start_assessment(actor, case, with_victim=False, source="police_record")
    given = {number: Given("yes" if number < 15 else "no", "police_record", "From the log" if number == 3 else "") for number in range(1, 25)}
    draft = actions.save_answers(actor, case, assessment_id=draft.pk, given=given, opened_with=mark_of(draft.answers.all()))
    go = at(page, "specialist_da_officer")
    go(f"/cases/{case.reference}/assessments/{draft.pk}/sign/")
    page.get_by_label("Medium").check()
    page.get_by_label("Professional judgement").check()
    page.get_by_label("Why?").fill("He has left the country for good and she has moved.")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("waits for a second person").wait_for()
    page.go_back()
    page.get_by_text("This assessment has been signed. It cannot be changed.").wait_for()
    assert page.url.endswith(f"/assessments/{draft.pk}/")
    assert page.get_by_role("heading", level=1, name="High risk").is_visible()
    go(f"/cases/{case.reference}/assessments/{draft.pk}/decide/")
    assert page.get_by_role("button", name="Record the decision").count() == 0
    check(page, "dash-decide-own")

    manager = new_page()
    at(manager, "housing_manager")(f"/cases/{case.reference}/assessments/{draft.pk}/")
    check(manager, "dash-read-waiting")
    manager.get_by_role("button", name="Decide").click()
    check(manager, "dash-decide")
    manager.get_by_role("button", name="Record the decision").click()
    check(manager, "dash-decide-error")
    manager.get_by_label("Yes, approve it").check()
    manager.get_by_label("Why?").fill("We went through it together.")
    manager.get_by_role("button", name="Record the decision").click()
    manager.get_by_role("heading", level=1, name="Medium risk").wait_for()
    check(manager, "dash-read-decided")
    assert Case.objects.get().risk_level == "medium"
