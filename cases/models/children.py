"""Children of a case: whether anybody asked, what was decided about each, what is known of each and what they said (domain section 12, 2021 Act s3)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models.case import Case
from cases.models.chronology import Audience
from cases.models.people import Party
from cases.rules.children import SCALE
from vault.fields import SealedText


class Asked(models.TextChoices):
    YES = "yes", "Yes, there are children, or one is expected"
    NO = "no", "No children"
    NOT_KNOWN = "not_known", "Asked, but it is still not known"


class ChildrenAsked(models.Model):
    """Somebody asked about the children of either party, wherever they live: a row each time, the latest holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Asked)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "children asked"
        ordering = ["-id"]


class Decision(models.TextChoices):
    VICTIM = "victim", "Affected: a victim in their own right"
    NOT_AFFECTED = "not_affected", "Not affected"


class ChildDecision(models.Model):
    """Is this child a victim in their own right? A new row at each decision, the latest holds; one that was made is never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="child_decisions")
    decision = models.CharField(max_length=12, choices=Decision)
    saw = models.BooleanField(default=False)
    heard = models.BooleanField(default=False)
    felt_effects = models.BooleanField(default=False)
    reason = models.CharField(max_length=1000, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="victim") & (Q(saw=True) | Q(heard=True) | Q(felt_effects=True))
                | Q(decision="not_affected", saw=False, heard=False, felt_effects=False) & ~Q(reason=""),
                name="child_decision_has_its_ground",
            ),
        ]


class ToPerpetrator(models.TextChoices):
    """How a child stands to the alleged perpetrator; how they stand to the victim/survivor is on Party."""

    CHILD = "child", "Son or daughter"
    STEP = "step", "Child of a partner or former partner"
    RELATIVE = "relative", "Other relative"
    NONE = "none", "Not related"
    UNKNOWN = "unknown", "Not known"


class LivesWith(models.TextChoices):
    VICTIM = "victim", "The victim/survivor"
    PERPETRATOR = "perpetrator", "The alleged perpetrator"
    BOTH = "both", "Both, or part of the time with each"
    RELATIVE = "relative", "A relative or friend"
    LOOKED_AFTER = "looked_after", "Looked after: foster care or a home"
    OTHER = "other", "Somewhere else"
    UNKNOWN = "unknown", "Not known"


class AtIncident(models.TextChoices):
    IN_ROOM = "in_room", "In the same room"
    IN_HOME = "in_home", "Elsewhere in the home, asleep too"
    AWAY = "away", "Not there"
    UNKNOWN = "unknown", "Not known"


class Contact(models.TextChoices):
    NONE = "none", "No contact"
    SUPERVISED = "supervised", "Only with somebody else there"
    UNSUPERVISED = "unsupervised", "Without anybody else there"
    UNKNOWN = "unknown", "Not known"


class ChildConsent(models.TextChoices):
    """Whether the child can agree to help for themselves (Gillick), or somebody with parental responsibility did."""

    NOT_ASKED = "not_asked", "Not asked yet"
    CHILD = "child", "The child agreed and understands it (Gillick competent)"
    PARENT = "parent", "Somebody with parental responsibility agreed"
    REFUSED = "refused", "Refused"


# Where somebody could find the child: read only with `see_protected_address` while `is_protected` (domain 8.3).
PLACES = ("school", "gp", "health_visitor", "lives_where")


class ChildDetails(models.Model):
    """What is known of a child's life: a new row at each change, the latest holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="child_details")
    to_perpetrator = models.CharField(max_length=10, choices=ToPerpetrator, default=ToPerpetrator.UNKNOWN)
    lives_with = models.CharField(max_length=14, choices=LivesWith, default=LivesWith.UNKNOWN)
    in_whose_care = SealedText(max_length=200, blank=True)
    parental_responsibility = SealedText(max_length=300, blank=True)
    court_orders = models.CharField(max_length=500, blank=True, help_text="of the family court about this child")
    is_protected = models.BooleanField(default=True, help_text="the places below go only to who may see protected addresses")
    lives_where = SealedText(max_length=300, blank=True)
    school = SealedText(max_length=200, blank=True)
    gp = SealedText(max_length=200, blank=True)
    health_visitor = SealedText(max_length=200, blank=True)
    at_incident = models.CharField(max_length=10, choices=AtIncident, default=AtIncident.UNKNOWN)
    seen_on = models.DateField(null=True, blank=True, help_text="when a worker last saw them")
    own_worker = SealedText(max_length=200, blank=True)
    contact = models.CharField(max_length=14, choices=Contact, default=Contact.UNKNOWN, help_text="with the alleged perpetrator")
    contact_arrangement = models.CharField(max_length=1000, blank=True)
    consent = models.CharField(max_length=10, choices=ChildConsent, default=ChildConsent.NOT_ASKED)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "child details"
        ordering = ["-id"]


class ChildRisk(models.Model):
    """How serious it is for this child (DVRIM, SEED-156): judged by a person, a new row each time, the latest holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="child_risks")
    scale = models.PositiveSmallIntegerField(choices=[(number, f"{number}: {words}") for number, words in SCALE.items()])
    has_special_needs = models.BooleanField()
    protective = models.CharField(max_length=1000, blank=True, help_text="what protects the child")
    reason = models.CharField(max_length=1000)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(scale__gte=1, scale__lte=4), name="child_risk_on_the_scale")]


class NoteKind(models.TextChoices):
    ACCOUNT = "account", "What the child said, in their own words"
    NEEDS = "needs", "Needs and risk of their own"
    PLAN = "plan", "Safety plan, in words for their age"


class ChildNote(models.Model):
    """Something written about one child, or by them: their own account, needs, plan. Never edited; the latest of a kind and agency stands first."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="child_notes")
    kind = models.CharField(max_length=10, choices=NoteKind)
    text = models.TextField(max_length=5000)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
