"""`python -m config.embedded up|down|status|env|run -- COMMAND`: the embedded services by hand."""

import argparse
import fcntl
import os
import pwd
import shlex
import subprocess
import sys
from contextlib import contextmanager

from config.embedded import ownership, places, postgres, valkey
from config.embedded.places import Trouble, connection_urls


def _say(line):
    print(line, file=sys.stderr, flush=True)


@contextmanager
def _one_at_a_time():
    """Only one process of a checkout starts or stops its services at a time; the others wait and find them done."""
    try:
        with ownership.lock_file().open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except PermissionError as refusal:
        raise Trouble(
            f"{refusal.filename or places.state_folder()} cannot be used by {pwd.getpwuid(os.geteuid()).pw_name}. "
            "Type: WAYMARK_STATE=<a folder of your own> and the same command again."
        ) from refusal


def up():
    """Start whatever is neither named by the environment nor running. Returns whether anything was started."""
    started = False
    if places.needs_database() or places.needs_valkey():
        connection_urls()  # says what is wrong before anything is started
        with _one_at_a_time():
            ownership.claim_state(_stop_all, _say)
            if places.needs_database():
                started |= postgres.up(_say)
            if places.needs_valkey():
                started |= valkey.up(_say)
    return started


def _stop_all():
    return any([valkey.down(_say), postgres.down(_say)])


def down():
    """Stop this checkout's services."""
    if places.state_folder().is_dir():
        with _one_at_a_time():
            if _stop_all():
                return
    _say("Nothing was running.")


def status():
    """Say what runs and where; the exit code is 0 when everything that is needed runs."""
    answers = []
    for name, needed, is_running in (
        ("PostgreSQL", places.needs_database(), postgres.is_running),
        ("Valkey", places.needs_valkey(), valkey.is_running),
    ):
        running = is_running() if needed else None
        answers.append(running is not False)
        print(f"{name}: {'named by the environment' if running is None else 'running' if running else 'stopped'}")
    print(f"Data: {places.state_folder()}")
    print(f"Sockets: {places.socket_folder()}")
    return 0 if all(answers) else 3


def variables():
    """The environment that reaches the services."""
    urls = connection_urls()
    return {"DATABASE_URL": urls.database_url, "DATABASE_OWNER_URL": urls.owner_url, "REDIS_URL": urls.redis_url}


def run(command, stop):
    """Run a command with the services up; afterwards stop them if we started them and nobody else is connected."""
    started = up()
    try:
        return subprocess.run(command, env=os.environ | variables(), check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        if stop and started and places.needs_database() and postgres.others_connected() == 0:
            down()


def main(arguments=None):
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m config.embedded", description="The embedded PostgreSQL and Valkey of this checkout."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start what is not running")
    commands.add_parser("down", help="stop both")
    commands.add_parser("status", help="say what runs and where")
    commands.add_parser("env", help="print the variables that reach them, for a shell")
    runner = commands.add_parser("run", help="run a command with both up")
    runner.add_argument("--stop", action="store_true", help="afterwards stop what this started")
    runner.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    given = parser.parse_args(arguments)
    try:
        if given.command == "up":
            up()
        elif given.command == "down":
            down()
        elif given.command == "status":
            return status()
        elif given.command == "env":
            for name, value in variables().items():
                print(f"export {name}={shlex.quote(value)}")
        else:
            words = given.words[1:] if given.words[:1] == ["--"] else given.words
            if not words:
                parser.error("run needs a command")
            return run(words, given.stop)
    except Trouble as trouble:
        _say(str(trouble))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
