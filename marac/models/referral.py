"""A referral of a case to MARAC: what the referrer says, and each step that it has taken since."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models import Assessment, Case
from cases.models.people import ConsentState
from cases.models.sharing import LawfulBasis
from marac import rules


class ReferralState(models.TextChoices):
    """Domain 2.11, as far as the list of a meeting. Which state leads where is marac.rules.TRANSITIONS."""

    DRAFT = "draft", "Being prepared"
    SUBMITTED = "submitted", "Sent, waiting for the coordinator"
    RETURNED = "returned", "Returned for information"
    ACCEPTED = "accepted", "Accepted, waiting for a meeting"
    NOT_ACCEPTED = "not_accepted", "Not accepted"
    LISTED = "listed", "Listed on a meeting"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Referral(models.Model):
    """One referral by one agency. People, risk and chronology stay on the case: nothing is typed twice."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="marac_referrals")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="marac_referrals", help_text="the agency that refers")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="marac_referrals")
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    # --- why: the four criteria (domain 1.5)
    professional_judgement = models.BooleanField(default=False)
    judgement_rationale = models.TextField(max_length=10_000, blank=True)
    visible_high_risk = models.BooleanField(default=False)
    potential_escalation = models.BooleanField(default=False)
    repeat_criterion = models.BooleanField(default=False, help_text="the referrer says that it is a repeat; whether it is one is `is_repeat`")
    incident_on = models.DateField(null=True, blank=True, help_text="the latest incident")
    background = models.TextField(max_length=10_000, blank=True, help_text="what has happened, and why now")

    # --- the victim/survivor's own voice
    fears = models.TextField(max_length=10_000, blank=True, help_text="whom the victim/survivor is afraid of")
    safe_to_talk_to = models.CharField(max_length=500, blank=True)
    not_safe_to_talk_to = models.CharField(max_length=500, blank=True)
    wants = models.TextField(max_length=10_000, blank=True, help_text="what the victim/survivor wants from the meeting")
    risk_to_professionals = models.TextField(max_length=10_000, blank=True)

    # --- aware, consent, and without it the record of why (domain 7.3)
    victim_aware = models.BooleanField(null=True, blank=True)
    not_aware_reason = models.CharField(max_length=500, blank=True)
    consent = models.CharField(max_length=20, choices=ConsentState, blank=True)
    basis = models.CharField(max_length=20, choices=LawfulBasis, blank=True)
    necessity = models.TextField(max_length=10_000, blank=True)
    risk_believed = models.TextField(max_length=10_000, blank=True, help_text="the risk believed to exist, and whom sharing protects")
    restrictions = models.TextField(max_length=10_000, blank=True)

    # --- what is missing, and why
    perpetrator_unknown_reason = models.CharField(max_length=500, blank=True)
    no_assessment_reason = models.CharField(max_length=500, blank=True)
    referred_elsewhere = models.CharField(max_length=500, blank=True, help_text="referred to another MARAC before: where and when")

    # --- where it stands
    criteria_sent = models.CharField(max_length=100, blank=True, help_text="the criteria as they were last sent: codes, with commas")
    state = models.CharField(max_length=12, choices=ReferralState, default=ReferralState.DRAFT)
    state_at = models.DateTimeField()
    coordinating_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True, help_text="when it was first sent; sending it again does not move it")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=0)

    # --- whom it was about when it was last sent, as ids of people: whoever comes onto the case later belongs to the next referral
    victim_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    perpetrator_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)

    # --- repeat (domain 2.4): computed when it is sent, frozen with what it was computed from; a coordinator may say otherwise, and why
    is_repeat = models.BooleanField(null=True, blank=True)
    is_repeat_computed = models.BooleanField(null=True, blank=True)
    last_referral = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    last_referral_on = models.DateField(null=True, blank=True, help_text="the date that the incident was compared with")
    repeat_reason = models.CharField(max_length=500, blank=True, help_text="why the coordinator says otherwise than was computed")

    class Meta:
        ordering = ["-prepared_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "agency"], condition=Q(state="draft"), name="marac_one_draft_an_agency"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, coordinating_agency__isnull=False, is_repeat__isnull=False),
                name="marac_referral_sent_in_full",
            ),
            models.CheckConstraint(
                condition=Q(is_repeat=None) | Q(is_repeat=models.F("is_repeat_computed")) | ~Q(repeat_reason=""), name="marac_repeat_otherwise_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["coordinating_agency", "state", "submitted_at"], name="marac_referrals_in"),
            models.Index(fields=["submitted_at"], name="marac_referral_submitted"),
        ]

    def __str__(self):
        return f"referral {self.pk}"

    @property
    def criteria(self):
        """The criteria that the referrer ticked, as codes in the order of the form."""
        return [code for code in CRITERIA if getattr(self, code)]

    @property
    def criteria_in_words(self):
        return [CRITERIA[code] for code in self.criteria]

    @property
    def is_being_written(self):
        """Is it with the referrer, whose unsent words nobody else reads?"""
        return self.state in rules.EDITABLE

    @property
    def criteria_for_others(self):
        """The criteria for everybody but the referrer, in words: as last sent, where what stands here now may be half written."""
        codes = self.criteria_sent.split(",") if self.is_being_written or self.state == ReferralState.WITHDRAWN else self.criteria
        return [CRITERIA[code] for code in codes if code]


CRITERIA = {
    "professional_judgement": "Professional judgement",
    "visible_high_risk": "Visible high risk",
    "potential_escalation": "Potential escalation",
    "repeat_criterion": "MARAC repeat",
}


class Step(models.Model):
    """One change of a referral's state: by whom, when, why. Never edited."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12, choices=ReferralState, blank=True)
    to_state = models.CharField(max_length=12, choices=ReferralState)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField(max_length=10_000, blank=True)
    meeting = models.ForeignKey("marac.Meeting", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["referral", "at"], name="marac_step_referral")]
