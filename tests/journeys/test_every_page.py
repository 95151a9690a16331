"""Every page there is, as somebody in the middle of their work meets it: on a desk and on a phone, right, wrongly filled in, and empty.

A page without a line here fails the first test: what nobody looks at, nobody knows.
"""

import pytest
from django.urls import get_resolver, reverse

from agencies.roles import ROLES
from config.demo_world import PASSWORD
from config.invented import PERSONAS
from tests import database
from tests.browser import check, sign_in
from tests.journeys.looks import NOT_PAGES
from tests.journeys.looks import ROOMS as OF_CASES
from tests.journeys.looks_referrals import REFERRALS
from tests.journeys.scene import Scene

pytestmark = pytest.mark.django_db(transaction=True)
ROOMS = OF_CASES | REFERRALS

# The rest, which nobody signs in to see.
SIGN_IN = {"account_login"}
FOR_ANYBODY = {"info", "info_next", "info_formats", "info_device", "info_change", "info_ask", "info_sent"}

# Empties the page's form, as somebody does who presses the button too soon.
EMPTY = """form => {
    for (const one of form.elements) {
        if (one.type === 'checkbox' || one.type === 'radio') one.checked = false;
        else if (one.tagName === 'SELECT') one.selectedIndex = one.options[0].value === '' ? 0 : -1;
        else if (['text', 'textarea', 'search', 'email', 'number', 'tel', 'password'].includes(one.type)) one.value = '';
        one.required = false;
    }
}"""


def names(resolver=None):
    """Every named page; the API and the examples of components have tests of their own."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if str(pattern.pattern) in ("api/", "ui/"):
            continue
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern)
        else:
            yield pattern.name


def test_every_page_is_looked_at():
    looked_at = {name.rstrip("?") for room in ROOMS.values() for name in room} | SIGN_IN | FOR_ANYBODY
    assert set(names()) == looked_at | set(NOT_PAGES) and not looked_at & set(NOT_PAGES)


_arranged = []


@pytest.fixture
def scene(owner_connection):
    """The partnership in the middle of its work: arranged once in each process, then brought back row by row, which takes a tenth of the time."""
    with owner_connection.transaction(), owner_connection.cursor() as cursor:
        if _arranged:
            database.go_back(cursor, "scene")
    if not _arranged:
        arranged = Scene()
        with owner_connection.transaction(), owner_connection.cursor() as cursor:
            database.remember(cursor, "scene")
        _arranged.append(arranged)
    return _arranged[0]


@pytest.fixture
def desk(live_server, new_page):
    """A desk for each persona of the demonstration, signed in once."""
    desks = {}

    def of(persona):
        if persona not in desks:
            desks[persona] = new_page()
            sign_in(desks[persona], live_server.url, f"{persona.replace('_', '.')}@example.org", PASSWORD)
        return desks[persona]

    return of


def send_empty(page, form):
    form.evaluate(EMPTY)
    form.locator("button.govuk-button:not(.govuk-button--secondary)").last.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("room", ROOMS)
def test_pages_in_the_middle_of_the_work(room, scene, desk, live_server):
    faults = []
    for name, look in ROOMS[room].items():
        for number, place in enumerate(look.places(scene)):
            page, path = desk(look.persona), reverse(name.rstrip("?"), args=place)
            label = f"all-{name.replace('?', '-more')}-{number}"
            answer = page.goto(live_server.url + path)
            try:
                assert answer.status == 200, answer.status
                assert page.url.split("?")[0] == live_server.url + path, f"went on to {page.url}"
                check(page, label)
                form = page.locator("main form[method=post]").last
                if not look.sound and form.count():
                    send_empty(page, form)
                    page.locator(".govuk-error-summary").wait_for()
                    assert page.title().startswith("Error: ")
                    check(page, f"{label}-error")
                elif not look.sound:
                    raise AssertionError("has no form to fill in wrongly")
            except Exception as fault:
                faults.append(f"{name} {place}: {str(fault)[:1500]}")
    assert not faults, "\n\n".join(faults)


# Pages that stand without anything on them, for each role that may open them.
LISTS_OF_ALL = [
    "home", "line", "directory", "incoming", "programme_desk", "onward_list", "work", "find", "notices", "policies", "disclosures", "disclosure_new", "marac",
    "marac_meeting_new", "returns",
]
ONE_OF_EACH_ROLE = {role: next(persona for persona, (_, _, held, _) in PERSONAS.items() if held == role) for role in ROLES if role in {row[2] for row in PERSONAS.values()}}


def test_pages_with_nothing_on_them(people, new_page, live_server):
    """A partnership on its first day: each role's lists are empty and say so."""
    from tests.personas import PASSWORD as password

    faults, seen = [], set()
    for role, persona in ONE_OF_EACH_ROLE.items():
        page = new_page()
        sign_in(page, live_server.url, f"{persona}@example.org", password)
        for name in LISTS_OF_ALL:
            answer = page.goto(live_server.url + reverse(name))
            shown = page.inner_text("main")
            if answer.status == 403 or (name, shown) in seen:
                continue  # not this role's, or the same words that another role was shown
            seen.add((name, shown))
            try:
                check(page, f"empty-{name}-{role}")
            except AssertionError as fault:
                faults.append(f"{name} as {role}: {str(fault)[:1500]}")
        page.context.close()
    assert not faults, "\n\n".join(faults)


def test_pages_for_nobody(page, live_server):
    """Signing in: right, wrong, and for an account that was stopped; and what is not there."""
    for name in ("account_login", "account_inactive"):
        page.goto(live_server.url + reverse(name))
        check(page, f"all-{name}")
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    page.locator(".govuk-error-summary").wait_for()
    check(page, "all-account_login-error")
