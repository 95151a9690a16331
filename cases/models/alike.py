"""Who is likely to be whom: pairs of ids that were found by comparing names and dates of birth inside a gate (cases/alike.py), never names."""

from django.db import models
from django.db.models import F, Q

from cases.models.people import Person


class Alike(models.Model):
    """Two records that are likely to be of one human being, written down both ways. It tells nobody which cases they stand in."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="alike")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "alike"
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], name="alike_once"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="alike_takes_two"),
        ]
