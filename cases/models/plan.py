"""A safety plan: what the victim/survivor does, and who helps, written down with them and kept version by version (domain 6)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models.case import Case
from cases.rules.plan import LONGEST, SECTIONS


def _section(code):
    return models.TextField(max_length=LONGEST, blank=True, help_text=SECTIONS[code].label)


class SafetyPlan(models.Model):
    """One version. A draft of one agency until `finished_at`; from then on it is the case's, has a number, and is never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="the version that the draft began from")
    revision = models.PositiveIntegerField(default=0)
    # --- what it says; the sections of cases/rules/plan.py, in their order
    danger = _section("danger")
    phone = _section("phone")
    escape = _section("escape")
    safe_place = _section("safe_place")
    transport = _section("transport")
    locks = _section("locks")
    neighbours = _section("neighbours")
    pets = _section("pets")
    children = _section("children")
    child_contact = _section("child_contact")
    work_school = _section("work_school")
    online = _section("online")
    money = _section("money")
    orders = _section("orders")
    triggers = _section("triggers")
    coping = _section("coping")
    # --- set once, when it is finished
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_agreed = models.BooleanField(null=True, blank=True, help_text="with the victim/survivor")
    agreed_on = models.DateField(null=True, blank=True)
    agreed_with = models.CharField(max_length=120, blank=True, help_text="who went through it with them")
    not_agreed_reason = models.CharField(max_length=1000, blank=True)
    has_copy = models.BooleanField(null=True, blank=True)
    copy_kept = models.CharField(max_length=500, blank=True, help_text="where the copy is, and why it is safe there")
    wants_address = models.BooleanField(default=False, help_text="the victim/survivor wants their address on the copy")
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None, finished_by=None, number=None, review_on=None)
                | Q(finished_at__isnull=False, finished_by__isnull=False, number__isnull=False, review_on__isnull=False, is_agreed__isnull=False, has_copy__isnull=False),
                name="plan_finished_in_full",
            ),
            models.CheckConstraint(
                condition=Q(is_agreed=None) | Q(is_agreed=True, agreed_on__isnull=False) & ~Q(agreed_with="") | Q(is_agreed=False) & ~Q(not_agreed_reason=""),
                name="plan_agreed_or_why_not",
            ),
            models.CheckConstraint(condition=~Q(has_copy=True) | ~Q(copy_kept=""), name="plan_copy_kept_somewhere"),
            models.UniqueConstraint(fields=["case", "number"], name="plan_numbered_once"),
            models.UniqueConstraint(fields=["case", "agency"], condition=Q(finished_at=None), name="one_plan_draft_an_agency"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="finished_plan_is_kept", operation=pgtrigger.Update | pgtrigger.Delete, condition=pgtrigger.Q(old__finished_at__isnull=False)
            ),
        ]

    @property
    def texts(self):
        """What it says, by section."""
        return {code: getattr(self, code) for code in SECTIONS}
