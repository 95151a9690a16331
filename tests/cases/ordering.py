"""What tests of orders send and read: an order as the form takes it, its pages as text."""

from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

TERMS = "Not to contact her, and not to come within 100 metres of her home. CANARY-TERMS"


def day(name, value):
    return {f"{name}_day": str(value.day), f"{name}_month": str(value.month), f"{name}_year": str(value.year)}


def moment(name, value):
    local = timezone.localtime(value)
    return day(name, local.date()) | {f"{name}_time": f"{local:%H:%M}"}


def typed(case, **facts):
    today = timezone.localdate()
    return {
        "kind": "non_molestation", "state": "made", "respondent": case.parties.get(role="perpetrator").pk, "protected": [case.parties.get(role="victim").pk],
        "court": "Vale Family Court", "case_number": "", "terms": TERMS, "power_of_arrest": "unknown", "is_served": "no", "police_informed": "unknown",
        "is_from_elsewhere": "no", **day("starts_on", today), **day("ends_on", today + timedelta(days=100)),
    } | facts


def send(client, case, name, *ids, **facts):
    case.refresh_from_db()
    return client.post(reverse(name, args=[case.reference, *ids]), {"once": str(uuid4()), "revision": case.revision} | facts)


def text_of(client, case, name, *ids):
    response = client.get(reverse(name, args=[case.reference, *ids]))
    assert response.status_code == 200, response.status_code
    return response.content.decode()
