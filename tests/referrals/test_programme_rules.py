"""F9: who may come to a programme, as a table; and what must be there before it begins."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from referrals.onward import routing
from referrals.programmes import rules
from referrals.programmes.catalogue import newest, programmes

DAY = date(2026, 3, 2)
FITS = {
    "born": date(1990, 1, 1), "day": DAY, "minimum_age": 18, "level": "medium", "on_bail": "no", "under_investigation": "no", "police_case": "no", "is_abusive": "yes",
    "recognises": "yes", "is_willing": "yes", "referrer": "self",
}


@pytest.mark.parametrize(
    ("code", "but", "about"),
    [
        # F9, after the Changes project (SEED-143)
        ("tilth", {}, set()),
        ("tilth", {"born": date(2008, 3, 3)}, {"date_of_birth"}),  # 17 until tomorrow
        ("tilth", {"born": date(2008, 3, 2)}, set()),  # 18 today, and the setting allows it
        ("tilth", {"born": date(2008, 3, 2), "minimum_age": 19}, {"date_of_birth"}),
        ("tilth", {"on_bail": "yes"}, {"on_bail"}),
        ("tilth", {"under_investigation": "yes"}, {"under_investigation"}),
        ("tilth", {"on_bail": "unknown", "under_investigation": "unknown"}, {"on_bail", "under_investigation"}),
        ("tilth", {"born": date(2008, 3, 3), "on_bail": "yes", "under_investigation": "yes"}, {"date_of_birth", "on_bail", "under_investigation"}),
        ("tilth", {"level": "high"}, {"level"}),
        ("tilth", {"level": "standard"}, set()),
        ("tilth", {"is_abusive": "no"}, {"is_abusive"}),
        ("tilth", {"recognises": "unknown"}, {"recognises"}),
        ("tilth", {"is_willing": "no"}, {"is_willing"}),
        ("tilth", {"police_case": "yes"}, set()),
        ("tilth", {"born": date(2026, 3, 3)}, {"date_of_birth"}),
        # after ABC (SEED-142)
        ("weir", {}, set()),
        ("weir", {"police_case": "yes"}, {"police_case"}),
        ("weir", {"police_case": "unknown"}, {"police_case"}),
        ("weir", {"on_bail": "yes", "recognises": "no", "born": date(2009, 1, 1)}, set()),
        # after 180 (SEED-145): willing, little acceptance
        ("plumbline", {"level": "high", "recognises": "no"}, set()),
        ("plumbline", {}, {"level"}),
        ("plumbline", {"level": "high", "is_willing": "no"}, {"is_willing"}),
        # after DRIVE (SEED-052): willing or not, and never by themselves
        ("keel", {"level": "high", "is_willing": "no", "referrer": "professional", "on_bail": "yes"}, set()),
        ("keel", {"level": "high", "referrer": "self"}, {"referrer"}),
        ("keel", {"level": "high", "referrer": "family"}, {"referrer"}),
        ("keel", {"level": "high", "referrer": "court"}, set()),
    ],
)
def test_who_may_come(code, but, about):
    assert set(rules.reasons_not_eligible(programmes()[code], **FITS | but)) == about


@pytest.mark.parametrize(("born", "day", "age"), [(date(2008, 2, 29), date(2026, 2, 28), 17), (date(2008, 2, 29), date(2026, 3, 1), 18), (date(2008, 3, 2), DAY, 18)])
def test_how_old_somebody_is(born, day, age):
    assert rules.age_on(born, day) == age


def test_nothing_begins_without_linked_support():
    assert "step" in rules.reasons_step("suitable", "start", False, "")
    assert rules.reasons_step("suitable", "start", True, "") == {}
    assert "step" in rules.reasons_step("referred", "start", True, "")
    assert "step" in rules.reasons_step("finished", "start", True, "")
    assert "said" in rules.reasons_step("referred", "suit", False, " ")
    assert rules.reasons_step("referred", "suit", False, "He has thought about it.") == {}
    assert rules.reasons_support("referred", False) == [] == rules.reasons_support("suitable", False)
    assert rules.reasons_support("suitable", True) and rules.reasons_support("unsuitable", False)


def test_nobody_is_referred_who_has_not_been_asked():
    assert rules.reasons_not_asked(True) == {}
    assert rules.reasons_not_asked(False) and rules.reasons_not_asked(None)


def test_the_published_files_say_what_they_said():
    assert newest() >= 1
    assert [(one.name, one.weeks) for one in programmes(1).values()] == [("Weir", 26), ("Tilth", 20), ("Plumbline", 30), ("Keel", 40)]
    assert [(route.level, route.kind) for route in routing.routes(1)] == [("high", "idva"), ("medium", "outreach"), ("standard", "standard_support")]
    assert [route.kind for route in routing.wanted("high", set(), {"housing"})] == ["idva"]
    assert routing.wanted("high", {"idva"}, set()) == routing.wanted("high", set(), {"idva"}) == routing.wanted("", set(), set()) == []


PUBLISHED = {
    "referrals/programmes/programmes-1.toml": "35a9440125fb95ddd6f9ea6e3d22927c71faefbe822e0a58c276b7acbaccb121",
    "referrals/onward/routes-1.toml": "1ead97301c9d50a6468ad12199090e5fde2564788e391b8a4cb5273371770643",
}


def test_a_published_file_is_never_edited():
    """A change is a file with the next number: what was decided under this one is read under it."""
    root = Path(__file__).parents[2]
    assert {name: sha256((root / name).read_bytes()).hexdigest() for name in PUBLISHED} == PUBLISHED
