"""What can be true of a request under the disclosure scheme and of MAPPA markers: pure rules."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.rules import schemes as rules

AT = datetime(2026, 3, 18, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("done", "may"),
    [
        ([], ["checks", "meeting", "decision", "withdrawn"]),
        (["meeting"], ["checks", "decision", "withdrawn"]),
        (["checks", "meeting"], ["decision", "withdrawn"]),
        (["decision"], ["told", "withdrawn"]),
        (["decision", "told"], []),
        (["checks", "withdrawn"], []),
    ],
)
def test_which_step_may_follow(done, may):
    assert rules.open_steps(done) == may


def test_asking():
    assert rules.reasons_asked("victim", "", "victim", "perpetrator", AT, AT) == {}
    reasons = rules.reasons_asked("third_party", "", "perpetrator", "child", AT + HOUR, AT)
    assert set(reasons) == {"asked_at", "subject", "at_risk", "applicant"}
    assert rules.reasons_asked("third_party", "her mother", "victim", "perpetrator", AT, AT) == {}


def test_when_a_step_can_have_been():
    asked = AT - 48 * HOUR
    assert rules.reasons_step("checks", [], asked, AT, AT) == {}
    assert "step" in rules.reasons_step("told", [], asked, AT, AT)
    assert "step" in rules.reasons_step("checks", [("checks", AT)], asked, AT, AT)
    assert "future" in rules.reasons_step("checks", [], asked, AT + HOUR, AT)["happened_at"]
    assert "before the request" in rules.reasons_step("checks", [], asked, asked - HOUR, AT)["happened_at"]
    assert "before the forum" in rules.reasons_step("told", [("decision", AT)], asked, AT - HOUR, AT)["happened_at"]
    assert rules.reasons_step("told", [("decision", AT - HOUR)], asked, AT, AT) == {}
    assert rules.reasons_step("withdrawn", [("decision", AT - HOUR)], asked, AT, AT) == {}


def lacks(step, decision="", text="", told="", safe_way="", signed=None, decided=""):
    return set(rules.reasons_step_lacks(step, decision, text, told, safe_way, signed, decided))


def test_what_a_step_must_say():
    assert lacks("checks") == set() == lacks("meeting")
    assert lacks("decision") == {"decision"} and lacks("decision", decision="not") == set()
    assert lacks("withdrawn") == {"text"} and lacks("withdrawn", text="x") == set()
    assert lacks("told", decided="disclose") == {"told", "safe_way", "text", "confidentiality_signed"}
    assert lacks("told", decided="not") == {"told", "safe_way"}
    assert lacks("told", told="x", safe_way="x", text="x", signed=False, decided="partial") == set()


def test_days_are_those_of_london():
    assert rules.days_taken(AT, AT) == 0
    assert rules.days_taken(datetime(2026, 6, 1, 23, 30, tzinfo=UTC), datetime(2026, 6, 2, 0, 30, tzinfo=UTC)) == 0  # both 2 June in London
    assert rules.days_taken(datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)) == 28


def test_markers():
    today = date(2026, 3, 18)
    assert rules.reasons_marker("perpetrator", "none", "", None, today) == {} == rules.reasons_marker("perpetrator", "2", "1", today, today)
    assert set(rules.reasons_marker("victim", "2", "", today - timedelta(days=1), today)) == {"", "mappa_level", "review_on"}
