"""The compiled front end: ours to use, complete, and from no named host."""

import json
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
BUILD = ROOT / "ui" / "static" / "ui" / "build"


def test_neither_the_crown_nor_the_governments_typeface_is_served():
    style = (BUILD / "waymark.css").read_text().lower()
    for name in ("gds transport", "govuk-crest", "crown"):
        assert name not in style
    assert not [path.name for path in BUILD.rglob("*") if re.search("crown|crest|logotype|govuk", path.name)]
    pages = " ".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    assert "GOV.UK" not in pages


def test_every_file_that_the_styles_name_is_there():
    style = (BUILD / "waymark.css").read_text()
    named = {url.strip("\"'") for url in re.findall(r"url\(([^)]+)\)", style)} - {""}
    files = {url for url in named if not url.startswith("data:")}
    assert files
    for url in files:
        assert (BUILD / url.split("?")[0]).is_file(), url


def test_the_lock_names_no_host_and_every_package_is_pinned():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert name == "" or package["integrity"].startswith("sha512-"), name
    declared = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in declared.values())


def test_scripts_keep_nothing_on_the_device():
    script = (BUILD / "waymark.js").read_text()
    assert "historyCacheSize:0" in script
    assert "allowEval:!1" in script
