"""What every test stands on: the services, a database made by its owner and used as the application, a cache of one's own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import database

pytest_plugins = ["tests.browser", "tests.personas"]

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
# Keys of one test run are never those of another run, worker or demonstration; processes that a test starts inherit it.
PREFIX = "-".join(part for part in (os.environ.get("WAYMARK_TEST_DB", "test_waymark"), WORKER) if part)
os.environ["WAYMARK_CACHE_PREFIX"] = PREFIX
# So are its files: in a folder of their own that goes with the run.
FILES = tempfile.TemporaryDirectory(prefix="waymark-files-")
os.environ["WAYMARK_FILES_FOLDER"] = FILES.name


def pytest_configure(config):
    """Settings were read before this file: the prefix still has to reach them. A slow machine is no counterexample."""
    from django.conf import settings
    from hypothesis import HealthCheck
    from hypothesis import settings as hypothesis_settings

    hypothesis_settings.register_profile("waymark", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    hypothesis_settings.load_profile("waymark")

    settings.CACHES["default"]["KEY_PREFIX"] = PREFIX
    settings.FILES_FOLDER = Path(FILES.name)
    settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{PREFIX}:celery:"


def pytest_sessionstart(session):
    """Start the embedded services where the environment names none, once for all workers."""
    if not WORKER and not session.config.option.collectonly:
        up = subprocess.run([sys.executable, "-m", "config.embedded", "up"], cwd=Path(__file__).parent.parent, check=False)
        if up.returncode:
            pytest.exit("The services that the tests need did not start (see above).", returncode=up.returncode)


@pytest.fixture(scope="session")
def django_db_setup(
    request,
    django_test_environment,
    django_db_blocker,
    django_db_use_migrations,
    django_db_keepdb,
    django_db_createdb,
    django_db_modify_db_settings,
):
    """Make and migrate the test database as its owner, then hand the connection to the application's role for every test."""
    from django.db import connection, transaction
    from django.test import TransactionTestCase
    from django.test.utils import setup_databases, teardown_databases

    from config.database_roles import become_owner, grant_application_role

    assert django_db_use_migrations, "The triggers and grants are made by migrations: do not pass --nomigrations."
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        give_back = become_owner(connection)
        made = setup_databases(
            verbosity=verbosity, interactive=False, keepdb=django_db_keepdb and not django_db_createdb, serialized_aliases=set()
        )
        with transaction.atomic(), connection.cursor() as cursor:
            grant_application_role(connection)
            database.remember_seed(cursor)
            # A test database that a power cut damages is made again; waiting for the disk would buy nothing.
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        give_back()

    def empty_as_owner(test_case):
        with _owner(connection) as owner, owner.transaction(), owner.cursor() as cursor:
            database.empty(cursor)

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", empty_as_owner)
    yield
    patch.undo()
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            give_back = become_owner(connection)
            teardown_databases(made, verbosity=verbosity)
            give_back()


def _owner(connection):
    from django.conf import settings

    return psycopg.connect(settings.DATABASE_OWNER_URL, dbname=connection.settings_dict["NAME"], autocommit=True)


@pytest.fixture
def owner_connection(db):
    """A psycopg connection to the test database as the owner of its tables; it sees what is committed, so use transactional tests."""
    from django.db import connection

    with _owner(connection) as owner:
        yield owner


@pytest.fixture
def service_environment(transactional_db):
    """The environment in which a real worker, beat or web server started by a test works on the test's own database and queue."""
    from django.conf import settings
    from django.db import connection

    def named(url):
        parts = urlsplit(url)
        return parts._replace(path="/" + connection.settings_dict["NAME"]).geturl()

    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": named(settings.DATABASE_URL),
        "DATABASE_OWNER_URL": named(settings.DATABASE_OWNER_URL),
        "REDIS_URL": settings.REDIS_URL,
        "WAYMARK_CACHE_PREFIX": PREFIX,
    }


@pytest.fixture(scope="session")
def _valkey():
    import redis
    from django.conf import settings

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture(autouse=True)
def _empty_cache(_valkey):
    """No session, rate limit or queued task outlives the test that made it."""
    yield
    keys = list(_valkey.scan_iter(match=f"{PREFIX}:*", count=1000))
    if keys:
        _valkey.delete(*keys)
