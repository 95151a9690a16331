"""Schemes round an alleged perpetrator: requests under the disclosure scheme (Clare's Law), and MAPPA and IOM markers (domain section 11, SEED-135, SEED-141)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models.case import Case
from cases.models.chronology import Audience
from cases.models.people import Party


class Route(models.TextChoices):
    """Who asked, or what made the police think of telling."""

    VICTIM = "victim", "Right to Ask: the person at risk asked"
    THIRD_PARTY = "third_party", "Right to Ask: somebody else who worries about them asked"
    KNOW = "know", "Right to Know: the police or another agency raised it"


class Step(models.TextChoices):
    CHECKS = "checks", "The police made their checks"
    MEETING = "meeting", "The applicant was met face to face"
    DECISION = "decision", "The forum decided"
    TOLD = "told", "It was disclosed, or they were told that there is nothing to disclose"
    WITHDRAWN = "withdrawn", "It was withdrawn, or could not go on"


class Decision(models.TextChoices):
    DISCLOSE = "disclose", "Disclose"
    PARTIAL = "partial", "Disclose in part"
    NOT = "not", "Not disclose"


class DvdsRequest(models.Model):
    """A request under the Domestic Violence Disclosure Scheme. What becomes of it are its steps, each written once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="dvds_requests")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="which recorded it")
    route = models.CharField(max_length=12, choices=Route)
    at_risk = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    applicant = models.CharField(max_length=200, blank=True, help_text="what a third party is to the person at risk; never a name")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True, help_text="when it was disclosed, refused or withdrawn")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]


class DvdsStep(models.Model):
    """Something that was done about a request. The narrative has an audience: what was disclosed is among the most dangerous things on a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(DvdsRequest, on_delete=models.PROTECT, related_name="steps")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience)
    step = models.CharField(max_length=10, choices=Step)
    happened_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    text = models.TextField(max_length=5000, blank=True)
    told = models.CharField(max_length=200, blank=True, help_text="who was told")
    safe_way = models.CharField(max_length=300, blank=True, help_text="how they were told safely")
    confidentiality_signed = models.BooleanField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["happened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "step"], name="each_step_once"),
            models.CheckConstraint(condition=Q(step="decision") & ~Q(decision="") | ~Q(step="decision") & Q(decision=""), name="a_decision_decides"),
        ]


class MappaCategory(models.TextChoices):
    """Criminal Justice Act 2003, s325."""

    ONE = "1", "1: registered sexual offender"
    TWO = "2", "2: other sexual or violent offender, 12 months or more, or a hospital order"
    THREE = "3", "3: other dangerous offender"
    FOUR = "4", "4: terrorism-related"
    NONE = "none", "Not under MAPPA"


class MappaLevel(models.TextChoices):
    ONE = "1", "1: ordinary management by one agency"
    TWO = "2", "2: multi-agency meetings"
    THREE = "3", "3: senior multi-agency meetings"


class Marker(models.Model):
    """How an alleged perpetrator is managed: MAPPA and integrated offender management. A new row at each change, the latest holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="markers")
    mappa_category = models.CharField(max_length=4, choices=MappaCategory)
    mappa_level = models.CharField(max_length=1, choices=MappaLevel, blank=True)
    is_iom = models.BooleanField(null=True, blank=True, help_text="integrated offender management; empty means not known")
    review_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, help_text="who said so")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(mappa_category="none", mappa_level="") | ~Q(mappa_category="none") & ~Q(mappa_level=""), name="mappa_level_of_a_category"),
        ]
