"""Every component in every state, in a real browser: accessible, inside its policy, readable at both widths."""

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
    page.goto(live_server.url + STATES[name])
    check(page, f"ui-{name}")
