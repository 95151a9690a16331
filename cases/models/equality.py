"""What a person said for equality monitoring: once for each case of theirs, for returns, seen on no list (domain 9.1, E1)."""

from django.conf import settings
from django.db import models

from agencies.models import Agency
from cases.models.case import Case
from cases.models.people import Party
from vault.fields import SealedPages


class Equality(models.Model):
    """The answers of one person on one case, as codes of cases/rules/equality.py, with their own words where they said it so. What is missing was not asked.

    They hang on the part that somebody has in a case and not on the person: two cases of one person have readers of their own (docs/adr/0028).
    Which questions were answered stands in clear; each answer is sealed, and a return opens what it counts.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="equality")
    answers = SealedPages(default=dict)
    words = SealedPages(default=dict)
    asked_on = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "equality monitoring"
