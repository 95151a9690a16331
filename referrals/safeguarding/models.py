"""Referrals of children and adults at risk, what became of each, and notices to schools."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models import Assessment, Case, Party
from cases.models.chronology import Audience
from referrals.safeguarding.rules import ROUTES
from vault.fields import SealedText


class OnwardState(models.TextChoices):
    PROPOSED = "proposed", "To be decided"
    SENT = "sent", "Sent"
    ANSWERED = "answered", "Answered"
    OVERRIDDEN = "overridden", "Decided against"
    REPLACED = "replaced", "Replaced by another"


class Method(models.TextChoices):
    PHONE = "phone", "Telephone"
    PORTAL = "portal", "Their online form"
    SECURE_MAIL = "secure_mail", "Secure e-mail"
    IN_PERSON = "in_person", "In person"
    WAYMARK = "waymark", "They work in this case in Waymark"


class OnwardConsent(models.TextChoices):
    GIVEN = "given", "Agreed"
    REFUSED = "refused", "Did not agree"
    NOT_ASKED = "not_asked", "Not asked: it was not safe, or they could not decide"


class OverrideBasis(models.TextChoices):
    """On what ground an adult is referred without their agreement (Care Act 2014 statutory guidance, chapter 14)."""

    OTHERS = "others", "Other people or children are at risk"
    COERCION = "coercion", "They are coerced, or somebody controls what they say"
    CAPACITY = "capacity", "They lack capacity for this decision, and it is in their best interests"
    VITAL = "vital", "Serious harm or death is likely"
    CRIME = "crime", "A serious crime may be prevented"
    STAFF = "staff", "Somebody who works in care is involved"


class SafeguardingReferral(models.Model):
    """One referral of one person: proposed, then sent or decided against, then answered. What is due next, and why then, is on the row."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="onward")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="onward")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="whose task it is")
    route = models.CharField(max_length=12, choices=[(code, route.label) for code, route in ROUTES.items()])
    why = models.CharField(max_length=1000)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="that led to it")
    state = models.CharField(max_length=10, choices=OnwardState, default=OnwardState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(help_text="of what comes next: the decision, then the answer")
    basis = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    override_reason = models.CharField(max_length=1000, blank=True)
    # --- set when it is sent
    sent_at = models.DateTimeField(null=True, blank=True)
    receiver = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    receiver_name = SealedText(max_length=200, blank=True)
    method = models.CharField(max_length=12, choices=Method, blank=True)
    their_reference = models.CharField(max_length=60, blank=True)
    is_told = models.BooleanField(null=True, blank=True, help_text="the family or the adult knows of it")
    not_told_reason = models.CharField(max_length=500, blank=True)
    consent = models.CharField(max_length=10, choices=OnwardConsent, blank=True)
    consent_basis = models.CharField(max_length=10, choices=OverrideBasis, blank=True)
    necessity = models.CharField(max_length=1000, blank=True)
    concern = models.TextField(max_length=5000, blank=True, help_text="what was said to them")
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.AGENCY, help_text="of what was said to them")
    # Stays as it is when the referral passes to another agency: what was written for one agency alone does not go with the work.
    told_by = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="whose words that is")
    # --- what they answered last; each answer is a step
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "replaced"], decided_at=None, decided_by=None, sent_at=None)
                | Q(state="overridden", decided_at__isnull=False, decided_by__isnull=False, sent_at=None) & ~Q(override_reason="")
                | Q(state__in=["sent", "answered"], decided_at__isnull=False, decided_by__isnull=False, sent_at__isnull=False),
                name="onward_decided_in_full",
            ),
            models.CheckConstraint(condition=Q(state="answered") & ~Q(outcome="") | ~Q(state="answered") & Q(outcome=""), name="onward_answered_in_full"),
            models.UniqueConstraint(fields=["party", "route"], condition=Q(state__in=["proposed", "sent"]) & ~Q(route="school"), name="one_onward_under_way"),
        ]
        indexes = [models.Index(fields=["agency", "due_at"], condition=Q(state__in=["proposed", "sent"]), name="onward_open")]

    @property
    def is_open(self):
        return self.state in (OnwardState.PROPOSED, OnwardState.SENT)

    @property
    def to(self):
        return ROUTES[self.route].to

    @property
    def outcome_label(self):
        return dict(ROUTES[self.route].outcomes).get(self.outcome, "")


class OnwardStep(models.Model):
    """Somebody chased an answer, or one came. Written once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(SafeguardingReferral, on_delete=models.PROTECT, related_name="steps")
    outcome = models.CharField(max_length=20, blank=True, help_text="empty where it was chased")
    who = SealedText(max_length=200, blank=True, help_text="who answered or was asked: job and team")
    note = models.CharField(max_length=1000, blank=True)
    happened_at = models.DateTimeField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["happened_at", "id"]

    @property
    def words(self):
        return dict(ROUTES[self.referral.route].outcomes).get(self.outcome, "Chased")


class SchoolNotice(models.Model):
    """What belongs to a notice under Operation Encompass (Victims and Prisoners Act 2024): the police tell the school before its next day."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    referral = models.OneToOneField(SafeguardingReferral, on_delete=models.PROTECT, related_name="notice")
    incident_at = models.DateTimeField()
    is_attended = models.BooleanField(help_text="the police attended")
    school = SealedText(max_length=200, blank=True)
    key_adult = SealedText(max_length=200, blank=True)
    follow_up = models.CharField(max_length=1000, blank=True)
    school_note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]
