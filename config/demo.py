"""`make demo`: prepares the invented partnership, then runs web, worker and beat together until Ctrl-C."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from config.embedded.__main__ import down, up, variables
from config.embedded.places import Trouble, needs_database
from config.embedded.postgres import others_connected

CHECKOUT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds until the page has to answer
A_TRY = 5  # seconds that one try for the page may take: for no longer may Ctrl-C wait
FAREWELL = 15  # seconds until a process that does not stop is killed
ASKED_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLOURS = {"web": 36, "worker": 35, "beat": 33}


def _programme(name):
    return str(Path(sys.executable).with_name(name))  # beside this Python: nothing on the PATH is trusted to be ours


def commands(address, port, pid_folder):
    """What runs, by name."""
    bind = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return {
        "web": [
            _programme("gunicorn"),
            "config.wsgi",
            "--bind",
            bind,
            "--workers",
            "2",
            "--timeout",
            "60",
            "--log-level",
            "warning",
        ],
        "worker": [_programme("celery"), "--quiet", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "warning"],
        "beat": [
            *(_programme("celery"), "--quiet", "-A", "config", "beat", "--loglevel", "warning"),
            *("--schedule", str(pid_folder / "beat-schedule"), "--pidfile", ""),
        ],
    }


def _say(line):
    print(line, flush=True)


def _manage(environment, *words):
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=CHECKOUT, env=environment, check=False)
    if done.returncode:
        raise Trouble(f"manage.py {words[0]} failed (see above).")


def _relay(name, stream):
    label = f"{name:>6} | "
    if sys.stdout.isatty():
        label = f"\033[{COLOURS[name]}m{label}\033[0m"
    with stream:
        for line in stream:
            _say(label + line.rstrip("\n"))


def _start(name, command, environment):
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # Ctrl-C reaches us alone, and we stop them in order
    )
    threading.Thread(target=_relay, args=(name, process.stdout), daemon=True).start()
    return process


def _answers(address, port):
    """Whether a page comes back: the port opens long before the first one can."""
    connection = http.client.HTTPConnection(address, port, timeout=A_TRY)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _port_is_free(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((address, port))
        except OSError:
            return False
    return True


def _stop(processes):
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + FAREWELL
    for process in processes.values():
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _watch(processes, address, port, asked):
    """Until one of them ends or we are `asked` to stop: says where the page is once it answers. Returns the name of the one that ended, if one did."""
    until, announced = time.monotonic() + PATIENCE, False
    while not asked.wait(0.2):
        for name, process in processes.items():
            if process.poll() is not None:
                return name
        if not announced and _answers(address, port):
            announced = True
            shown = f"[{address}]" if ":" in address else address
            _say(f"\nWaymark is at http://{shown}:{port}/   (Ctrl-C stops it; the data stays)\n")
        if not announced and time.monotonic() > until:
            raise Trouble(f"The page did not answer within {PATIENCE} seconds.")
    return None


def serve(address, port):
    """Prepare and run everything; the exit code."""
    if not _port_is_free(address, port):
        raise Trouble(f"Port {port} is taken. Type: make demo PORT={port + 1}")
    started = up()
    processes, asked = {}, threading.Event()
    before = {number: signal.getsignal(number) for number in ASKED_TO_STOP}
    try:
        environment = os.environ | variables() | {"WAYMARK_MODE": "demo", "PYTHONUNBUFFERED": "1"}
        environment.setdefault("PYTHONWARNINGS", "ignore:::celery.platforms")  # its page of warning about root; only the demonstration runs so
        _say("Preparing the database ...")
        _manage(environment, "prepare_database", "--verbosity", "1")
        _say("Loading the invented partnership ...")
        _manage(environment, "load_demo")
        _say("Starting web, worker and beat ...")
        run = CHECKOUT / ".waymark"
        run.mkdir(exist_ok=True)
        for number in ASKED_TO_STOP:  # noted from here on, never raised: in the midst of starting or polling it would leave a process or a lock behind
            signal.signal(number, lambda *_: asked.set())
        for name, command in commands(address, port, run).items():
            processes[name] = _start(name, command, environment)
        if ended := _watch(processes, address, port, asked):
            raise Trouble(f"The {ended} process ended by itself (see above), so the others are stopped too.")
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        _say("\nStopping ...")
        return 0
    finally:
        for number in ASKED_TO_STOP:  # asking twice would leave processes behind
            signal.signal(number, signal.SIG_IGN)
        _stop(processes)
        if started and needs_database() and others_connected() == 0:
            down()
        for number, handler in before.items():
            signal.signal(number, handler)


def main():
    """Reads PORT and ADDRESS from the environment."""
    # However we are asked to stop, and even where a shell started us with Ctrl-C switched off, it ends the same way.
    for asked in ASKED_TO_STOP:
        signal.signal(asked, signal.default_int_handler)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        port = int(os.environ.get("PORT") or 8000)
        if not 0 < port < 65536:
            raise ValueError
    except ValueError:
        print("PORT must be a number from 1 to 65535. Type: make demo PORT=8000", file=sys.stderr)
        return 1
    try:
        return serve(os.environ.get("ADDRESS") or "127.0.0.1", port)
    except Trouble as trouble:
        print(trouble, file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
