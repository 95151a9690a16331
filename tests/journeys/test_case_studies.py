"""The three case studies (domain 16: F1, F2, F3; everybody in them is invented), from the first question to the level, and the high one
onto the list of a MARAC meeting whose PDF is read back. Everything is done by people in a browser."""

import re
from datetime import timedelta

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from cases.dash import latest
from cases.models import Assessment, Case, Clock
from cases.rules.clocks import LONDON
from marac.models import Meeting
from referrals.pages import BY_SLUG
from tests.browser import check, sign_in
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

EVERYBODY = {
    "danger": {"danger": "no"},
    "account": {"account": "As told.", "audience": "partners"},
    "home": {"address": "4 Plover Court", "postcode": "ZZ99 3VZ", "visibility": "normal", "area": "derby"},
    "contact": {"any": "yes"},
    "channels": {"row-0-channel": "phone", "row-0-value": "07700 900321", "row-0-is_safe": "yes", "row-0-said_by_them": "yes", "row-0-times": "any", "row-0-voicemail": "no"},
    "stalking": {"stalking": "no"},
    "consent": {"state": "given", "scope": "Whoever can help"},
    "received": {},
}
# Case study 1: a baby in the house is the only Yes. Case study 2: fear, worsening, one slap. Case study 3: a health visitor, high.
STUDIES = {
    "F1": {
        "persona": "specialist_da_officer",
        "pages": {
            "route": {"route": "direct", "reporter": "self"},
            "victim": {"given_name": "Perdita", "family_name": "Longstaff", "date_of_birth": (4, 6, 1998), "sex": "female"},
            "perpetrator": {"known": "yes", "given_name": "Ambrose", "family_name": "Tull", "relationship": "ex_partner", "lives_with_victim": "no"},
            "children": {"any": "yes"},
            "each_child": {"row-0-given_name": "Linnet", "row-0-stage": "born", "row-0-approximate_age": "1"},
        },
        "yes": {9}, "score": 1, "suggested": "standard", "final": "standard", "basis": "score", "why": "",
        "child": "Linnet", "to": "Early Help", "clock": "early_help",
    },
    "F2": {
        "persona": "specialist_da_officer",
        "pages": {
            "route": {"route": "signs", "reporter": "colleague"},
            "victim": {"given_name": "Rosamund", "family_name": "O'Hanrahan-Śliwa", "date_of_birth": (21, 1, 1991), "sex": "female"},
            "perpetrator": {"known": "yes", "given_name": "Lorcan", "family_name": "Fenwright", "relationship": "partner", "lives_with_victim": "yes"},
            "children": {"any": "yes"},
            "each_child": {"row-0-given_name": "Teasel", "row-0-stage": "born", "row-0-approximate_age": "3"},
        },
        "yes": {1, 2, 11}, "score": 3, "suggested": "standard", "final": "medium", "basis": "judgement",
        "why": "She is afraid, it is getting worse from week to week, and he has begun to hit her.",
        "child": "Teasel", "to": "Children’s Social Care", "clock": "social_care",
    },
    "F3": {
        "persona": "health_visitor",
        "pages": {
            "route": {"route": "partner", "reporter": "agency"},
            "victim": {"given_name": "Cordelia", "family_name": "Wainfleet", "date_of_birth": (2, 9, 2007), "sex": "female"},
            "perpetrator": {"known": "yes", "given_name": "Ulric", "family_name": "Stannage", "relationship": "ex_partner", "lives_with_victim": "no"},
            "children": {"any": "yes"},
            "each_child": {"row-0-given_name": "Merrily", "row-0-stage": "born", "row-0-approximate_age": "1"},
            "stalking": {"stalking": "yes"},
        },
        "yes": {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 14, 15, 17, 22, 24}, "score": 16, "suggested": "high", "final": "high", "basis": "score", "why": "",
        "child": "Merrily", "to": "Children’s Social Care", "clock": "social_care",
    },
}


def fill(page, answers):
    """Fill a page's form by the names of its fields, whatever kind they are."""
    for name, value in answers.items():
        if isinstance(value, tuple):
            for part, number in zip(("day", "month", "year"), value, strict=True):
                page.fill(f'[name="{name}_{part}"]', str(number))
            continue
        field = page.locator(f'[name="{name}"]').first
        kind = field.get_attribute("type") or field.evaluate("element => element.tagName").lower()
        if kind in ("radio", "checkbox"):
            page.locator(f'[name="{name}"][value="{value}"]').check(force=True)
        elif kind == "select":
            field.select_option(value)
        else:
            field.fill(value)


def press(page, name):
    page.get_by_role("button", name=name).first.click()


def log(page, answers):
    """From "Log a disclosure" to the case, page after page as they come; the case's reference."""
    address = re.match(r"https?://[^/]+", page.url)[0]
    page.goto(f"{address}/notes/new/")
    while not page.url.endswith("/check/"):
        slug = page.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        fill(page, answers["danger" if slug == "new" else BY_SLUG[slug].code])
        before = page.url
        press(page, "Save and continue")
        page.wait_for_url(lambda url, before=before: url != before)
    check(page, "study-check")
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile("/logged/"))
    check(page, "study-logged")
    reference = Case.objects.get().reference
    assert reference in page.inner_text("main")
    page.goto(f"{address}/cases/{reference}/")
    return reference


def assess(page, study):
    page.get_by_role("link", name="Assess the risk").first.click()
    page.get_by_label("With the victim/survivor").check()
    page.get_by_label("Yes", exact=True).check()
    press(page, "Start")
    for _ in range(5):
        page.locator("[name^=said_]").first.wait_for()
        for item in sorted({int(name.removeprefix("said_")) for name in page.locator("[name^=said_]").evaluate_all("all => all.map(one => one.name)")}):
            page.locator(f"#item-{item}").get_by_label("Yes" if item in study["yes"] else "No", exact=True).check()
        before = page.url
        press(page, "Save and continue")
        page.wait_for_url(lambda url, before=before: url != before)
    page.get_by_label("What matters most to the victim/survivor").fill("That the children sleep through the night.")
    press(page, "Save and continue")
    page.get_by_text("All 24 items are answered").wait_for()
    press(page, "Go on to the level")
    page.locator(f'[name="final_level"][value="{study["final"]}"]').check()
    page.locator(f'[name="level_basis"][value="{study["basis"]}"]').check()
    if study["why"]:
        page.get_by_label("Why?").fill(study["why"])
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("heading", level=1, name=f"{study['final'].capitalize()} risk").wait_for()


def think_of_the_child(page, address, reference, study):
    """The case asks about the child until somebody has decided, and has the referral ready, with the reason."""
    case = f"{address}/cases/{reference}/"
    page.goto(case)
    page.locator("#children-undecided").get_by_role("link", name=study["child"]).click()
    check(page, "study-child")
    fill(page, {"decision": "victim"})
    page.locator('[name="effects"][value="felt_effects"]').check(force=True)
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/children/\d+/$"))
    page.goto(case)
    assert not page.locator("#children-undecided").count()
    page.get_by_role("link", name=f"Decide on a referral to {study['to']}").click()
    check(page, "study-onward")
    assert study["child"] in page.inner_text("h1") and f"assessed as {study['final']}" in page.inner_text("main")
    page.get_by_role("button", name="Record that it was made").click()
    agreed = {"consent": "given"} if study["clock"] == "early_help" else {}
    fill(page, {"method": "portal", "receiver_name": "The team on duty", "is_told": "yes", "audience": "partners", **agreed})
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/onward/\d+/$"))
    assert "Sent, no answer yet" in page.inner_text("main")
    assert Clock.objects.get(case__reference=reference, about__startswith="onward:").kind == study["clock"]


def protect(page, address, reference):
    """What protects her: the bail condition, the order of the family court, and the request under Clare's Law."""
    day = timezone.localdate()
    today = (day.day, day.month, day.year)
    for kind, court, terms in (
        ("bail", "Northvale Police", "Not to contact her, directly or through others."), ("non_molestation", "Vale Family Court", "Not to come within 100 metres of her home."),
    ):
        page.goto(address + reverse("order_add", args=[reference]))
        fill(page, {"kind": kind, "state": "made", "court": court, "terms": terms, "starts_on": today, "is_served": "no", "police_informed": "yes"})
        page.locator('[name="respondent"]').first.check(force=True)
        page.locator('[name="protected"]').first.check(force=True)
        later = day + timedelta(days=28 if kind == "bail" else 364)
        fill(page, {"ends_on": (later.day, later.month, later.year)})
        check(page, f"study-{kind}")
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: not url.endswith("/add/"))
    page.goto(address + reverse("dvds_add", args=[reference]))
    fill(page, {"route": "know", "asked_at": today, "asked_at_time": "00:01"})
    for name in ("at_risk", "subject"):
        if page.locator(f'[name="{name}"]').count():
            page.locator(f'[name="{name}"]').first.check(force=True)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: not url.endswith("/add/"))
    page.goto(f"{address}/cases/{reference}/")
    text = page.inner_text("main")
    for words in ("Bail conditions", "Non-molestation order", "Clare’s Law", "28 days"):
        assert words in text, words
    clock = Clock.objects.get(case__reference=reference, kind="dvds")
    assert (clock.due_at.astimezone(LONDON).date() - clock.started_at.astimezone(LONDON).date()).days == 28
    check(page, "study-protected")


@pytest.fixture
def at_desk(live_server, people, new_page):
    """A person at a desk of their own, signed in."""

    def sat_down(persona):
        page = new_page()
        sign_in(page, live_server.url, getattr(people, persona).email, PASSWORD)
        return page

    return sat_down


@pytest.mark.parametrize("name", ["F1", "F2", "F3"])
def test_a_case_study_ends_with_its_level(at_desk, live_server, name):
    study = STUDIES[name]
    page = at_desk(study["persona"])
    reference = log(page, EVERYBODY | study["pages"])
    check(page, f"study-{name}-case")
    clock = Clock.objects.get(case__reference=reference)
    assert clock.due_at - clock.started_at == timedelta(hours=48)
    assess(page, study)
    signed = Assessment.objects.get()
    assert (signed.score, signed.suggested_level, signed.final_level, signed.level_basis) == (study["score"], study["suggested"], study["final"], study["basis"])
    assert Case.objects.get().risk_level == study["final"]
    assert len(latest().items) == 24
    think_of_the_child(page, live_server.url, reference, study)
    if name == "F3":
        protect(page, live_server.url, reference)


def test_the_high_one_reaches_the_list_of_a_meeting(at_desk, live_server, tmp_path):
    study = STUDIES["F3"]
    visitor = at_desk("health_visitor")
    reference = log(visitor, EVERYBODY | study["pages"])
    assess(visitor, study)
    visitor.goto(f"{live_server.url}/cases/{reference}/")
    visitor.get_by_role("link", name="Check and send the MARAC referral").click()
    check(visitor, "study-referral")
    referral = visitor.url.split(live_server.url)[1]
    fill_referral(visitor, live_server.url, referral)
    visitor.goto(live_server.url + referral)
    press(visitor, "Send the referral")
    visitor.get_by_text("The referral is sent.").wait_for()

    coordinator = at_desk("marac_coordinator")
    check(coordinator, "study-coordinator")
    assert reference in coordinator.inner_text("main")
    coordinator.get_by_role("link", name=reference).first.click()
    check(coordinator, "study-listing")
    listing = coordinator.url
    coordinator.goto(listing + "decision/")
    coordinator.locator('[value="accept"]').check()
    coordinator.locator("main form button").last.click()
    coordinator.wait_for_url(lambda url: not url.endswith("decision/"))

    day = timezone.now().astimezone(LONDON) + timedelta(days=28)
    coordinator.goto(f"{live_server.url}/meetings/new/")
    fill(coordinator, {"area": "Northern"})
    fill(coordinator, {"starts_at": (day.day, day.month, day.year)})
    coordinator.fill('[name="starts_at_time"]', "10:00")
    coordinator.locator("main form button").last.click()
    coordinator.wait_for_url(re.compile(r"/meetings/\d+/"))
    meeting = Meeting.objects.get()
    coordinator.goto(listing + "list/")
    choice = coordinator.locator(f'[name="meeting"][value="{meeting.pk}"]')
    if choice.count():
        choice.check()
    coordinator.locator("main form button").last.click()
    coordinator.wait_for_url(lambda url: not url.endswith("/list/"))

    coordinator.goto(f"{live_server.url}/meetings/{meeting.pk}/")
    check(coordinator, "study-agenda")
    with coordinator.expect_download() as waiting:
        coordinator.evaluate(f"() => {{ window.location = '/meetings/{meeting.pk}/papers/' }}")
    waiting.value.save_as(tmp_path / "papers.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "papers.pdf")
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    assert reference in text
    assert "Valley Health" in text or "Valley Community Health" in text
    assert re.search("high risk|Visible high risk", text)
    for never in ("07700 900321", "Plover Court", "ZZ99", "As told."):
        assert never not in text


def fill_referral(page, address, referral):
    """What the case does not say already: why now, and what the victim/survivor knows and agreed."""
    page.goto(f"{address}{referral}criteria/")
    fill(page, {"background": "He waited outside the clinic twice this week."})
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "criteria" not in url)
    page.goto(f"{address}{referral}sharing/")
    page.locator('[name="victim_aware"]').first.check(force=True)
    page.locator('[name="consent"][value="given"]').check(force=True)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "sharing" not in url)
