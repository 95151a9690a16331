"""What the machine has to bring: found, installed where that is allowed, else one line that says what to type."""

import subprocess

import pytest

from config import machine


class Installer:
    """Stands in for apt-get and Playwright: records what it is asked, and makes it so or fails."""

    def __init__(self, code):
        self.code, self.asked = code, []

    def __call__(self, command, **_):
        self.asked.append(command)
        return subprocess.CompletedProcess(command, self.code)


@pytest.fixture
def apt(monkeypatch):
    """A machine with apt-get, on which we are root."""

    def make(code):
        installer = Installer(code)
        monkeypatch.setattr(machine.subprocess, "run", installer)
        monkeypatch.setattr(machine.os, "geteuid", lambda: 0)
        monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None)
        monkeypatch.setattr(machine, "_playwright_browser", lambda: None)
        monkeypatch.delenv("WAYMARK_CHROMIUM", raising=False)
        return installer

    return make


def test_pango_that_is_there_is_left_alone(apt, monkeypatch):
    installer = apt(0)
    monkeypatch.setattr(machine, "missing_pango", list)
    assert machine.main(["pango"]) == 0
    assert installer.asked == []


def test_pango_is_installed_where_that_is_allowed(apt, monkeypatch):
    installer = apt(0)
    monkeypatch.setattr(machine, "missing_pango", lambda: [] if installer.asked else ["libpango-1.0.so.0"])
    assert machine.main(["pango"]) == 0
    assert installer.asked[0][:3] == ["apt-get", "install", "-y"]
    assert set(machine.PANGO_PACKAGES) <= set(installer.asked[0])


def test_the_list_of_packages_is_fetched_when_the_first_try_fails(apt, monkeypatch):
    installer = apt(100)
    monkeypatch.setattr(machine, "missing_pango", lambda: ["libpango-1.0.so.0"])
    assert machine.main(["pango"]) == 1
    assert [command[1] for command in installer.asked] == ["install", "update", "install"]


def test_pango_that_cannot_be_had_is_one_line_to_type(apt, monkeypatch, capsys):
    apt(1)
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(machine, "missing_pango", lambda: ["libpango-1.0.so.0"])
    monkeypatch.setattr(machine.os, "uname", lambda: type("Linux", (), {"sysname": "Linux"}))
    assert machine.main(["pango"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["PDFs need libpango-1.0.so.0. Type: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"]


def test_a_browser_that_cannot_be_had_is_one_line_to_type(apt, capsys):
    installer = apt(1)
    assert machine.main(["browser"]) == 1
    assert any("playwright" in command for command in installer.asked), "Playwright's own is tried last"
    assert capsys.readouterr().err.splitlines()[-1].startswith("The tests need a browser. Type: sudo apt-get install chromium")


def test_a_named_browser_that_is_no_program_is_said_so(apt, monkeypatch, capsys):
    apt(0)
    monkeypatch.setenv("WAYMARK_CHROMIUM", "/no/such/browser")
    assert machine.main(["browser"]) == 1
    assert "WAYMARK_CHROMIUM does not name a program" in capsys.readouterr().err


def test_a_missing_thing_does_not_hide_another(apt, monkeypatch, capsys):
    apt(1)
    monkeypatch.setattr(machine, "missing_pango", lambda: ["libpango-1.0.so.0"])
    assert machine.main(["pango", "browser"]) == 1
    said = capsys.readouterr().err
    assert "PDFs need" in said and "The tests need a browser" in said


def test_a_library_that_no_machine_has_is_missing(monkeypatch):
    monkeypatch.setattr(machine, "PANGO_LIBRARIES", {"Linux": ("libc.so.6", "libno-such-thing.so.9"), "Darwin": ("libno-such-thing.so.9",)})
    assert machine.missing_pango() == ["libno-such-thing.so.9"]
