"""A partnership's licensed words for the items of a question set, each version kept for what was completed under it."""

import pgtrigger
from django.conf import settings
from django.db import models


class Wording(models.Model):
    """The words of every item of one version of a tool, from a day on. Never changed: other words are another row."""

    tool = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    edition = models.CharField(max_length=100, help_text="what the licence calls it")
    labels = models.JSONField(help_text="number of the item: its words")
    checksum = models.CharField(max_length=64, help_text="of the file that was loaded")
    effective_from = models.DateTimeField()
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-effective_from", "-id"]
        constraints = [models.UniqueConstraint(fields=["tool", "version", "effective_from"], name="one_wording_at_a_time")]
        triggers = [pgtrigger.Protect(name="wording_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return self.edition
