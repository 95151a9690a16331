"""Disclosures: what an agency writes down before there is a case, and how the case then began."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from agencies.models import Agency
from cases.models import Case
from referrals.routes import PATHWAYS, REPORTERS, ROUTES
from vault.fields import SealedPages


class DisclosureState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Logged"
    DISCARDED = "discarded", "Discarded"
    JOINED = "joined", "Added to a case"


class Disclosure(models.Model):
    """One disclosure. Until it becomes a case it belongs to one agency (referrals/drafts.py says who sees it); then it is reached through the case."""

    reference = models.CharField(max_length=12, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="disclosures")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="disclosures")
    state = models.CharField(max_length=10, choices=DisclosureState, default=DisclosureState.DRAFT)
    # Page by page, cleaned by that page's form; `unfinished` holds what was typed on a page that could not be cleaned yet. Each page is sealed.
    answers = SealedPages(default=dict)
    unfinished = SealedPages(default=dict)
    # Counts up with each save; `page_revisions` says at which count each page was last saved.
    revision = models.PositiveIntegerField(default=0)
    page_revisions = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # --- set once, when it becomes a case; the returns count these
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="disclosure")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    route = models.CharField(max_length=24, choices=[(code, route.label) for code, route in ROUTES.items()], blank=True)
    reporter = models.CharField(max_length=12, choices=list(REPORTERS.items()), blank=True)
    pathway = models.CharField(max_length=12, choices=list(PATHWAYS.items()), blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    logged_at = models.DateTimeField(null=True, blank=True)
    immediate_danger = models.BooleanField(null=True)
    police_incident_number = models.CharField(max_length=60, blank=True)
    has_stalking_element = models.BooleanField(null=True, help_text="SEED-092; empty means not known")
    # --- set once, when it is about somebody whose case is open already, and is added to that one instead
    joined_to = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="further_disclosures")
    joined_at = models.DateTimeField(null=True, blank=True)
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # --- set once, when it is discarded instead
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    discard_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="submitted", case__isnull=False, submitted_at__isnull=False, submitted_by__isnull=False)
                & Q(received_at__isnull=False, logged_at__isnull=False)
                | ~Q(state="submitted") & Q(case=None, submitted_at=None, submitted_by=None),
                name="disclosure_submitted_in_full",
            ),
            models.CheckConstraint(
                condition=Q(state="discarded", discarded_at__isnull=False, discarded_by__isnull=False) & ~Q(discard_reason="")
                | ~Q(state="discarded") & Q(discarded_at=None, discarded_by=None, discard_reason=""),
                name="disclosure_discarded_in_full",
            ),
            models.CheckConstraint(
                condition=Q(state="joined", joined_to__isnull=False, joined_at__isnull=False, joined_by__isnull=False, received_at__isnull=False, logged_at__isnull=False)
                | ~Q(state="joined") & Q(joined_to=None, joined_at=None, joined_by=None),
                name="disclosure_joined_in_full",
            ),
            models.CheckConstraint(condition=Q(received_at=None) | Q(received_at__lte=models.F("logged_at")), name="disclosure_received_before_logged"),
        ]
        indexes = [
            models.Index(fields=["agency", "-id"], condition=Q(state="draft"), name="disclosure_drafts"),
            models.Index(fields=["agency", "-submitted_at"], condition=Q(state="submitted"), name="disclosure_logged"),
            models.Index(fields=["received_at"], condition=Q(state="submitted"), name="disclosure_received"),
            models.Index(fields=["joined_to", "-joined_at"], condition=Q(state="joined"), name="disclosure_joined"),
        ]
        triggers = [
            # What was first written down stays: a page that was left for later may be added, none may change or go.
            pgtrigger.Trigger(
                name="logged_is_kept",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state__in=["submitted", "joined"]),
                func="""
                    -- The table's owner may seal the same pages with another key (docs/keys.md), and change nothing beside them.
                    IF current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
                       AND to_jsonb(NEW) - 'answers' - 'unfinished' = to_jsonb(OLD) - 'answers' - 'unfinished'
                    THEN RETURN NEW; END IF;
                    IF NEW.answers @> OLD.answers AND NEW.state = OLD.state AND NEW.case_id IS NOT DISTINCT FROM OLD.case_id
                       AND NEW.joined_to_id IS NOT DISTINCT FROM OLD.joined_to_id AND NEW.received_at = OLD.received_at AND NEW.logged_at = OLD.logged_at
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'a disclosure that was logged cannot be changed';
                """,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        """Where its author goes on with it: what it became, or the check of its answers."""
        if self.state == DisclosureState.DISCARDED:
            return reverse("disclosures")
        if self.state == DisclosureState.JOINED:
            return reverse("further_notes", args=[self.joined_to.reference])
        return reverse("disclosure_check" if self.is_draft else "disclosure_logged", args=[self.reference])

    @property
    def is_draft(self):
        return self.state == DisclosureState.DRAFT

    def saved_since(self, page, revision):
        """Has somebody saved this page after a form with this revision was opened?"""
        return self.page_revisions.get(page, 0) > revision


from referrals.asking.models import AnswerAttempt, PublicRequest  # noqa: E402
from referrals.calls.models import Call, CallbackAttempt, OpeningHours  # noqa: E402
from referrals.directory.models import DirectoryEntry, DirectoryVersion  # noqa: E402 - likewise
from referrals.homeless.models import HousingAgreement, HousingDecision, HousingStep  # noqa: E402
from referrals.landlord.models import (  # noqa: E402 - a room of its own; Django looks for tables here
    LandlordAction,
    LandlordStep,
    RepairWaiver,
    SecurityMeasure,
    SecurityOrder,
    SecurityVisit,
)
from referrals.onward.models import OutState, OutStep, ReferralOut  # noqa: E402
from referrals.pathways.models import PathwayChange, StepRecord  # noqa: E402
from referrals.programmes.models import ProgrammeLink, ProgrammeReferral, ProgrammeStep  # noqa: E402
from referrals.promises.models import Promise, PromiseNotice  # noqa: E402
from referrals.safeguarding.models import (  # noqa: E402 - a room of its own; Django looks for tables here
    OnwardState,
    OnwardStep,
    SafeguardingReferral,
    SchoolNotice,
)

__all__ = [
    "AnswerAttempt", "Call", "CallbackAttempt", "DirectoryEntry", "DirectoryVersion", "Disclosure", "DisclosureState", "HousingAgreement", "HousingDecision", "HousingStep",
    "LandlordAction", "LandlordStep", "OnwardState", "OnwardStep", "OpeningHours", "OutState", "OutStep", "PathwayChange", "ProgrammeLink", "ProgrammeReferral",
    "ProgrammeStep", "Promise", "PromiseNotice", "PublicRequest", "ReferralOut", "RepairWaiver", "SafeguardingReferral", "SchoolNotice", "SecurityMeasure", "SecurityOrder",
    "SecurityVisit", "StepRecord",
]
