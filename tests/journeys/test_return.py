"""April: a commissioner picks the quarter, watches the return being prepared by the real worker, and downloads what she can table."""

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
import time_machine
from django.utils import timezone

from reporting import preparing
from reporting.models import ReturnRun
from tests.browser import check, sign_in
from tests.personas import PASSWORD
from tests.reporting.world import LONDON, World

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120_000  # a worker needs seconds to start and seconds to draw; a busy machine needs longer
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


@pytest.fixture
def worker(service_environment):
    """Runs a real Celery worker on this test's database and queue until the block ends."""

    @contextmanager
    def running(*, moved_hours=None):
        start = ["tests.moved_celery", str(moved_hours), "-"] if moved_hours else ["celery", "-A", "config"]
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", *start, "worker", "--pool", "solo", "--loglevel", "warning"],
            cwd=ROOT, env=service_environment | {"WAYMARK_MODE": "test"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    return running


@pytest.fixture
def last_quarter():
    """The three months of the quarter that was over last, reckoned here on the fingers: ["2026-07", "2026-08", "2026-09"]."""
    today = datetime.now(LONDON).date()
    first = (today.month - 1) // 3 * 3 + 1
    year, first = (today.year, first - 3) if first > 3 else (today.year - 1, 10)
    return [f"{year}-{first + n:02}" for n in range(3)]


def words_of(months):
    year, first, last = months[0][:4], int(months[0][5:]), int(months[2][5:])
    return f"{MONTHS[first - 1]} to {MONTHS[last - 1]} {year}"


@pytest.fixture
def world(people, a_case, last_quarter):
    """A quarter with known numbers; and today's case, opened through the front door, which belongs to another quarter."""
    one, two, three = last_quarter
    a_case()
    world = World(people)
    for day in range(1, 13):
        world.promise(f"{one}-{day:02} 10:00", f"{one}-{day:02} 09:00")
        world.promise(f"{two}-{day:02} 10:00", f"{two}-{day:02} 10:00", kind="discussion")
    for day in range(1, 8):
        world.promise(f"{three}-{day:02} 10:00", f"{three}-{day:02} 10:00:01", explained=True)
    for day in range(8, 14):
        world.promise(f"{three}-{day:02} 10:00", kind="discussion")
    for day in range(1, 10):
        world.disclosure(f"{one}-{day:02} 11:00", "direct")
    for day in range(10, 16):
        world.disclosure(f"{two}-{day:02} 11:00", "repairs")
    for day in range(16, 18):
        world.disclosure(f"{three}-{day:02} 11:00", "homeless")
    for day, level in enumerate(["high"] * 5 + ["medium"] * 8 + ["standard"] * 6, start=1):
        world.assessment(f"{two}-{day:02} 12:00", level)
    meeting = world.meeting(f"{three}-12 09:30")
    for day in range(1, 15):
        world.listing(meeting, world.referral(f"{two}-{day:02} 12:00", repeat=day > 8, state="listed"))
    return world


def plain(text):
    return re.sub(r"\s+", "", text)


def rows_of(page):
    """{table: {line: number of this quarter}} as the page shows it."""
    return page.eval_on_selector_all(
        "main .waymark-scroll table",
        """tables => Object.fromEntries(tables.map(table => [table.caption.innerText, Object.fromEntries(
            [...table.tBodies[0].rows].map(row => [row.cells[0].innerText, row.cells[1].innerText]))]))""",
    )


def choose_and_prepare(page, months):
    offered = page.locator("select option").all_inner_texts()
    page.get_by_label("Quarter").select_option(label=next(text for text in offered if text.startswith(words_of(months))))
    page.get_by_role("button", name="Prepare the return").click()
    page.get_by_role("heading", name=f"Return for {words_of(months)}").wait_for()


def test_a_commissioner_downloads_the_quarter(page, live_server, people, world, last_quarter, worker, tmp_path):
    known = world.adds_up_to(*last_quarter)
    sign_in(page, live_server.url, people.commissioner.email, PASSWORD)
    assert page.title() == "Returns - Waymark"  # the first and only thing of her role
    assert page.locator("nav a").all_inner_texts() == ["Returns"]
    check(page, "returns-empty")

    page.get_by_label("Quarter").evaluate("select => { select.options[0].value = '2031-q1'; select.selectedIndex = 0 }")
    page.get_by_role("button", name="Prepare the return").click()
    assert "Choose one of the answers listed" in page.inner_text(".govuk-error-summary")
    check(page, "returns-error")

    choose_and_prepare(page, last_quarter)
    assert "Waiting for its turn." in page.inner_text("main")
    check(page, "return-progress")
    with worker():
        page.get_by_role("button", name="Open the return").wait_for(timeout=PATIENCE)
        check(page, "return-done")
        page.get_by_role("button", name="Open the return").click()
        page.get_by_role("heading", name="At a glance").wait_for()
    check(page, "return")

    shown = rows_of(page)
    assert shown["Contact within 48 hours after a report"] == {
        "Promises that fell due": str(known["contact.due"]), "Kept: contacted in time": str(known["contact.kept"]), "Missed": str(known["contact.missed"]),
        "Ended in time without contact": "0", "Share in time": "63.2%",  # 12 of 19
    }
    assert shown["Both promises together"]["Missed"] == str(known["promises.missed"]) == "13"
    assert shown["Missed promises and their reasons"] == {"Missed promises": "13", "Reason recorded": "7", "No reason recorded yet": "6"}
    assert shown["Risk assessments signed"] == {"Assessments signed": "19", "High": "5", "Medium": "8", "Standard": "6"}
    assert shown["Referrals to MARAC"] == {"Referrals submitted": "14", "Repeat": "6", "Not a repeat": "8"}
    assert shown["Cases listed at MARAC"] == {"Cases listed": "14", "Repeat": "6", "Not a repeat": "8"}
    came = shown["Disclosures logged"]
    assert (came["Disclosures logged"], came["They told us themselves"], came["Repairs"], came["Presenting as homeless"]) == ("17", "9", "hidden", "hidden")
    assert known["disclosures.homeless"] == 2 and known["disclosures.repairs"] == 6

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download the return (PDF)").or_(page.get_by_role("button", name="Download the return (PDF)")).click()
    downloading.value.save_as(tmp_path / "return.pdf")
    assert re.fullmatch(r"return-\d{4}-q[1-4]\.pdf", downloading.value.suggested_filename)
    document = pypdfium2.PdfDocument(tmp_path / "return.pdf")
    text = plain("".join(sheet.get_textpage().get_text_bounded() for sheet in document))
    for said in (
        words_of(last_quarter), f"{known['disclosures.total']} disclosures logged", f"{known['promises.kept']} 48-hour promises kept",
        f"{known['promises.missed']} 48-hour promises missed", "Kept: contacted in time 12", "Presenting as homeless hidden", "Repairs hidden", "Reason recorded 7",
        "High 5", "Referrals submitted 14", "Counts from 1 to 4 are hidden",
        f"{MONTHS[int(last_quarter[0][5:]) - 1]} 12 0", f"{MONTHS[int(last_quarter[2][5:]) - 1]} 0 13",
    ):
        assert plain(said) in text, said
    for name in ("Marigold", "Thistlewood", "Blackwater", "Northvale", people.housing_officer.full_name):
        assert plain(name) not in text

    page.goto(f"{live_server.url}/returns/")
    assert "Ready" in page.inner_text("main table")
    check(page, "returns")
    for path in ("/work/", "/find/", "/disclosures/", "/marac/", "/settings/"):
        assert page.goto(live_server.url + path).status in (403, 404), path


def test_without_scripts_the_page_comes_back_by_itself(page_without_scripts, live_server, people, world, last_quarter, worker):
    page = page_without_scripts
    sign_in(page, live_server.url, people.auditor.email, PASSWORD)
    page.goto(f"{live_server.url}/returns/")
    choose_and_prepare(page, last_quarter)
    with worker():
        page.get_by_role("heading", name="At a glance").wait_for(timeout=PATIENCE)
    assert page.get_by_text("Reason recorded").first.is_visible()


def test_a_worker_killed_while_it_counts_loses_nothing(page, live_server, people, world, last_quarter, worker, owner_connection):
    sign_in(page, live_server.url, people.commissioner.email, PASSWORD)
    with owner_connection.transaction():
        owner_connection.execute("LOCK TABLE cases_assessment IN ACCESS EXCLUSIVE MODE")  # the worker stops in the middle of its counting
        choose_and_prepare(page, last_quarter)
        with worker() as process:
            page.get_by_text("Counting the quarter.").wait_for(timeout=PATIENCE)
            process.kill()
            process.wait()
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        page.reload()
        assert "Nobody is working on it." in page.inner_text("main")
        check(page, "return-stalled")
        page.get_by_role("button", name="Try again").click()
        with worker(moved_hours=0.1):
            page.get_by_role("button", name="Open the return").wait_for(timeout=PATIENCE)
    run = ReturnRun.objects.get()
    assert run.is_ready
    assert preparing.draw(run) == bytes(run.pdf)  # another process, another day: the same bytes
