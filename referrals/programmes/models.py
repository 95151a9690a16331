"""Participants of programmes, and what was done about each. Nothing of a case or of a partner stands on them: the way from a case to one is kept on the case's side."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models import Case, Party
from referrals.programmes.rules import KNOWN, LEVELS, REFERRERS, STATES, STEPS
from vault.fields import SealedDate, SealedText

_KNOWN = list(KNOWN.items())


class ProgrammeReferral(models.Model):
    """One person referred to one programme: what is their own, and no more. It belongs to the agency that runs the programme."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="who runs the programme")
    programme = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField(help_text="of the file that the programme stands in")
    state = models.CharField(max_length=12, choices=list(STATES.items()), default="referred")
    # Who referred is a kind, and never an agency: that somebody works with the partner must not be read here.
    referrer = models.CharField(max_length=12, choices=list(REFERRERS.items()))
    referred_at = models.DateTimeField()
    given_name = SealedText(max_length=120)
    family_name = SealedText(max_length=120)
    date_of_birth = SealedDate()
    telephone = SealedText(max_length=20, blank=True)
    level = models.CharField(max_length=10, choices=list(LEVELS.items()), help_text="of the harm that they may do, as the referrer judges")
    on_bail = models.CharField(max_length=8, choices=_KNOWN)
    under_investigation = models.CharField(max_length=8, choices=_KNOWN)
    police_case = models.CharField(max_length=8, choices=_KNOWN)
    is_abusive = models.CharField(max_length=8, choices=_KNOWN)
    recognises = models.CharField(max_length=8, choices=_KNOWN)
    is_willing = models.CharField(max_length=8, choices=_KNOWN)
    # That it is there, and nothing else of it: not who, by whom, or what they said.
    support_at = models.DateTimeField(null=True, blank=True, help_text="when linked support was recorded")

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(state__in=["started", "finished", "left"]) | Q(support_at__isnull=False), name="programme_support_before_start")]
        indexes = [models.Index(fields=["agency", "state", "-id"], name="programme_desk")]

    @property
    def name(self):
        return f"{self.given_name} {self.family_name}"


class ProgrammeStep(models.Model):
    """Something that the people of the programme decided or recorded. Written once."""

    referral = models.ForeignKey(ProgrammeReferral, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=list(STEPS.items()))
    notes = SealedText(max_length=2000, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]


class ProgrammeLink(models.Model):
    """The way from a case to a participant, on the case's side: nobody walks it the other way."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    referral = models.OneToOneField(ProgrammeReferral, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
