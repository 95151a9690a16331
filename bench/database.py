"""A database of its own for each scale: made once, kept until what it is made from changes."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent


def environment(scale):
    """The environment in which Waymark runs on the bench database of a scale."""
    name = f"waymark_bench_{scale}"

    def named(url):
        return urlsplit(url)._replace(path=f"/{name}").geturl()

    from config.embedded import connection_urls

    urls = connection_urls()
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "WAYMARK_MODE": "demo",
        "DATABASE_URL": named(urls.database_url),
        "DATABASE_OWNER_URL": named(urls.owner_url),
        "REDIS_URL": urls.redis_url,
        "WAYMARK_CACHE_PREFIX": f"bench-{scale}",
        "SCALE": scale,
        "WAYMARK_OWNER_HOME": urls.owner_url,
    }


def fingerprint():
    """Changes when a migration or the generator does: then the data is made again."""
    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("bench/world*.py"), ROOT / "cases" / "rules" / "spelling.py", ROOT / "bench" / "__init__.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def prepare(scale, say):
    """Make the database of a scale unless it stands already; returns the environment that points at it."""
    chosen = environment(scale)
    name = f"waymark_bench_{scale}"
    with psycopg.connect(chosen["WAYMARK_OWNER_HOME"], autocommit=True) as owner:
        exists = owner.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]).fetchone()
        if exists and exists[0] == fingerprint():
            return chosen
        say(f"Making the {scale} database ...")
        owner.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        owner.execute(f'CREATE DATABASE "{name}"')
        subprocess.run([sys.executable, "manage.py", "prepare_database", "--verbosity", "0"], cwd=ROOT, env=chosen, check=True)
        subprocess.run([sys.executable, "-m", "bench.world"], cwd=ROOT, env=chosen, check=True)
        owner.execute(f"COMMENT ON DATABASE \"{name}\" IS '{fingerprint()}'")
    return chosen
