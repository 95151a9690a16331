"""What an agency spends on security measures in a financial year, against what it has set aside (SEED-083): sums alone, and no case."""

from dataclasses import dataclass
from datetime import date, time

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from agencies import policies
from cases.rules.clocks import LONDON
from referrals.landlord import rules
from referrals.landlord.reading import pounds
from referrals.models import SecurityMeasure
from ui.charts import BarChart, Series
from ui.times import instant

BUDGET = "security.budget_pounds"
_SPENT = Q(state__in=[rules.FITTED, rules.CHECKED])


@dataclass(frozen=True)
class Year:
    """One financial year of one agency, in pence."""

    begins: int
    budget: int
    basis: str
    ordered: int
    spent: int
    kinds: list  # (measure, how many, ordered, spent)
    chart: BarChart | None

    @property
    def label(self):
        return f"{self.begins}/{(self.begins + 1) % 100:02}"

    @property
    def left(self):
        return rules.left_of(self.budget, self.ordered, self.spent)

    @property
    def rows(self):
        """For a summary list."""
        return [
            {"key": "Set aside", "value": f"{pounds(self.budget)} ({self.basis})" if self.budget else "Nothing has been set for this year yet"},
            {"key": "Spent: fitted", "value": pounds(self.spent)},
            {"key": "Ordered, not fitted yet", "value": pounds(self.ordered)},
            *([{"key": "Left", "value": f"{pounds(self.left)}{'. More is ordered and spent than was set aside.' if self.left < 0 else ''}"}] if self.budget else []),
        ]


def year_of(agency_id, begins, at):
    """The sums of a financial year: what was ordered in it, by what has become of it since. Three queries."""
    starts, ends = instant(date(begins, 4, 1), time(0)), instant(date(begins + 1, 4, 1), time(0))
    measures = SecurityMeasure.objects.filter(order__payer=agency_id, order__ordered_at__gte=starts, order__ordered_at__lt=ends).exclude(state=rules.CANCELLED)
    sums = {"spent": Sum("cost_pence", filter=_SPENT, default=0), "ordered": Sum("cost_pence", filter=Q(state=rules.ORDERED), default=0)}
    kinds = list(measures.order_by().values("kind").annotate(**sums, many=Sum("quantity"), orders=Count("pk")))
    months = list(measures.order_by().annotate(month=TruncMonth("order__ordered_at", tzinfo=LONDON)).values("month").annotate(**sums).order_by("month"))
    # What was agreed last of a year that is over; of this year what holds now.
    held = policies.in_force(BUDGET, agency_id, min(at, ends))
    named = [(rules.MEASURES[kind], row["many"], pounds(row["ordered"]), pounds(row["spent"])) for kind in rules.MEASURES for row in kinds if row["kind"] == kind]
    return Year(
        begins, held.whole * 100, held.basis, sum(row["ordered"] for row in kinds), sum(row["spent"] for row in kinds), named, _chart(begins, months),
    )


def _chart(begins, months):
    if not months:
        return None
    series = [
        Series(name, tuple(row[key] / 100 for row in months), tuple(f"£{round(row[key] / 100):,}" for row in months))
        for name, key in (("Fitted", "spent"), ("Not fitted yet", "ordered"))
    ]
    return BarChart(
        "spend", f"Security measures by the month in which they were ordered, {begins}/{(begins + 1) % 100:02}",
        "In whole pounds: for each month, the cost of what has been fitted and of what has not been fitted yet.", "Month",
        tuple(f"{row['month']:%B %Y}" for row in months), tuple(series),
    )
