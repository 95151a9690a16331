"""The real browser of the tests: headless Chromium, axe on any page, pictures at two widths, signing in as a person would."""

import functools
import os
import shutil
from pathlib import Path

import pytest

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SHOTS = Path(__file__).resolve().parent.parent / "screenshots"

# Debian's Chromium first, without its window where there is one like that (half the work), then whatever Playwright has installed for itself.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# The browser itself must not talk to the outside world: no updates, no translation, no safe-browsing lists.
_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def chromium_path() -> str | None:
    """Where the system's Chromium is; None leaves the choice to Playwright."""
    return os.environ.get("WAYMARK_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def _until_loaded(act):
    """The same act, done when the page that it leads to stands.

    Playwright comes back once the answer to a click begins: on a busy machine that page has no title yet, and not even a root.
    """

    @functools.wraps(act)
    def acted(locator, *args, **kwargs):
        page = locator.page
        done = act(locator, *args, **kwargs)
        if not page.is_closed():
            page.wait_for_load_state("load")
        return done

    return acted


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the run."""
    from playwright.sync_api import Locator, sync_playwright

    patched = pytest.MonkeyPatch()
    for name in ("click", "press"):
        patched.setattr(Locator, name, _until_loaded(getattr(Locator, name)))

    # Playwright keeps an event loop in this thread; Django would take every query beside it for a mistake.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    args = [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=args)
        yield chromium
        chromium.close()
    patched.undo()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(browser):
    """Opens a page in a browser of its own: another person, or the same person at another desk."""
    contexts = []

    def opened(**options):
        context = browser.new_context(locale="en-GB", timezone_id="Europe/London", viewport=DESKTOP, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        # A page that breaks one of its own rules (a script error, a refused inline style) is a fault like any other.
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: page.faults.append(line.text) if "Content Security Policy" in line.text else None)
        return page

    yield opened
    faults = [fault for context in contexts for page in context.pages for fault in getattr(page, "faults", [])]
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def page(new_page):
    """A fresh page in a fresh browser."""
    return new_page()


@pytest.fixture
def page_without_scripts(new_page):
    """A fresh page in a browser that runs no scripts."""
    return new_page(java_script_enabled=False)


def sign_in(page, address: str, email: str, password: str) -> None:
    """Sign in as a person does: open the service, fill the form."""
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def assert_axe_clean(page) -> None:
    """No accessibility fault on this page as it stands, by WCAG 2.2 A and AA and axe's good practice; nor sideways scrolling."""
    from axe_playwright_python.sync_playwright import Axe

    # The page of our own mistakes is accessible too: it must not pass for the page that was meant.
    assert page.get_by_role("heading", name="Sorry, there is a problem").count() == 0, f"{page.url} failed on our side"
    # Half a megabyte of script: once a page is enough, however often it is asked.
    axe = Axe("null") if page.evaluate("'axe' in window") else Axe()
    found = axe.run(page, options={"resultTypes": ["violations"]})
    words = [
        f"{violation['id']}: {violation['help']}\n    " + "\n    ".join(node["html"][:300] for node in violation["nodes"][:5])
        for violation in found.response["violations"]
    ]
    assert not words, f"axe on {page.url}:\n" + "\n".join(words)
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], f"{page.url} is {width[0]} wide on a screen of {width[1]}"


def shoot(page, name: str) -> None:
    """Pictures of the page on a desk and on a phone, in screenshots/, where WAYMARK_SHOTS is set."""
    if not os.environ.get("WAYMARK_SHOTS"):
        return
    SHOTS.mkdir(exist_ok=True)
    for label, size in (("phone", PHONE), ("desktop", DESKTOP)):
        page.set_viewport_size(size)
        page.screenshot(path=SHOTS / f"{name}-{label}.png", full_page=True)


def check(page, name: str) -> None:
    """What every journey does on every page: axe at both widths, and pictures."""
    page.wait_for_load_state("load")
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert_axe_clean(page)
    # The numbers by which the project cites its sources mean nothing to the people whom a page is for.
    assert "SEED-" not in page.inner_text("body"), f"{page.url} speaks of our own files"
    shoot(page, name)
