"""The embedded services: where they live, whom they belong to, and that they survive being killed."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from config.embedded import Trouble, binaries, connection_urls, ownership, places, postgres, servers

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture
def bare(monkeypatch):
    """An environment that names nothing."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "WAYMARK_STATE", "WAYMARK_EMBEDDED", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def short_folder():
    """A folder that the service account may pass through; pytest's own are closed and long."""
    with tempfile.TemporaryDirectory(prefix="wm", dir="/tmp") as name:
        os.chmod(name, 0o711)
        yield Path(name)


def test_an_ordinary_users_services_live_in_the_checkout(bare):
    bare.setattr(places, "is_root", lambda: False)
    assert places.state_folder(Path("/srv/waymark")) == Path("/srv/waymark/.waymark")
    assert places.socket_folder(Path("/srv/waymark")) == Path("/srv/waymark/.waymark/run")


def test_roots_services_live_outside_the_checkout_and_each_checkout_has_its_own(bare):
    bare.setattr(places, "is_root", lambda: True)
    one, other = places.state_folder(Path("/root/one")), places.state_folder(Path("/root/other"))
    assert one != other
    assert one.parent == other.parent == Path("/var/lib/waymark")


@pytest.mark.parametrize("length", range(60, 120))
def test_a_socket_path_is_never_longer_than_the_system_allows(bare, length):
    bare.setattr(places, "is_root", lambda: False)
    checkout = Path("/" + "w" * (length - 1))
    folder = places.socket_folder(checkout)
    assert all(len(os.fsencode(folder / name)) <= places.LONGEST_SOCKET_PATH for name in (".s.PGSQL.5432.lock", "valkey.sock"))
    if folder != checkout / ".waymark" / "run":
        assert len(os.fsencode(checkout / ".waymark" / "run" / ".s.PGSQL.5432.lock")) > places.LONGEST_SOCKET_PATH


def test_two_long_checkouts_do_not_share_a_short_folder(bare):
    bare.setattr(places, "is_root", lambda: False)
    assert places.socket_folder(Path("/" + "w" * 120 + "a")) != places.socket_folder(Path("/" + "w" * 120 + "b"))


def test_a_path_counts_in_bytes_not_letters(bare):
    bare.setattr(places, "is_root", lambda: False)
    checkout = Path("/" + "\N{LATIN SMALL LETTER E WITH ACUTE}" * 70)
    assert places.socket_folder(checkout) != checkout / ".waymark" / "run"


def test_the_environment_wins_over_the_embedded_services(bare):
    bare.setenv("DATABASE_URL", "postgresql://app@db/waymark")
    bare.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/waymark")
    bare.setenv("REDIS_URL", "redis://cache/0")
    assert connection_urls() == places.ConnectionUrls(
        "postgresql://app@db/waymark", "postgresql://owner@db/waymark", "redis://cache/0"
    )


def test_the_application_and_the_owner_are_two_roles_of_one_database(bare):
    urls = connection_urls()
    assert "waymark_app@" in urls.database_url and "waymark_owner@" in urls.owner_url
    assert urls.database_url.partition("@")[2] == urls.owner_url.partition("@")[2]
    assert urls.redis_url.startswith("unix:///")


def test_switched_off_it_says_what_to_set(bare):
    bare.setenv("WAYMARK_EMBEDDED", "0")
    with pytest.raises(Trouble, match="DATABASE_URL and REDIS_URL must both be set"):
        connection_urls()


def test_root_is_refused_an_account_that_is_root_or_does_not_exist(bare):
    bare.setattr(places, "is_root", lambda: True)
    for name, said in (("root", "must name an ordinary account"), ("no-such-account", "There is no account 'no-such-account'")):
        bare.setenv("WAYMARK_SERVICE_ACCOUNT", name)
        with pytest.raises(Trouble, match=said):
            places.service_account()


def test_without_any_binaries_it_says_what_to_type(bare):
    bare.setattr(binaries, "_package_folder", lambda name: None)
    bare.setattr(binaries, "_system_postgres", lambda: None)
    bare.setattr(binaries.shutil, "which", lambda name: None)
    for find in (binaries.find_postgres, binaries.find_valkey):
        with pytest.raises(Trouble, match="Type: "):
            find()


def test_a_pid_that_belongs_to_another_program_now_is_stale(tmp_path):
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n/somewhere\n")
    assert servers.running_pid(pid_file, str(tmp_path / "no-such-data")) is None
    for nonsense in ("", "not a number", "-1"):
        pid_file.write_text(nonsense)
        assert servers.running_pid(pid_file, "") is None


def test_a_socket_folder_that_somebody_else_made_is_refused(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(Trouble, match="belongs to somebody else"):
        servers.make_private(tmp_path / "link")


def test_a_new_clone_at_an_old_path_does_not_take_over_the_old_data(bare, tmp_path):
    said = []
    bare.setattr(places, "is_root", lambda: True)
    bare.setattr(places, "ROOT_STATE", tmp_path / "waymark")
    bare.setattr(places, "CHECKOUT", tmp_path / "checkout")
    bare.setattr(places, "state_folder", lambda: tmp_path / "waymark" / "abc")
    (tmp_path / "checkout").mkdir()
    ownership.claim_state(lambda: None, said.append)
    (tmp_path / "waymark" / "abc" / "precious").touch()
    ownership.claim_state(lambda: None, said.append)
    assert (tmp_path / "waymark" / "abc" / "precious").exists() and not said
    (tmp_path / "checkout" / ".waymark" / "token").unlink()  # the checkout was removed and cloned again
    ownership.claim_state(lambda: None, said.append)
    assert not (tmp_path / "waymark" / "abc" / "precious").exists()
    assert (tmp_path / "waymark" / "abc.previous" / "precious").exists() and len(said) == 1


def _embedded(environment, *words, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "config.embedded", *words],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_cluster_is_made_once_recovers_from_being_killed_and_keeps_its_data(bare, short_folder):
    bare.setenv("WAYMARK_STATE", str(short_folder / "state"))
    environment, urls = dict(os.environ), connection_urls()
    try:
        assert "Making a PostgreSQL" in _embedded(environment, "up")
        assert _embedded(environment, "up") == ""
        with psycopg.connect(urls.owner_url, autocommit=True) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 1 AS n")
            version, roles, extensions, locale = owner.execute(
                "SELECT current_setting('server_version_num')::int / 10000,"
                " (SELECT jsonb_object_agg(rolname, rolsuper) FROM pg_roles WHERE rolname IN ('waymark_owner', 'waymark_app')),"
                " (SELECT array_agg(extname::text) FROM pg_extension),"
                " (SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database())"
            ).fetchone()
        assert version == 18
        assert roles == {"waymark_owner": False, "waymark_app": False}
        assert set(extensions) >= {"pg_trgm", "btree_gist", "fuzzystrmatch", "citext", "unaccent"}
        assert locale == "bC.UTF-8"
        with psycopg.connect(urls.database_url) as app:
            # A name in any alphabet is found in a wrong spelling, and in either case.
            alike = "SELECT similarity('Жанна', 'жана'), similarity('Ελένη', 'ελενη'), lower('ŁUCJA ΌΛΓΑ Жанна'), similarity('Anna', 'Zoë')"
            russian, greek, lowered, different = app.execute(alike).fetchone()
            assert russian > 0.4 and greek > 0.2 and different == 0
            assert lowered == "łucja όλγα жанна"
        with psycopg.connect(urls.database_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (n int)")

        data = short_folder / "state" / "postgres-18"
        os.kill(servers.running_pid(data / "postmaster.pid", str(data)), signal.SIGKILL)
        valkey = short_folder / "state" / "valkey" / "valkey.pid"
        os.kill(servers.running_pid(valkey, str(short_folder)), signal.SIGKILL)
        # Its old number has been given to a program of ours, which PostgreSQL by itself would take for itself.
        lines = (data / "postmaster.pid").read_text().splitlines()
        (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        assert "stopped" in _embedded(environment, "status", code=3)
        assert "Making" not in _embedded(environment, "up")
        with psycopg.connect(urls.database_url, autocommit=True) as app:
            assert app.execute("SELECT to_regclass('kept') IS NOT NULL").fetchone() == (True,)

        assert "waymark_app" in _embedded(environment, "run", "--", "sh", "-c", "echo $DATABASE_URL")
        assert _embedded(environment, "run", "--", "sh", "-c", "exit 7", code=7) == ""
    finally:
        _embedded(environment, "down")
    assert "PostgreSQL: stopped" in _embedded(environment, "status", code=3)
    assert "Nothing was running" in _embedded(environment, "down")


@pytest.fixture
def made_with(short_folder):
    """Makes a cluster with an initdb that knows these locales only: what it was asked for, and whether files came of it."""

    def made(*known, fails_with=""):
        folder = short_folder / "bin"
        folder.mkdir()
        initdb = folder / "initdb"
        initdb.write_text(
            "#!/bin/sh\n"
            f'echo "$*" >> {short_folder}/asked\n'
            f"[ -z '{fails_with}' ] || {{ echo '{fails_with}' >&2; exit 1; }}\n"
            f"for known in {' '.join(known)}; do case \"$*\" in *--lc-ctype=$known) echo 18 > \"$2/PG_VERSION\"; exit 0;; esac; done\n"
            'echo \'initdb: error: invalid locale name\' >&2; exit 1\n'
        )
        initdb.chmod(0o755)
        postgres._make_cluster(binaries.Postgres(folder, 18), short_folder / "data", None)
        return [line.partition("--lc-ctype=")[2] for line in (short_folder / "asked").read_text().splitlines()]

    return made


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (["C.UTF-8", "C"], ["C.UTF-8"]),
        (["en_US.UTF-8", "C"], ["C.UTF-8", "en_GB.UTF-8", "en_US.UTF-8"]),
        (["C"], ["C.UTF-8", "en_GB.UTF-8", "en_US.UTF-8", "UTF-8", "C"]),
    ],
)
def test_letters_are_what_the_machine_knows_of_them(made_with, short_folder, known, asked):
    assert made_with(*known) == asked
    assert (short_folder / "data" / "PG_VERSION").is_file() and not (short_folder / "data.unfinished").exists()


def test_another_failure_of_initdb_is_said_at_once(made_with, short_folder):
    with pytest.raises(Trouble, match="No space left"):
        made_with("C", fails_with="No space left on device")
    assert len((short_folder / "asked").read_text().splitlines()) == 1 and not (short_folder / "data").exists()


def test_a_cluster_that_was_made_before_goes_on_as_it_is(bare, short_folder):
    """Its letters are those of C for ever: it starts, keeps its data and takes new databases."""
    bare.setenv("WAYMARK_STATE", str(short_folder / "state"))
    environment, urls = dict(os.environ), connection_urls()
    made_so = "import sys; from config.embedded import __main__ as commands, postgres; postgres.LETTERS = ('C',); sys.exit(commands.main(['up']))"
    try:
        subprocess.run([sys.executable, "-c", made_so], cwd=CHECKOUT, env=environment, check=True, capture_output=True)
        with psycopg.connect(urls.owner_url, autocommit=True) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 'Жанна' AS name")
        _embedded(environment, "down")
        assert "Making" not in _embedded(environment, "up")
        with psycopg.connect(urls.owner_url, autocommit=True) as owner:
            asked = "SELECT lower(name), similarity(name, 'жана'), (SELECT datctype FROM pg_database WHERE datname = current_database()) FROM kept"
            assert owner.execute(asked).fetchone() == ("жанна", 0, "C")  # trigrams know no Cyrillic here, as before
            owner.execute("CREATE DATABASE another")
    finally:
        _embedded(environment, "down")


def test_a_state_folder_that_cannot_be_used_is_said_with_what_to_type(bare, short_folder):
    bare.setenv("WAYMARK_STATE", str(short_folder / "state"))
    # Root may write there, but the account that it hands the services to may not pass; anybody else may not even write.
    short_folder.chmod(0o700 if os.geteuid() == 0 else 0o500)
    said = _embedded(dict(os.environ), "up", code=1)
    short_folder.chmod(0o700)
    assert "cannot enter" in said if os.geteuid() == 0 else "cannot be used by" in said
    assert "Type: WAYMARK_STATE=" in said.splitlines()[-1]
