"""How a return says the time that its promises had: as it was agreed, for all or for each, and never from what happened to a case."""

import pytest
import time_machine
from django.utils import timezone

from agencies.models import Agency, Policy
from reporting import allowances
from reporting.indicators import edition, versions
from reporting.models import PublishedQuarter, ReturnRun
from reporting.publication import document
from reporting.quarters import Quarter
from tests.reporting.world import london

WINTER = Quarter(2025, 4)  # January to March 2026


@pytest.fixture
def agree(people):
    """Sets an allowance: `agree("24h", "2025-01-01 00:00", agency="northvale_housing")`."""

    def set_to(value, since="2020-01-01 00:00", *, key="clock.contact", agency=None):
        return Policy.objects.create(
            key=key, value=value, agency=people.agency(agency) if agency else None, effective_from=london(since), reason="Agreed",
            set_by=people.partnership_administrator, set_at=timezone.now(),
        )

    return set_to


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("settings", "contact"),
    [
        ([], ["48h"]),
        ([("24h", "2020-01-01 00:00", None)], ["24h"]),
        ([("24h", "2020-01-01 00:00", "northvale_housing")], ["24h", "48h"]),
        ([("48h", "2020-01-01 00:00", "northvale_housing")], ["48h"]),
        ([("24h", "2026-03-31 23:59", None)], ["24h", "48h"]),  # on the last day of the quarter
        ([("24h", "2026-04-01 00:00", None)], ["48h"]),  # the day after
        ([("24h", "2025-12-20 00:00", None)], ["24h", "48h"]),  # what began before that fell due in January
        ([("24h", "2025-12-01 00:00", None)], ["24h"]),
        ([("24h", "2020-01-01 00:00", None), ("36h", "2021-01-01 00:00", None)], ["36h"]),
        ([("2wd", "2020-01-01 00:00", "northvale_housing"), ("24h", "2020-01-01 00:00", "harbour_idva")], ["24h", "48h", "2wd"]),
    ],
)
def test_what_was_agreed_for_a_quarter(agree, settings, contact):
    for value, since, agency in settings:
        agree(value, since, agency=agency)
    assert allowances.agreed([WINTER]) == {"contact": contact, "discussion": ["48h"]}


@pytest.mark.django_db
def test_an_agency_that_closes_later_changes_no_word_of_a_quarter(agree, people):
    agree("24h", agency="northvale_housing")
    before = allowances.agreed([WINTER])
    Agency.objects.filter(slug="northvale_housing").update(is_active=False)
    assert allowances.agreed([WINTER]) == before and before["contact"] == ["24h", "48h"]


@pytest.mark.parametrize(
    ("contact", "discussion", "said"),
    [
        (["48h"], ["48h"], ("within 48 hours", "48 elapsed hours", "48-hour promises", "The 48-hour policy")),
        (["24h"], ["24h"], ("within 24 hours", "24 elapsed hours", "24-hour promises", "The 24-hour policy")),
        (["24h"], ["48h"], ("within 24 hours", "24 elapsed hours", "promises", "The policy of promised times")),
        (["2wd"], ["2wd"], ("within 2 working days", "2 working days", "promises", "The policy of promised times")),
        (
            ["24h", "48h"], ["48h"],
            (
                "within the promised time", "24 elapsed hours or 48 elapsed hours, as each agency had agreed when the promise began", "promises",
                "The policy of promised times",
            ),
        ),
    ],
)
def test_the_words_follow_what_was_agreed(contact, discussion, said):
    words = allowances.in_words({"contact": contact, "discussion": discussion})
    assert (words["contact_within"], words["contact_allowed"], words["promises"], words["policy"]) == said


@pytest.mark.parametrize("version", versions())
def test_every_edition_can_be_filled_in(version):
    words, found = allowances.in_words({"contact": ["24h"], "discussion": ["24h"]}), edition(version)
    texts = [found.chart.title, *(row.label for row in found.headlines)]
    texts += [text for table in found.tables for text in (table.title, table.definition, table.source)]
    for text in texts:
        assert "{" not in text.format_map(words)
        assert found.counted_as == version or "48" not in text  # an edition that leaves it open says no number of its own
    # What is not filled in leaves nothing open.
    rows = [f"{row.label}{row.definition}" for table in found.tables for row in table.rows]
    assert not any("{" in text for text in [*rows, found.title, found.chart.definition, *(table.unit for table in found.tables)])


@pytest.mark.django_db
@pytest.mark.usefixtures("without_drawing")
def test_a_return_never_says_48_hours_where_an_agency_promises_24(agree, ready):
    with time_machine.travel(london("2026-04-20 10:00"), tick=False):
        before = document(ready())
        agree("24h", "2026-04-19 00:00", agency="northvale_housing")
        assert document(ready()) == before  # agreed after the quarter: nothing of it changes
        agree("24h", "2026-01-05 00:00", agency="northvale_housing")
        after = document(ready())
    titles = [section.title for section in after.sections]
    assert before.sections[0].title == "Contact within 48 hours after a report" and "48-hour promises kept" in [label for _, label in before.headlines]
    assert titles[:2] == ["Contact within the promised time after a report", "Talked through within 48 hours after the first discussion"]
    assert "24 elapsed hours or 48 elapsed hours, as each agency had agreed" in after.sections[0].definition
    assert "promises kept" in [label for _, label in after.headlines] and after.chart.title == "The promises, kept and missed, by month"


@pytest.mark.django_db
@pytest.mark.usefixtures("without_drawing")
def test_a_quarter_published_in_the_words_of_the_first_edition_keeps_its_numbers(ask, ready, world):
    from reporting import preparing

    with time_machine.travel(london("2026-04-20 10:00"), tick=False):
        for day in range(1, 8):
            world.disclosure(f"2026-02-{day:02} 09:00", "direct")
        old = ask()
        ReturnRun.objects.filter(pk=old.pk).update(edition="2026")
        assert preparing.prepare(old.pk)
        world.disclosure("2026-02-20 09:00", "direct")
        new, old = ready(), ReturnRun.objects.get(pk=old.pk)
    assert (old.edition, new.edition) == ("2026", "2026-2")
    assert new.published["quarters"] == old.published["quarters"]
    assert document(old).sections[0].title == "Contact within 48 hours of a report"
    assert PublishedQuarter.objects.filter(quarter=WINTER.code).count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("without_drawing")
def test_the_cover_names_the_partnership_or_says_how_many_agencies_it_is(ready, people):
    with time_machine.travel(london("2026-04-20 10:00"), tick=False):
        assert document(ready()).partnership == "Three Vales Partnership"
        Agency.objects.filter(type="partnership").update(is_active=False)
        count = Agency.objects.filter(is_active=True).count()
        assert document(ready()).partnership == f"A partnership of {count} agencies"
