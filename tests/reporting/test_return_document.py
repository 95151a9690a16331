"""The document that a commissioner tables: its words and numbers, its tags, the same bytes each time; and what it says of what is hidden."""

import os
import re

import pypdfium2
import pytest
import time_machine

from agencies.models import Policy
from reporting import preparing
from reporting.models import ReturnRun
from reporting.publication import document, publish
from reporting.quarters import Quarter
from tests.browser import SHOTS
from tests.reporting.world import london

pytestmark = pytest.mark.django_db
WINTER = Quarter(2025, 4)


@pytest.fixture(autouse=True)
def april():
    with time_machine.travel(london("2026-04-20 10:00"), tick=False):
        yield


def text_of(pdf):
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(bytes(pdf)))


def says(pdf, words):
    """Are these words in the document, wherever its lines break? Counted from the text itself, without its spaces."""
    return re.sub(r"\s+", "", words) in re.sub(r"\s+", "", text_of(pdf))


def lines(run, code):
    """{label: cells} of one table."""
    section = next(section for section in document(run).sections if section.code == code)
    return {line.label: line.cells for line in section.lines}


@pytest.fixture
def busy_quarter(world, a_case):
    """Enough of everything that most can be shown, and a few small counts that cannot; and one case with people in it, opened today."""
    a_case()
    case = world.case("2025-11-01 09:00", stalking=False)
    for number in range(1, 29):
        world.promise(f"2026-01-{number:02} 10:00", f"2026-01-{number:02} 09:00", case=case)
        world.promise(f"2026-02-{number:02} 10:00", f"2026-02-{number:02} 09:00", case=case, kind="discussion")
    for number in range(1, 10):
        world.promise(f"2026-03-{number:02} 10:00", f"2026-03-{number + 1:02} 11:00", case=case, explained=True)
    for number in range(11, 18):
        world.promise(f"2026-01-{number:02} 10:00", f"2026-01-{number + 1:02} 11:00", case=case, kind="discussion")
    for number in range(1, 13):
        world.disclosure(f"2026-01-{number:02} 12:00", "direct")
        world.disclosure(f"2025-11-{number:02} 12:00", "repairs")
    for number in range(1, 8):
        world.disclosure(f"2026-02-{number:02} 12:00", "partner")
    for number in range(1, 4):
        world.disclosure(f"2026-03-{number:02} 12:00", "homeless")
    for number, level in enumerate(["high"] * 6 + ["medium"] * 5 + ["standard"] * 9, start=1):
        world.assessment(f"2026-02-{number:02} 12:00", level, case=case)
    meeting = world.meeting("2026-03-12 09:30")
    for number in range(1, 10):
        world.listing(meeting, world.referral(f"2026-02-{number:02} 12:00", repeat=number == 1, state="listed", case=case))


@pytest.mark.usefixtures("without_drawing")
def test_the_tables_say_what_the_ledger_adds_up_to(busy_quarter, world, ready):
    run, known = ready(), world.adds_up_to("2026-01", "2026-02", "2026-03")
    assert lines(run, "contact") == {
        "Promises that fell due": ("37", "0", "no data"),
        "Kept: contacted in time": ("28", "0", "no data"),
        "Missed": ("9", "0", "no data"),
        "Ended in time without contact": ("0", "0", "no data"),
        "Share in time": ("75.7%", "none fell due", "no data"),
    }
    assert (known["contact.due"], known["contact.kept"], known["contact.missed"]) == (37, 28, 9)
    assert lines(run, "assessments")["High"] == ("6", "0", "no data")
    assert lines(run, "disclosures")["Disclosures logged"] == ("22", "12", "no data")


@pytest.mark.usefixtures("without_drawing")
def test_small_counts_are_hidden_with_as_many_others_as_it_takes(busy_quarter, ready):
    run = ready()
    shown = lines(run, "disclosures")
    assert shown["Presenting as homeless"][0] == "hidden"  # three
    assert shown["A partner agency"][0] == "hidden"  # seven: or the three would follow from the total
    assert shown["They told us themselves"][0] == "12"
    assert shown["Repairs"][0] == "0"
    assert lines(run, "referrals")["Repeat"][0] == lines(run, "referrals")["Not a repeat"][0] == "hidden"
    stored = {one["quarter"]: one["counts"] for one in run.published["quarters"]}["2025-q4"]
    assert stored["disclosures.homeless"] is None and stored["disclosures.partner"] is None  # nor is it anywhere in the table of runs


def test_the_number_below_which_counts_are_hidden_is_the_one_in_force_and_is_named(busy_quarter, people, ready):
    Policy.objects.create(
        key="returns.suppress_below", value="10", effective_from=london("2026-04-01 00:00"), reason="Small area", set_by=people.partnership_administrator,
        set_at=london("2026-04-01 00:00"),
    )
    run = ready()
    assert lines(run, "assessments")["High"][0] == "hidden"
    assert says(run.pdf, "Counts from 1 to 9 are hidden") and says(run.pdf, "partnership setting from 01 April 2026")


def test_a_share_is_shown_only_where_it_says_no_more_than_its_counts():
    from reporting.indicators import Share
    from reporting.publication import _share

    share = Share("Share", "part", "of")
    shown = {(9, 12): "75.0%", (2, 3): "66.7%", (1, 3): "33.3%", (0, 8): "0.0%", (8, 8): "100.0%", (9999, 10000): "99.9%", (1, 10000): "0.1%"}
    assert {pair: _share(share, {"part": pair[0], "of": pair[1]}) for pair in shown} == shown
    assert _share(share, {"part": None, "of": 9}) == _share(share, {"part": 9, "of": None}) == "hidden"
    assert _share(share, {"part": 0, "of": 0}) == "none fell due"
    assert _share(share, None) == "no data"


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize(("below", "words"), [(1, "No count is hidden."), (2, "Counts of 1 are hidden"), (5, "Counts from 1 to 4 are hidden")])
def test_the_rule_of_hiding_is_said_in_words(people, ready, below, words):
    run = ReturnRun(quarter=WINTER.code, edition="2026", taken_at=london("2026-04-20 10:00"))
    counts = dict.fromkeys(ready().published["quarters"][0]["counts"], 0)
    run.published = {"prepared_for": "Commissioning", "quarters": publish({WINTER: counts}, "2026", below, "test", run.taken_at)}
    assert document(run).hiding.startswith(words)


def test_the_document_is_tagged_and_reads_as_a_whole(busy_quarter, people, ready):
    run = ready()
    pdf = pypdfium2.PdfDocument(bytes(run.pdf))
    assert pdf.is_tagged()
    assert pdf.get_metadata_value("Title") == "Return, January to March 2026"
    if os.environ.get("WAYMARK_SHOTS"):
        SHOTS.mkdir(exist_ok=True)
        for number, page in enumerate(pdf, start=1):
            page.render(scale=1.5, grayscale=True).to_pil().save(SHOTS / f"return-pdf-{number}.png")
    for said in (
        "Quarterly return", "January to March 2026", "Quarter 4 of 2025-26", "Figures as they stood on Monday 20 April 2026 at 10:00am", "At a glance",
        "22 disclosures logged", "The 48-hour promises, kept and missed, by month", "Source: The 48-hour policy", "What is hidden, and why",
        "Three Vales Partnership", "Made for Shire Council Commissioning.",
        "October to December 2025", "January to March 2025", f"Page 1 of {len(pdf)}", f"Page {len(pdf)} of {len(pdf)}",
    ):
        assert says(run.pdf, said), said
    for section in document(run).sections:
        assert says(run.pdf, section.title) and says(run.pdf, section.definition) and says(run.pdf, section.source)
    for name in ("Marigold", "Thistlewood", "Blackwater", people.housing_officer.full_name, "Northvale", "SEED-"):
        assert not says(run.pdf, name)


def test_the_same_run_is_the_same_to_the_byte_for_ever(busy_quarter, world, ready):
    run = ready()
    with time_machine.travel(london("2026-11-22 16:00"), tick=False):
        world.disclosure("2026-02-14 09:00", "homeless")  # logged late: the frozen return does not move
        assert preparing.draw(ReturnRun.objects.get(pk=run.pk)) == bytes(run.pdf)
        again = ready()
    assert again.pk != run.pk and bytes(again.pdf) == bytes(run.pdf)  # nor does a second one of the same quarter
    assert lines(again, "disclosures")["Disclosures logged"][0] == "22"


@pytest.mark.usefixtures("without_drawing")
def test_every_quarter_says_when_its_figures_were_taken_and_what_was_small_then(busy_quarter, people, ready):
    ready(quarter=WINTER.previous)
    with time_machine.travel(london("2026-04-21 11:00"), tick=False):
        Policy.objects.create(
            key="returns.suppress_below", value="10", effective_from=london("2026-04-21 00:00"), reason="Small area", set_by=people.partnership_administrator,
            set_at=london("2026-04-21 00:00"),
        )
        winter, autumn, year_ago = document(ready()).origins
    assert (winter.quarter, winter.as_of) == ("January to March 2026", "21 Apr 2026, 11:00am")
    assert winter.below.startswith("Counts from 1 to 9 (partnership setting from 21 April 2026")
    assert autumn.as_of == "20 Apr 2026, 10:00am" and autumn.below.startswith("Counts from 1 to 4 (")
    assert (year_ago.as_of, year_ago.below, year_ago.how_many) == ("no data",) * 3
