"""What the machine itself has to bring and a wheel cannot: Pango for PDFs, a browser for the journeys. Found, installed, or asked for.

`python -m config.machine pango browser` makes sure of each and exits 1 with one line to type for what it could not get. Standard
library only: it runs before anything else is known to work.
"""

import ctypes
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

# WeasyPrint loads these by name; the packages are Debian's and Ubuntu's.
PANGO_LIBRARIES = {
    "Linux": ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
    "Darwin": ("libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.dylib"),
}
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AUTHORITIES = "ca-*.crt"  # what systems call the one file that holds all of them
PLAYWRIGHT_PATIENCE = 600  # seconds for its download


def _say(line):
    print(line, file=sys.stderr, flush=True)


def missing_pango():
    """The libraries that PDFs need and that cannot be loaded here."""
    missing = []
    for name in PANGO_LIBRARIES.get(os.uname().sysname, PANGO_LIBRARIES["Linux"]):
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def find_browser():
    """The Chromium that the journeys drive: WAYMARK_CHROMIUM, the system's, or Playwright's own; None when there is none."""
    named = os.environ.get("WAYMARK_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    return _playwright_browser()


def _playwright_browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).is_file() else None


def _as_root():
    """How to run a command as root without asking anybody: an empty list when we are root, sudo's words, or None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return None


def _install(packages):
    """Install Debian packages where that is allowed. Returns whether it went well."""
    root = _as_root()
    if root is None or not shutil.which("apt-get"):
        return False
    _say(f"Installing {' '.join(packages)} ...")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = [*root, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    for command in (install, [*root, "apt-get", "update", "-q"], install):
        done = subprocess.run(command, env=environment, stdout=sys.stderr, stdin=subprocess.DEVNULL, check=False)
        if command is install and done.returncode == 0:
            return True
    return False


def ensure_pango():
    """Make sure that PDFs can be made. Returns the line to type when they cannot."""
    if missing_pango() and _install(PANGO_PACKAGES) and not missing_pango():
        return None
    missing = missing_pango()
    if not missing:
        return None
    how = f"sudo apt-get install {' '.join(PANGO_PACKAGES)}" if os.uname().sysname != "Darwin" else "brew install pango"
    return f"PDFs need {', '.join(missing)}. Type: {how}"


def authorities():
    """The file of certificate authorities that this machine trusts, where its OpenSSL keeps it; None when there is none.

    Node brings its own list; behind a network that checks its traffic it has to know the machine's as well.
    """
    known = ssl.get_default_verify_paths()
    places = [known.cafile, known.openssl_cafile, *sorted(Path(known.openssl_capath).glob(AUTHORITIES))]
    return next((str(place) for place in places if place and Path(place).is_file()), None)


def _install_playwright_browser():
    _say("Fetching Playwright's browser ...")
    environment = dict(os.environ)
    if found := authorities():
        environment.setdefault("NODE_EXTRA_CA_CERTS", found)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            env=environment,
            stdout=sys.stderr,
            stdin=subprocess.DEVNULL,
            timeout=PLAYWRIGHT_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def ensure_browser():
    """Make sure that there is a browser for the tests. Returns the line to type when there is not."""
    if find_browser():
        return None
    _install(("chromium",)) or _install_playwright_browser()
    if find_browser():
        return None
    if os.environ.get("WAYMARK_CHROMIUM"):
        return "WAYMARK_CHROMIUM does not name a program. Type: unset WAYMARK_CHROMIUM"
    return "The tests need a browser. Type: sudo apt-get install chromium   (or: WAYMARK_CHROMIUM=<a Chromium> make test)"


WANTED = {"pango": ensure_pango, "browser": ensure_browser}


def main(names):
    """Make sure of each; one line for each that is still missing."""
    asked = [WANTED[name]() for name in names]
    for line in filter(None, asked):
        _say(line)
    return 1 if any(asked) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
