"""The supervisor of the demonstration: what it starts, that it says where the page is, and that it leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import demo
from config.embedded import Trouble

CHECKOUT = Path(__file__).parent.parent.parent
# Stands in for a web server, a worker or a beat: answers every request, or only sleeps.
ANSWERING = "import http.server, sys; http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()"
SLEEPING = "import time; print('awake', flush=True); time.sleep(600)"


@pytest.fixture
def port():
    """A free port."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


@pytest.fixture
def lightly(monkeypatch):
    """The supervisor without its services and its data: those have tests of their own."""
    monkeypatch.setattr(demo, "up", lambda: False)
    monkeypatch.setattr(demo, "_manage", lambda *_: None)

    def run(web, worker):
        monkeypatch.setattr(demo, "commands", lambda address, port, folder: {"web": [*web, str(port)], "worker": worker})

    return run


def test_web_worker_and_beat_are_this_checkouts_own(tmp_path):
    commands = demo.commands("127.0.0.1", 8000, tmp_path)
    assert commands.keys() == {"web", "worker", "beat"}
    assert all(Path(command[0]).parent == Path(sys.executable).parent and os.access(command[0], os.X_OK) for command in commands.values())
    assert "127.0.0.1:8000" in commands["web"]
    assert "[::1]:8000" in demo.commands("::1", 8000, tmp_path)["web"]


def test_a_taken_port_is_said_before_anything_is_started(lightly, port, monkeypatch):
    monkeypatch.setattr(demo, "up", lambda: pytest.fail("started the services"))
    with socket.socket() as line:
        line.bind(("127.0.0.1", port))
        line.listen()
        with pytest.raises(Trouble, match=f"Port {port} is taken. Type: make demo PORT={port + 1}"):
            demo.serve("127.0.0.1", port)


@pytest.mark.parametrize("given", ["0", "70000", "eighty", "-1"])
def test_a_port_that_is_none_is_refused(given):
    done = subprocess.run(
        [sys.executable, "-m", "config.demo"], cwd=CHECKOUT, env=os.environ | {"PORT": given}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "PORT must be a number from 1 to 65535. Type: make demo PORT=8000"


def test_when_one_process_ends_the_others_are_stopped_and_it_is_said(lightly, port, capfd):
    lightly([sys.executable, "-c", ANSWERING], [sys.executable, "-c", "print('no queue'); raise SystemExit(3)"])
    with pytest.raises(Trouble, match="The worker process ended by itself"):
        demo.serve("127.0.0.1", port)
    assert "worker | no queue" in capfd.readouterr().out
    with socket.socket() as line:
        assert line.connect_ex(("127.0.0.1", port)) != 0


LIGHTLY = (
    "import signal, subprocess, sys; from config import demo; demo.up = lambda: False; demo._manage = lambda *_: None\n"
    f"demo.commands = lambda a, p, f: {{'web': [sys.executable, '-c', {ANSWERING!r}, str(p)], 'worker': [sys.executable, '-c', {SLEEPING!r}]}}\n"
)
# Ctrl-C at the worst moment: while the supervisor asks whether a process still runs, and holds the lock that this takes.
IN_THE_MIDST_OF_A_POLL = """
poll = subprocess.Popen.poll
def polled(process, heard=[]):
    if not heard and threading.active_count() > 2:
        heard.append(True)
        process._waitpid_lock.acquire()
        signal.raise_signal(signal.SIGINT)
        process._waitpid_lock.release()
    return poll(process)
subprocess.Popen.poll = polled
import threading
"""


@pytest.fixture
def supervise(port):
    """Starts the supervisor as a process of its own, and leaves none behind whatever the test finds."""
    started = []

    def start(script):
        started.append(
            subprocess.Popen(
                [sys.executable, "-u", "-c", script + "sys.exit(demo.main())"],
                cwd=CHECKOUT,
                env=os.environ | {"PORT": str(port)},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _children(supervisor):
    return Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text().split() if Path("/proc/self").exists() else []


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_however_it_is_asked_to_stop_it_stops_everything(supervise, port, asked):
    supervisor = supervise(LIGHTLY)
    said = ""
    for line in supervisor.stdout:
        said += line
        if "Waymark is at" in line:
            break
    assert f"http://127.0.0.1:{port}/" in said
    children = _children(supervisor)
    time.sleep(0.2)
    supervisor.send_signal(asked)
    rest, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0, rest
    assert "Stopping ..." in rest
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    with socket.socket() as line:
        assert line.connect_ex(("127.0.0.1", port)) != 0


def test_asked_at_the_worst_moment_it_stops_all_the_same(supervise, port):
    supervisor = supervise(LIGHTLY + IN_THE_MIDST_OF_A_POLL)
    said, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0, said
    assert "Stopping ..." in said
    with socket.socket() as line:
        assert line.connect_ex(("127.0.0.1", port)) != 0
