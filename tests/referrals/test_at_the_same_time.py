"""Two people, or one impatient person, at the very same moment: one case, and nobody's page lost without a word."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from agencies.gate import AlreadyDone, Refused
from cases.models import Case, Clock
from referrals import actions
from referrals.models import Disclosure
from tests.referrals import walk

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls):
    """Run the calls at once, each on a connection of its own; what each gave back or raised."""
    barrier = Barrier(len(calls))

    def one(call):
        try:
            barrier.wait(timeout=10)
            return call()
        except (AlreadyDone, Refused) as told:
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_logged_twice_at_once_is_one_case(client_for, people):
    reference = walk.fill(client_for("housing_officer"), {"children": {"any": "no"}})
    revision = Disclosure.objects.get().revision
    officer, manager = people.actor("housing_officer"), people.actor("housing_manager")
    results = together(*(lambda actor=actor: actions.submit_disclosure(actor, reference=reference, revision=revision) for actor in (officer, manager)))
    assert sorted(type(result).__name__ for result in results) == ["AlreadyDone", "Disclosure"]
    told = next(result for result in results if isinstance(result, AlreadyDone))
    assert told.led_to == f"/notes/{reference}/logged/"
    assert (Case.objects.count(), Clock.objects.count()) == (1, 1)


def test_one_page_saved_by_two_at_once_tells_the_later(client_for, people):
    reference = walk.start(client_for("housing_officer"))
    officer, manager = people.actor("housing_officer"), people.actor("housing_manager")

    def save(actor, name):
        return actions.save_page(actor, reference=reference, page="victim", answers={"given_name": name}, revision=0)

    results = together(lambda: save(officer, "Mari"), lambda: save(manager, "Marigold"))
    assert sorted(type(result).__name__ for result in results) == ["Disclosure", "Refused"]
    saved = next(result for result in results if isinstance(result, Disclosure))
    assert Disclosure.objects.get().answers["victim"] == saved.answers["victim"]
