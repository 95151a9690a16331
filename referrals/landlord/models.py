"""Security measures, decisions about charges for damage, what is done about the tenancy and about the alleged perpetrator."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models import Case, Order, Party
from cases.models.chronology import Audience
from referrals.landlord import rules
from vault.fields import SealedText


class MeasureState(models.TextChoices):
    ORDERED = "ordered", "Ordered"
    FITTED = "fitted", "Fitted, not checked yet"
    CHECKED = "checked", "Fitted and checked"
    CANCELLED = "cancelled", "Cancelled"


class SecurityOrder(models.Model):
    """Security measures that were ordered together for one home (SEED-082); each is fitted and checked by itself."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="security_orders")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="who sees to it")
    # Stays as it is when the work passes to another agency: whoever ordered it pays (SEED-083).
    payer = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="from whose budget")
    is_urgent = models.BooleanField()
    fears_fire = models.BooleanField(default=False)
    no_letterbox = models.CharField(max_length=500, blank=True, help_text="why none was ordered although arson is feared")
    ordered_at = models.DateTimeField()
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(help_text="by when it is fitted, as promised last")
    basis = models.CharField(max_length=200)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["payer", "ordered_at"], name="security_spend")]


class SecurityMeasure(models.Model):
    """One kind of measure in an order: how many, what it costs, who fitted it, who looked whether it works."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(SecurityOrder, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=20, choices=list(rules.MEASURES.items()))
    quantity = models.PositiveSmallIntegerField()
    cost_pence = models.PositiveIntegerField(help_text="of all of them: an estimate until they are fitted")
    state = models.CharField(max_length=10, choices=MeasureState, default=MeasureState.ORDERED)
    fitted_at = models.DateTimeField(null=True, blank=True)
    fitter = SealedText(max_length=200, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    fault = models.CharField(max_length=500, blank=True, help_text="what was wrong with it the last time, so that it was ordered again")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cancel_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "kind"], name="one_measure_of_a_kind"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=rules.MOST_OF_ONE), name="measure_some"),
            models.CheckConstraint(
                condition=Q(state="ordered", fitted_at=None, checked_at=None, checked_by=None, cancelled_at=None, cancelled_by=None)
                | Q(state="fitted", fitted_at__isnull=False, checked_at=None, checked_by=None, cancelled_at=None, cancelled_by=None)
                | Q(state="checked", fitted_at__isnull=False, checked_at__isnull=False, checked_by__isnull=False, cancelled_at=None, cancelled_by=None)
                | Q(state="cancelled", fitted_at=None, checked_at=None, checked_by=None, cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason=""),
                name="measure_recorded_in_full",
            ),
        ]
        indexes = [models.Index(fields=["case"], condition=Q(state__in=rules.OPEN), name="measure_open")]

    @property
    def words(self):
        """How many of what, as a page says it."""
        return f"{self.quantity} × {self.get_kind_display().lower()}"


class SecurityVisit(models.Model):
    """When a fitter is to come: at a time that is recorded as safe, or with the reason why all the same. The latest holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(SecurityOrder, on_delete=models.PROTECT, related_name="visits")
    visit_at = models.DateTimeField()
    was_safe = models.BooleanField(help_text="by what was recorded when it was planned")
    override_reason = models.CharField(max_length=500, blank=True)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]


class Waiver(models.TextChoices):
    WAIVED = "waived", "Not charged"
    PART = "part", "A part is charged"
    CHARGED = "charged", "Charged"


class RepairWaiver(models.Model):
    """Whether damage is charged to the victim/survivor (SEED-088). Written once: a later decision is a row of its own."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    damage = SealedText(max_length=1000, help_text="what was damaged, and what the repair is")
    caused = models.CharField(max_length=12, choices=list(rules.CAUSED.items()))
    asked_pence = models.PositiveIntegerField()
    decision = models.CharField(max_length=8, choices=Waiver)
    charged_pence = models.PositiveIntegerField()
    waiver_why = SealedText(max_length=1000, blank=True)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.AGENCY)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(charged_pence__lte=models.F("asked_pence")), name="waiver_charges_no_more")]

    @property
    def advice(self):
        return rules.advice_on_charge(self.caused)


class Progress(models.TextChoices):
    CONSIDERED = "considered", "Considered"
    DECIDED = "decided", "Decided"
    UNDER_WAY = "under_way", "Under way"
    DONE = "done", "Done"
    NOT_PURSUED = "not_pursued", "Not pursued"


class Wishes(models.TextChoices):
    SAID = "said", "They have said what they want"
    NOT_SAFE = "not_safe", "It is not safe to ask them yet"
    NOT_ASKED = "not_asked", "Nobody has asked yet"


class Protection(models.TextChoices):
    LIFETIME = "lifetime", "A secure tenancy for life, not flexible"
    NOT_SECURE = "not_secure", "Another tenancy: section 81ZA does not apply"


class LandlordAction(models.Model):
    """One thing that a landlord does about the tenancy, or about the alleged perpetrator (SEED-085 to SEED-091). How far it is stands in its steps."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=12, choices=[(rules.SURVIVOR, "Tenancy"), (rules.PERPETRATOR, "Alleged perpetrator")])
    kind = models.CharField(max_length=24, choices=[(code, kind.label) for code, kind in rules.KINDS.items()])
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="the alleged perpetrator whom it concerns")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="the protective order that it supports")
    clause = models.CharField(max_length=60, blank=True, help_text="the clause of the tenancy, as the agency had it when this was written down")
    state = models.CharField(max_length=12, choices=Progress)
    # Once a step was for the partners, they know that it is there; of the tenancy they know that anyway.
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.AGENCY)
    next_on = models.DateField(null=True, blank=True, help_text="when somebody looks at it again")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["agency", "next_on"], condition=Q(next_on__isnull=False), name="landlord_next")]

    @property
    def is_going(self):
        return self.state in rules.GOING


class LandlordStep(models.Model):
    """How far something is since a day, what the victim/survivor wants, and why. Written once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    action = models.ForeignKey(LandlordAction, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=12, choices=Progress)
    happened_on = models.DateField()
    wishes = models.CharField(max_length=10, choices=Wishes)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.AGENCY, help_text="of what was written; about the alleged perpetrator, of the step itself")
    wishes_said = SealedText(max_length=2000, blank=True)
    weighing = SealedText(max_length=2000, blank=True, help_text="how what the victim/survivor wants was weighed")
    what_happened = SealedText(max_length=2000, blank=True)
    why_not = SealedText(max_length=1000, blank=True)
    without_advice = SealedText(max_length=1000, blank=True, help_text="why a joint tenancy is ended without legal advice")
    protection = models.CharField(max_length=12, choices=Protection, blank=True)
    no_protection = SealedText(max_length=1000, blank=True, help_text="why section 81ZA does not apply")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
