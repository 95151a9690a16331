"""Protective orders against an alleged perpetrator: what each says, since when, and what it said before (domain section 11)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency
from cases.models.case import Case
from cases.models.chronology import Audience
from cases.models.people import Party
from cases.rules.order_types import TYPES


class OrderState(models.TextChoices):
    """What has been recorded of it. Whether it is in force on a day follows from this and its days (rules/orders.py)."""

    APPLIED = "applied", "Applied for"
    MADE = "made", "Made"
    REFUSED = "refused", "Refused"
    ENDED = "ended", "Ended"


class EndedBecause(models.TextChoices):
    DISCHARGED = "discharged", "A court ended it"
    WITHDRAWN = "withdrawn", "It was withdrawn"
    REPLACED = "replaced", "Another order took its place"
    RAN_OUT = "ran_out", "Its time ran out"
    NOT_CHARGED = "not_charged", "Bail ended: no charge, or the case is over"
    MISTAKE = "mistake", "It was recorded by mistake"


class Order(models.Model):
    """One order, notice, or set of bail conditions. What it says is on OrderWording: a new one at each change, none overwritten."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=24, choices=[(code, one.label) for code, one in TYPES.items()])
    respondent = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="which recorded it")
    state = models.CharField(max_length=10, choices=OrderState)
    is_from_elsewhere = models.BooleanField(default=False, help_text="given in the area of another police force or court")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by", help_text="the notice that led to it")
    served_at = models.DateTimeField(null=True, blank=True)
    police_informed = models.BooleanField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    heard_at = models.DateTimeField(null=True, blank=True, help_text="when the court decided")
    ended_on = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=12, choices=EndedBecause, blank=True)
    ended_note = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when its end was written down")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False, ended_by__isnull=False, ended_on__isnull=False) & ~Q(ended_because="")
                | ~Q(state="ended") & Q(ended_at=None, ended_by=None, ended_on=None, ended_because=""),
                name="order_ended_in_full",
            ),
            models.CheckConstraint(condition=Q(served_at=None) | Q(state__in=["made", "ended"]), name="order_made_before_served"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} on {self.case_id}"


class OrderWording(models.Model):
    """What an order says, from when somebody wrote it down until another wording takes its place."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="wordings")
    court = models.CharField(max_length=200, blank=True)
    case_number = models.CharField(max_length=60, blank=True)
    terms = models.TextField(max_length=5000, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="the last day on which it is in force; empty where it has no end")
    power_of_arrest = models.BooleanField(null=True, blank=True)
    why = models.CharField(max_length=500, blank=True, help_text="why it took the place of the wording before")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="order_ends_after_start"),
            models.CheckConstraint(condition=Q(replaces=None) | ~Q(why=""), name="order_change_has_its_reason"),
            models.UniqueConstraint(fields=["order"], condition=Q(replaces=None), name="one_first_wording_an_order"),
        ]


class OrderProtects(models.Model):
    """Somebody whom an order protects, by one wording of it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    wording = models.ForeignKey(OrderWording, on_delete=models.PROTECT, related_name="protects")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "order protects"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["wording", "party"], name="protected_once_a_wording")]


class OrderAlert(models.Model):
    """Somebody is to be told that an order ends: written with the wording that sets its end, told once, dropped where another wording or an end came first."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="alerts")
    wording = models.ForeignKey(OrderWording, on_delete=models.PROTECT, related_name="alerts")
    days = models.PositiveSmallIntegerField(help_text="before the last day, as it was agreed when the wording was written")
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["wording", "days"], name="one_alert_a_threshold"),
            models.CheckConstraint(condition=Q(told_at=None) | Q(dropped_at=None), name="alert_told_or_dropped"),
        ]
        # Exactly the rows that the sweep asks for.
        indexes = [models.Index(fields=["due_at"], condition=Q(told_at=None, dropped_at=None), name="order_alert_sweep")]


class OrderBreach(models.Model):
    """One breach of an order, as an agency came to know of it. Never edited; what more becomes known is a further line or a note."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="breaches")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience)
    happened_at = models.DateTimeField()
    what = models.TextField(max_length=5000)
    is_reported = models.BooleanField(null=True, blank=True, help_text="to the police")
    police_reference = models.CharField(max_length=60, blank=True)
    done_about_it = models.CharField(max_length=1000)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "order breaches"
        ordering = ["-happened_at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(police_reference="") | Q(is_reported=True), name="breach_reference_of_a_report")]
