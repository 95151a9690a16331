"""How often one address may send: counted for an hour under a keyed hash, so that no address is kept."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

SECONDS = 60 * 60


def is_too_many(request) -> bool:
    """Has this address sent more than it may in an hour? Counts this one too."""
    address = get_adapter(request).get_client_ip(request)  # behind our proxy: the one that the proxy wrote down
    key = "asking:" + salted_hmac("referrals.asking.flood", address, algorithm="sha256").hexdigest()
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key) > settings.PUBLIC_SENDS_AN_HOUR
    except ValueError:  # its hour ended between the two
        cache.add(key, 1, SECONDS)
        return False
