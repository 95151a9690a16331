"""The bands say in words what they suggest, and where each number comes from."""

from datetime import UTC, datetime, timedelta

import pytest

from agencies.models import Policy
from cases.dash.bands import Bands, in_force

AT = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("high_from", "medium_from", "words"),
    [
        (14, 10, "14 or more: high, 10 to 13: medium, fewer: standard (agreed)"),
        (14, 13, "14 or more: high, 13: medium, fewer: standard (agreed)"),
        (10, 10, "10 or more: high, fewer: standard (agreed)"),
        (10, 14, "10 or more: high, fewer: standard (agreed)"),
    ],
)
def test_bands_in_words(high_from, medium_from, words):
    assert Bands(high_from, medium_from, "agreed").words == words
    assert len(words) <= 200


@pytest.mark.django_db
def test_each_number_names_its_own_source(people):
    def agreed(key, value, since):
        Policy.objects.create(key=key, value=value, effective_from=since, reason="Agreed", set_by=people.partnership_administrator, set_at=since)

    assert in_force(AT).source == "Waymark’s default, as the partnership has set none"
    agreed("dash.high_from", "12", AT - timedelta(days=2))
    assert in_force(AT).source == "high: partnership setting from 18 March 2026; medium: Waymark’s default, as the partnership has set none"
    assert len(in_force(AT).words) <= 200
    agreed("dash.medium_from", "8", AT - timedelta(days=2))
    assert in_force(AT).words == "12 or more: high, 8 to 11: medium, fewer: standard (partnership setting from 18 March 2026)"
    agreed("dash.high_from", "16", AT + timedelta(seconds=1))
    assert in_force(AT).high_from == 12
