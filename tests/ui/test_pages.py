"""Every component in every state, in a real browser: accessible, inside its policy, readable at both widths."""

import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.browser import check

STATES = {
    "normal": "/ui/examples/",
    "error": "/ui/examples/error/",
    "empty": "/ui/examples/empty/",
    "question": "/ui/examples/question/",
    "questions": "/ui/examples/questions/",
    "confirm": "/ui/examples/confirm/",
    "done": "/ui/examples/done/",
    "progress-failed": "/ui/examples/progress/failed/",
    "progress-finished": "/ui/examples/progress/finished/",
    "sign-in": "/sign-in/",
    "not-found": "/no/such/page/",
}


@pytest.mark.parametrize("name", STATES)
def test_every_page_is_accessible(name, page, live_server):
    answer = page.goto(live_server.url + STATES[name])
    assert answer.status == (404 if name == "not-found" else 200)
    check(page, f"ui-{name}")


def test_errors_take_the_focus_and_lead_to_their_question(page, live_server):
    page.goto(live_server.url + "/ui/examples/question/")
    page.get_by_role("button", name="Save and continue").click()
    assert page.title() == "Error: Visit notes - Waymark"
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    page.get_by_role("link", name="Answer “Is anyone in danger now?”").click()
    assert page.evaluate("document.activeElement.id") == "id_danger"
    check(page, "ui-question-error")


def test_a_choice_reveals_its_question(page, live_server):
    page.goto(live_server.url + "/ui/examples/questions/")
    hidden = page.get_by_label("Number to call")
    assert not hidden.is_visible()
    page.get_by_label("Call", exact=True).check()
    assert hidden.is_visible()
    page.get_by_label("Another way").check()
    assert page.get_by_label("Tell us how").is_visible()
    check(page, "ui-questions-revealed")


def test_without_scripts_nothing_is_out_of_reach(page_without_scripts, live_server):
    page = page_without_scripts
    page.goto(live_server.url + "/ui/examples/questions/")
    assert page.get_by_label("Number to call").is_visible()
    assert page.get_by_label("Tell us how").is_visible()
    page.goto(live_server.url + "/ui/examples/question/")
    page.get_by_role("button", name="Save and continue").click()
    assert page.get_by_role("link", name="Answer “Is anyone in danger now?”").is_visible()
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Save and continue").click()
    assert '"danger": true' in page.content()


def test_the_progress_page_comes_to_its_end_by_itself(page, live_server):
    page.route("**/progress/finished/", lambda route: route.abort())  # not ready yet
    page.goto(live_server.url + "/ui/examples/progress/running/")
    check(page, "ui-progress-running")
    assert page.get_by_text("Counting contacts").is_visible()
    page.unroute("**/progress/finished/")
    page.get_by_role("button", name="Download").wait_for(timeout=8_000)
    assert page.get_by_text("Counting contacts").count() == 0


def test_without_scripts_the_progress_page_reloads_itself(page_without_scripts, live_server):
    page = page_without_scripts
    page.goto(live_server.url + "/ui/examples/progress/running/")
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "5"
    page.get_by_role("link", name="Check again now").click()
    assert page.get_by_role("button", name="Download").is_visible()


def test_the_keyboard_finds_the_way_past_the_navigation(page, live_server):
    page.goto(live_server.url + "/ui/examples/confirm/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def test_the_counter_of_long_notes_counts(page, live_server):
    page.goto(live_server.url + "/ui/examples/questions/")
    page.get_by_label("Notes", exact=True).fill("x" * 9_990)
    page.get_by_text("You have 10 characters remaining").first.wait_for()


def test_on_paper_the_navigation_is_gone(page, live_server):
    page.goto(live_server.url + "/ui/examples/")
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Menu").is_visible()
    assert not page.get_by_role("button", name="Save and continue").is_visible()
    assert page.get_by_role("heading", name="What happened").is_visible()


def test_signing_out_needs_a_press_and_clears_the_session(page, live_server, people):
    from tests.browser import sign_in
    from tests.personas import PASSWORD

    sign_in(page, live_server.url, people.housing_officer.email, PASSWORD)
    page.get_by_role("button", name="Sign out").click()
    page.goto(live_server.url + "/")
    assert page.url.startswith(live_server.url + "/sign-in/")


class _HalfAPage(BaseHTTPRequestHandler):
    """Begins the second page at once and says what it is called only later, as a busy machine does."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html>")
        if self.path == "/second":
            self.wfile.flush()
            time.sleep(0.5)
        self.wfile.write(b"<html lang=en><title>%s</title><a href=/second>Go on</a></html>" % self.path.encode())

    def log_message(self, *args):
        pass


@pytest.mark.parametrize("way", ["click", "press"])
def test_a_click_is_done_when_its_page_stands(page, way):
    slow = HTTPServer(("127.0.0.1", 0), _HalfAPage)
    Thread(target=slow.serve_forever, daemon=True).start()
    page.goto(f"http://127.0.0.1:{slow.server_port}/first")
    link = page.get_by_role("link", name="Go on")
    link.click() if way == "click" else link.press("Enter")
    assert page.title() == "/second"
    slow.shutdown()
    slow.server_close()
