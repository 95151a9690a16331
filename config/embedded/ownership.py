"""Whose data the state folder holds: this checkout's, or that of an earlier one that stood at the same path.

Root's state is named by the checkout's path and outlives the checkout. A token in both says whether they belong together; a
new clone at an old path starts empty, and what was there is put aside rather than migrated by guess or thrown away.
"""

import secrets
import shutil

from config.embedded import places


def _make(folder, mode):
    """Make a folder with exactly this mode, whatever the umask; leave one that exists alone."""
    if not folder.is_dir():
        folder.mkdir()
        folder.chmod(mode)


def _is_shared_place():
    return places.state_folder().parent == places.ROOT_STATE


def _make_state():
    state = places.state_folder()
    if _is_shared_place():
        _make(places.ROOT_STATE, 0o755)
    else:
        state.parent.mkdir(parents=True, exist_ok=True)
    # Root's state is passed through by the service account, on the way to folders of its own.
    _make(state, 0o711 if places.is_root() else 0o700)
    return state


def lock_file():
    """The file whose lock keeps two processes from starting the same services."""
    state = _make_state()
    return state.with_name(state.name + ".lock") if _is_shared_place() else state / "lock"


def _read(path):
    return path.read_text().strip() if path.is_file() else ""


def claim_state(stop, say):
    """Make the state folder this checkout's own, putting aside what an earlier checkout left. Call with the lock held."""
    state = _make_state()
    if not _is_shared_place():
        return
    here, there = places.CHECKOUT / ".waymark" / "token", state / "token"
    if _read(there) and _read(here) != _read(there):
        stop()
        aside = state.with_name(state.name + ".previous")
        say(f"Another checkout stood here before; its data is now in {aside}.")
        shutil.rmtree(aside, ignore_errors=True)
        state.rename(aside)
        _make_state()
    if not _read(there):
        token = _read(here) or secrets.token_hex(16)
        here.parent.mkdir(exist_ok=True)
        here.write_text(token + "\n")
        there.write_text(token + "\n")
