"""The embedded PostgreSQL cluster: made once, started, its two roles (owner and application) and its database, stopped."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager

import psycopg
from psycopg import sql

from config.embedded import binaries, servers
from config.embedded.places import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    PORT,
    SUPER_ROLE,
    Trouble,
    service_account,
    socket_folder,
    state_folder,
)

EXTENSIONS = ("pg_trgm", "btree_gist", "fuzzystrmatch", "citext", "unaccent")
# What is a letter, and so part of a trigram, PostgreSQL asks of the machine: the first of these that it knows. In C only English has letters.
LETTERS = ("C.UTF-8", "en_GB.UTF-8", "en_US.UTF-8", "UTF-8", "C")
PATIENCE = 90.0  # seconds; a killed server first replays its log
TUNING = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


def _data(postgres):
    return state_folder() / f"postgres-{postgres.major}"


def _log():
    return state_folder() / "postgres.log"


@contextmanager
def _superuser(database="postgres", timeout=2):
    with psycopg.connect(
        host=str(socket_folder()), port=PORT, user=SUPER_ROLE, dbname=database, connect_timeout=timeout, autocommit=True
    ) as connection:
        yield connection


def is_running():
    """Whether our PostgreSQL answers."""
    try:
        with _superuser():
            return True
    except psycopg.OperationalError:
        return False


def _make_cluster(postgres, data, account):
    """Run initdb beside the place and move the result in when it is whole, so that an interrupted one is never used."""
    unfinished = data.with_name(data.name + ".unfinished")
    for letters in LETTERS:
        shutil.rmtree(unfinished, ignore_errors=True)
        servers.make_private(unfinished, account)
        made = _initdb(postgres, unfinished, account, letters)
        if not made.returncode or "invalid locale name" not in made.stderr:
            break
    if made.returncode:
        raise Trouble(f"PostgreSQL could not make its files in {unfinished}:\n{made.stderr.strip() or made.stdout.strip()}")
    unfinished.rename(data)


def _initdb(postgres, folder, account, letters):
    command = [
        postgres.bin / "initdb",
        "-D",
        folder,
        "-U",
        SUPER_ROLE,
        "--auth=trust",
        "--encoding=UTF8",
        "--no-instructions",
    ]
    # The builtin provider sorts alike on every machine; before version 17 there was none.
    if postgres.major >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return subprocess.run(
        [*(str(part) for part in command), "--locale=C", f"--lc-ctype={letters}"],
        cwd=folder,
        env=servers.environment(),
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,
        **servers.as_account(account),
    )


def _clear_stale_files(data, folder):
    """Remove what a killed server left behind. PostgreSQL itself refuses to start when another process now has the old number."""
    for stale in (data / "postmaster.pid", folder / f".s.PGSQL.{PORT}.lock", folder / f".s.PGSQL.{PORT}"):
        stale.unlink(missing_ok=True)


def _wait_until_ready(launch):
    process, until = launch(), time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if is_running():
            process.returncode = 0  # it is meant to outlive us: tell Python not to wait for it
            return
        if process.poll() is not None:
            if "shared memory block" not in servers.last_words(_log(), 3):
                raise Trouble(f"PostgreSQL did not start. The end of {_log()}:\n{servers.last_words(_log())}")
            time.sleep(1)  # the children of a killed server are still leaving
            process = launch()
        time.sleep(0.05)
    process.returncode = 0
    raise Trouble(f"PostgreSQL did not answer within {PATIENCE:.0f} seconds. The end of {_log()}:\n{servers.last_words(_log())}")


def up(say=print):
    """Make sure that PostgreSQL runs with its roles and its database. Returns whether this call started it."""
    if is_running():
        _prepare()
        return False
    account = service_account()
    postgres = binaries.find_postgres()
    if account:
        postgres = binaries.reachable_postgres(postgres, state_folder())
    data, folder = _data(postgres), servers.make_private(socket_folder(), account)
    if not (data / "PG_VERSION").is_file():
        say(f"Making a PostgreSQL {postgres.major} cluster in {data} ...")
        shutil.rmtree(data, ignore_errors=True)
        _make_cluster(postgres, data, account)
    say(f"Starting PostgreSQL {postgres.major} ...")
    if servers.running_pid(data / "postmaster.pid", str(data)) is None:
        _clear_stale_files(data, folder)
    settings = dict(TUNING)
    if _shared_memory_is_small():
        settings["dynamic_shared_memory_type"] = "mmap"
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [postgres.bin / "postgres", "-D", data, "-k", folder, *options]
    _wait_until_ready(lambda: servers.start(command, log=_log(), folder=data, account=account))
    _prepare()
    return True


def _shared_memory_is_small():
    """Containers often give /dev/shm 64 MB, which parallel queries outgrow."""
    try:
        found = os.statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return False
    return found.f_blocks * found.f_frsize < 256_000_000


def _prepare():
    """Roles, extensions and database; the database is made last, so that its presence says that all is there."""
    with _superuser(timeout=10) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            return
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        if OWNER_ROLE not in roles:  # CREATEDB: tests make databases of their own
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB NOSUPERUSER").format(sql.Identifier(OWNER_ROLE)))
        if APP_ROLE not in roles:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER").format(sql.Identifier(APP_ROLE)))
        # Lets the owner empty a test database, append-only tables and all, without altering each table.
        connection.execute(sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(sql.Identifier(OWNER_ROLE)))
        with _superuser("template1", timeout=10) as template:
            for extension in EXTENSIONS:
                template.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)))


def others_connected():
    """How many other clients are connected right now."""
    with _superuser() as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return found[0]


def down(say=print):
    """Stop PostgreSQL after its transactions are rolled back and its files are written. Returns whether it ran."""
    stopped = False
    for data in state_folder().glob("postgres-*"):
        pid = servers.running_pid(data / "postmaster.pid", str(data))
        if pid:
            say("Stopping PostgreSQL ...")
            servers.stop(pid, str(data), sign=signal.SIGINT)
            stopped = True
    return stopped
