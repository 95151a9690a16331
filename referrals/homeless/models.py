"""What was decided on a homeless application, and the Personalised Housing Plan. A later decision supersedes; nothing is edited."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from cases.models import Case
from referrals.homeless import rules
from vault.fields import SealedText


class HousingDecision(models.Model):
    """One decision on a homeless application. The latest of its topic holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="housing_decisions")
    topic = models.CharField(max_length=12, choices=[(code, topic.label) for code, topic in rules.TOPICS.items()])
    answer = models.CharField(max_length=12)
    why = SealedText(max_length=2000, blank=True)
    # Of somewhere to stay: each was looked at. Where it is, stands among the protected addresses.
    is_safe = models.BooleanField(null=True, blank=True)
    is_suitable = models.BooleanField(null=True, blank=True)
    is_affordable = models.BooleanField(null=True, blank=True)
    areas_checked = models.BooleanField(null=True, blank=True)
    # Of the main duty: the letter.
    given_how = models.CharField(max_length=12, choices=list(rules.LETTERS.items()), blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(topic="main") | Q(given_at__isnull=False) & ~Q(given_how=""), name="main_duty_has_its_letter")]
        indexes = [models.Index(fields=["case", "topic", "-id"], name="housing_decisions")]

    @property
    def answer_words(self):
        return rules.TOPICS[self.topic].answers[self.answer]


class Side(models.TextChoices):
    COUNCIL = "council", "What we do"
    APPLICANT = "applicant", "What they do"


class HousingStep(models.Model):
    """One reasonable step of the Personalised Housing Plan (s189A): whose it is, by when, and when it was done or dropped."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="housing_steps")
    side = models.CharField(max_length=10, choices=Side)
    words = SealedText(max_length=500)
    by_on = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ending = models.CharField(max_length=8, choices=[("done", "Done"), ("dropped", "Not needed any more")], blank=True)

    class Meta:
        ordering = ["side", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ending="") | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ending=""), name="housing_step_ended_in_full"
            )
        ]


class HousingAgreement(models.Model):
    """The plan was gone through with them: agreed, or why not. The latest holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    is_agreed = models.BooleanField()
    why_not = SealedText(max_length=1000, blank=True)
    agreed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
