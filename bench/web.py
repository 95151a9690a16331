"""Whole responses under load: gunicorn with two sync workers, four clients, beside an empty signed-in page in the same run."""

import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import django

from bench import scale
from bench.measuring import row

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 4
ROUNDS = 60  # requests of each page by each client


def main():
    django.setup()
    from agencies.models import User
    from cases.models import Case, Grant

    case = Case.objects.get(pk=1)
    worker = User.objects.get(pk=Grant.objects.get(content_object=case, level="lead").worker_id)
    nobody = User.objects.get(email="nobody@example.org")
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--log-level", "error"],
        cwd=ROOT,
        env=os.environ,
    )
    try:
        _wait(port)
        pages = {
            "empty": ("/", _session(nobody), None), "http_list": ("/work/?whose=agency", _session(worker), None),
            "http_case": (f"/cases/{case.reference}/", _session(worker), None), "http_search": ("/find/", *_question(_line(port), _session(worker))),
        }
        for path, cookie, typed in pages.values():
            status, body = _ask(_line(port), path, cookie, typed)
            assert status == 200, (path, status, body[:200])
            assert typed is None or b"Quarhurst" in body
        times = _load(port, pages)
    finally:
        server.terminate()
        server.wait()
    floor = statistics.median(times["empty"])
    measured = ("http_list", "http_case", "http_search")
    p95 = {name: round(statistics.quantiles(times[name], n=20)[18], 1) for name in measured}
    print(json.dumps([row(name, scale(), statistics.median(times[name]), floor, p95_ms=p95[name]) for name in measured]))
    return 0


def _load(port, pages):
    """Four clients, each of them asking for the pages in turns, so that what disturbs one disturbs all. Any error ends the run."""
    times = {name: [] for name in pages}
    problems = []

    def client(number):
        line = _line(port)
        for turn in range(ROUNDS + 5):
            for name, (path, cookie, typed) in pages.items():
                start = time.perf_counter()
                status, _ = _ask(line, path, cookie, typed)
                if status != 200:
                    problems.append((path, status))
                if turn >= 5:
                    times[name].append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, problems[:3]
    return times


def _session(user):
    """A signed-in session's cookie, as signing in makes it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cache import SessionStore

    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0], user.get_session_auth_hash()
    session.save()
    cookie = SimpleCookie({settings.SESSION_COOKIE_NAME: session.session_key})
    return cookie.output(header="", sep=";").strip()


def _line(port):
    return ("127.0.0.1", port)


def _question(address, cookie):
    """A search as the form sends it: the cookie with its token, and a surname in a wrong spelling."""
    connection = http.client.HTTPConnection(*address, timeout=60)
    connection.request("GET", "/find/", headers={"Cookie": cookie})
    response = connection.getresponse()
    page = response.read().decode()
    given = SimpleCookie(response.getheader("Set-Cookie") or "")
    cookies = "; ".join([cookie, *(f"{name}={one.value}" for name, one in given.items())])
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    return cookies, urlencode({"csrfmiddlewaretoken": token, "words": "Quarhirst"})


def _ask(address, path, cookie, typed):
    connection = http.client.HTTPConnection(*address, timeout=60)
    try:
        sent = {"Content-Type": "application/x-www-form-urlencoded"} if typed else {}
        connection.request("POST" if typed else "GET", path, body=typed, headers={"Cookie": cookie} | sent)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def _wait(port):
    for _ in range(150):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the web server did not start")


if __name__ == "__main__":
    sys.exit(main())
