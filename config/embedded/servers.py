"""Starting and stopping one embedded server: folders with the right owner, a detached process, pid files that may be stale."""

import os
import signal
import stat
import subprocess
import time
from pathlib import Path

from config.embedded.places import Trouble

LOG_LIMIT = 10_000_000


def make_private(folder, account=None):
    """Make a folder that only its account may enter, and refuse one that somebody else made in its place."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    wanted = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (wanted, os.geteuid()):
        raise Trouble(
            f"{folder} belongs to somebody else. Remove it, or type: WAYMARK_STATE=<another folder> and the same command again."
        )
    if account and found.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
    if account:
        reached = subprocess.run(["/usr/bin/test", "-x", str(folder)], cwd="/", check=False, **as_account(account))
        if reached.returncode:
            raise Trouble(
                f"The account {account.name!r}, which PostgreSQL runs as, cannot enter {folder}. "
                "Type: WAYMARK_STATE=<a folder that everybody may pass through> and the same command again."
            )
    return folder


def as_account(account):
    """Arguments for subprocess that make a command run as the service account."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def environment():
    """A clean environment for a server: no locale, library path or PG* variable of ours leaks into it."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def start(command, *, log, folder, account=None):
    """Start a server as a process of its own that outlives us; what it says goes to its log."""
    if log.is_file() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.old"))
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
            **as_account(account),
        )


def last_words(log, lines=5):
    """The end of a server's log, for a message."""
    try:
        return "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "    (it left no log)"


def command_line(pid):
    """What a process was started as, or an empty string when there is none (a zombie has none either)."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return ""
    except (PermissionError, ProcessLookupError):
        return ""
    answer = subprocess.run(["ps", "-ww", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def running_pid(pid_file, needle):
    """The pid in the file if that process lives and was started with `needle`; None for a stale file, whoever has the number now."""
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if pid > 0 and needle in command_line(pid) else None


def stop(pid, needle, *, sign=signal.SIGTERM, patience=30.0):
    """Ask a server to stop and wait until it has; kill it when it will not."""
    for each, seconds in ((sign, patience), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, each)
        except ProcessLookupError:
            return
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if needle not in command_line(pid):
                return
            time.sleep(0.05)
