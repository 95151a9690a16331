"""Owns what was typed into a form whose session had ended: held half an hour, encrypted, for the same person alone."""

import base64
import hashlib
import json
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, QueryDict
from django.utils.crypto import constant_time_compare

FIELD = "form_owner"
SECONDS = 30 * 60
TOKEN_AGE = 12 * 60 * 60  # a form left open over a long shift; older ones are not worth trusting
LONGEST = 400_000  # characters in all: more than any form of ours takes
_SALT = "ui.held_forms"
_NEVER_HELD = {FIELD, "csrfmiddlewaretoken"}


def owner_token(user, page: str) -> str:
    """A signed word in a form: whose it is, and on which page it stands."""
    return signing.dumps({"user": str(user.pk), "page": page}, salt=_SALT)


def _owner(request: HttpRequest) -> dict | None:
    try:
        return signing.loads(request.POST.get(FIELD, ""), salt=_SALT, max_age=TOKEN_AGE)
    except signing.BadSignature:
        return None


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{_SALT}:{settings.SECRET_KEY}".encode()).digest()))


def _key(user_id: str, path: str) -> str:
    return "held-form:" + hashlib.sha256(f"{user_id}:{path}".encode()).hexdigest()


def hold(request: HttpRequest) -> str | None:
    """Keep what was typed, if the form says whose it is. Returns the page to come back to, or None if nothing is kept.

    Only text: files stay with the person. Nothing of it goes onto the device.
    """
    owner = _owner(request)
    if owner is None:
        return None
    if request.user.is_authenticated and not constant_time_compare(str(request.user.pk), owner["user"]):
        return None
    typed = {name: values for name, values in request.POST.lists() if name not in _NEVER_HELD and "password" not in name.lower()}
    words = json.dumps(typed)
    if len(words) > LONGEST:
        return None
    sealed = _cipher().encrypt(words.encode())
    cache.set(_key(owner["user"], urlsplit(owner["page"]).path), sealed, SECONDS)
    return owner["page"]


def take(request: HttpRequest) -> QueryDict | None:
    """What the signed-in person had typed on this page before their session ended: given once, then gone."""
    if request.method != "GET" or not request.user.is_authenticated:
        return None
    key = _key(str(request.user.pk), request.path)
    sealed = cache.get(key)
    if sealed is None:
        return None
    cache.delete(key)
    try:
        typed = json.loads(_cipher().decrypt(sealed))
    except InvalidToken:  # the service's key was changed meanwhile
        return None
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    data._mutable = False
    request.has_held_form = True  # the layout tells the person so
    return data
