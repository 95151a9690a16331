"""The embedded Valkey: started on a unix socket, its contents written to disk on the way out, stopped."""

import socket
import time

from config.embedded import binaries, servers
from config.embedded.places import Trouble, service_account, socket_folder, state_folder

PATIENCE = 30.0


def _socket():
    return socket_folder() / "valkey.sock"


def _log():
    return state_folder() / "valkey.log"


def _pid_file():
    return state_folder() / "valkey" / "valkey.pid"


def is_running():
    """Whether our Valkey answers (it answers with an error while it still loads its data, which is not yet)."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(_socket()))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def up(say=print):
    """Make sure that Valkey runs. Returns whether this call started it."""
    if is_running():
        return False
    account = service_account()
    binary = binaries.find_valkey()
    if account:
        binary = binaries.reachable_valkey(binary, state_folder())
    data = servers.make_private(state_folder() / "valkey", account)
    servers.make_private(socket_folder(), account)
    if servers.running_pid(_pid_file(), str(binary)) is None:
        _pid_file().unlink(missing_ok=True)
        _socket().unlink(missing_ok=True)
    say("Starting Valkey ...")
    command = [
        *(binary, "--port", "0", "--unixsocket", _socket(), "--unixsocketperm", "700"),
        *("--dir", data, "--dbfilename", "waymark.rdb", "--save", "60 1", "--appendonly", "no"),
        *("--pidfile", _pid_file(), "--daemonize", "no", "--set-proc-title", "no", "--databases", "64"),
    ]
    process = servers.start(command, log=_log(), folder=data, account=account)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if is_running():
            process.returncode = 0  # it is meant to outlive us
            return True
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise Trouble(f"Valkey did not start. The end of {_log()}:\n{servers.last_words(_log())}")


def down(say=print):
    """Stop Valkey after it has written its data. Returns whether it ran."""
    needle = str(_socket())
    pid = servers.running_pid(_pid_file(), needle)
    if not pid:
        return False
    say("Stopping Valkey ...")
    servers.stop(pid, needle)
    return True
