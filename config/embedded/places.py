"""Where this checkout keeps its services: state folder, socket folder, the account they run as, the URLs that reach them.

Each checkout has services of its own, named by the path of the checkout, so that two checkouts never share a database.
Everything is reached over unix sockets in a folder that one account may enter; that folder is the password.
"""

import hashlib
import os
import pwd
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DATABASE, APP_ROLE, OWNER_ROLE, SUPER_ROLE = "waymark", "waymark_app", "waymark_owner", "waymark_super"
ROOT_STATE = Path("/var/lib/waymark")
PORT = 5432  # no TCP port is opened: it only names the socket file
LONGEST_SOCKET_PATH = 107  # bytes, without the closing zero; Linux allows 107, macOS 103
if os.uname().sysname == "Darwin":
    LONGEST_SOCKET_PATH = 103


class Trouble(Exception):
    """Something that the person at the keyboard has to put right; the message says what to type."""


@dataclass(frozen=True)
class Account:
    """The unprivileged account that the services run as, because PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class ConnectionUrls:
    """How to reach the database (as the application and as the owner) and Valkey."""

    database_url: str
    owner_url: str
    redis_url: str


def is_root():
    """Whether this process is root."""
    return os.geteuid() == 0


def service_account():
    """The account for the services when we are root, else None (they run as ourselves)."""
    if not is_root():
        return None
    wanted = os.environ.get("WAYMARK_SERVICE_ACCOUNT", "nobody")
    try:
        entry = pwd.getpwnam(wanted)
    except KeyError:
        raise Trouble(
            f"There is no account {wanted!r} to run PostgreSQL as (it refuses to run as root). "
            "Type: WAYMARK_SERVICE_ACCOUNT=<an existing ordinary account> and the same command again."
        ) from None
    if entry.pw_uid == 0:
        raise Trouble("WAYMARK_SERVICE_ACCOUNT must name an ordinary account: PostgreSQL refuses to run as root.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _checkout_key(checkout):
    return hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]


def state_folder(checkout=CHECKOUT):
    """The folder that holds this checkout's data. Root's is outside the checkout, which other accounts may not be able to enter."""
    if os.environ.get("WAYMARK_STATE"):
        return Path(os.environ["WAYMARK_STATE"]).absolute()
    if is_root():
        return ROOT_STATE / _checkout_key(checkout)
    return Path(checkout) / ".waymark"


def _fits(folder):
    return all(len(os.fsencode(folder / name)) <= LONGEST_SOCKET_PATH for name in (f".s.PGSQL.{PORT}.lock", "valkey.sock"))


def socket_folder(checkout=CHECKOUT):
    """The folder of the sockets: beside the data where the path is short enough, else a short one of our own."""
    state = state_folder(checkout)
    if _fits(state / "run"):
        return state / "run"
    name = f"waymark-{os.geteuid()}-{_checkout_key(state)}"
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - made 0700 and checked by make_private
        if parent and os.path.isdir(parent) and _fits(Path(parent) / name):
            return Path(parent) / name
    raise Trouble(
        f"No folder is short enough for a unix socket ({state} is too long). Type: WAYMARK_STATE=<a short path> and the same command again."
    )


def _socket_url(role, folder):
    return f"postgresql://{role}@/{DATABASE}?host={quote(str(folder), safe='/')}&port={PORT}"


def is_allowed():
    """Whether the embedded services may be used at all (WAYMARK_EMBEDDED=0 says no)."""
    return os.environ.get("WAYMARK_EMBEDDED", "1").strip().lower() not in ("0", "false", "no", "off")


def needs_database():
    """Whether the environment names no database, so that ours is used."""
    return not os.environ.get("DATABASE_URL")


def needs_valkey():
    """Whether the environment names no Redis or Valkey, so that ours is used."""
    return not os.environ.get("REDIS_URL")


def connection_urls(checkout=CHECKOUT):
    """How to reach the services: the environment's where it names them, else this checkout's own. Starts nothing."""
    if (needs_database() or needs_valkey()) and not is_allowed():
        raise Trouble("WAYMARK_EMBEDDED is off, so DATABASE_URL and REDIS_URL must both be set.")
    database_url = os.environ.get("DATABASE_URL", "")
    owner_url = os.environ.get("DATABASE_OWNER_URL", "") or database_url
    redis_url = os.environ.get("REDIS_URL", "")
    if not database_url:
        folder = socket_folder(checkout)
        database_url, owner_url = _socket_url(APP_ROLE, folder), _socket_url(OWNER_ROLE, folder)
    if not redis_url:
        redis_url = f"unix://{quote(str(socket_folder(checkout)), safe='/')}/valkey.sock"
    return ConnectionUrls(database_url, owner_url, redis_url)
