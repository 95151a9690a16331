"""The environment: reads each variable once, and refuses a bad value by name rather than guessing."""

import base64
import binascii
import hashlib
import os
from urllib.parse import unquote, urlsplit

_MISSING = object()


class BadEnvironment(Exception):
    """A variable is missing or holds something that cannot be used; the message says which and why."""


def text(name, default=_MISSING):
    """The variable as text. Raises BadEnvironment where it is unset (or empty) and there is no default."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is _MISSING:
        raise BadEnvironment(f"{name} is not set. It has no default: set it in the environment.")
    return default


def boolean(name, default=_MISSING):
    """1/0, true/false, yes/no, on/off in any case; anything else is refused."""
    value = text(name, default)
    if isinstance(value, bool):
        return value
    answers = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    try:
        return answers[value.lower()]
    except KeyError:
        raise BadEnvironment(f"{name} must be true or false, not {value!r}.") from None


def integer(name, default=_MISSING, *, at_least=None, at_most=None):
    """A whole number within its bounds."""
    value = text(name, default)
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise BadEnvironment(f"{name} must be a whole number, not {value!r}.") from None
    if at_least is not None and number < at_least:
        raise BadEnvironment(f"{name} must be {at_least} or more, not {number}.")
    if at_most is not None and number > at_most:
        raise BadEnvironment(f"{name} must be {at_most} or less, not {number}.")
    return number


def one_of(name, choices, default=_MISSING):
    """One of a short list of words."""
    value = text(name, default)
    if value not in choices:
        raise BadEnvironment(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def words(name, default=_MISSING):
    """A comma-separated list; blanks are dropped."""
    value = text(name, default)
    if isinstance(value, (list, tuple)):
        return list(value)
    return [word.strip() for word in value.split(",") if word.strip()]


def keys(name, default=_MISSING):
    """A ring of 32-byte keys as `number:base64,number:base64`; the first writes, the others only read. A `default` is a word to derive one key from.

    Numbers are 1 to 255 and are never used again for another key: each sealed value says which one opens it.
    """
    if default is not _MISSING and not os.environ.get(name, "").strip():
        return {1: hashlib.sha256(f"{name} {default}".encode()).digest()}
    ring = {}
    for one in words(name):
        number, _, packed = one.partition(":")
        try:
            key = base64.b64decode(packed, validate=True)
        except (binascii.Error, ValueError):  # a letter that is not ASCII
            key = b""
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 255) or len(key) != 32:
            raise BadEnvironment(f"{name} must be like 1:<32 bytes in base64>,2:<...>, with numbers from 1 to 255.")
        if int(number) in ring:
            raise BadEnvironment(f"{name} has two keys with the number {number}.")
        ring[int(number)] = key
    return ring


def database(url, *, pool=False):
    """Django's DATABASES entry from a postgresql:// URL; `?host=/folder` names a unix socket, `prepare=no` keeps no plans (ADR 0014)."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadEnvironment("A database URL must start with postgresql://. Waymark runs on PostgreSQL only.")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    host = unquote(query.pop("host", "") or parts.hostname or "")
    options = {key: unquote(value) for key, value in query.items()}
    options["prepare_threshold"] = None if options.pop("prepare", "yes") == "no" else 5  # lets cases/compiled.py keep plans; the ORM prepares nothing
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 4, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
