"""Cases whose first report said that somebody was in danger, or that 999 had been called, say so themselves."""

import re

from django.db import migrations
from django.db.models import Q


def is_number(text):
    """As the pages ask it from now on; "none yet" in the box was no number."""
    words = [word for word in text.split() if word.isalpha()]
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ./#:-]*", text) is not None and any(mark.isdigit() for mark in text) and len(words) <= 2 and len(text) <= 40


def tell_the_cases(apps, schema_editor):
    """It counts as dealt with, as from now on, once the police have it and somebody has spoken with the victim/survivor safely."""
    Case, ContactAttempt = apps.get_model("cases", "Case"), apps.get_model("cases", "ContactAttempt")
    Disclosure = apps.get_model("referrals", "Disclosure")
    for pk, text in Disclosure.objects.filter(state="submitted").exclude(police_incident_number="").values_list("pk", "police_incident_number"):
        if not is_number(text):
            Disclosure.objects.filter(pk=pk).update(police_incident_number="")  # the words stay among the answers
    of_danger = Disclosure.objects.filter(state="submitted").filter(
        Q(immediate_danger=True) | Q(immediate_danger=None) & ~Q(police_incident_number="")
    )
    for disclosure in of_danger.iterator():
        settled_at = None
        if disclosure.police_incident_number:
            reached = ContactAttempt.objects.filter(case_id=disclosure.case_id, outcome="reached", was_safe_route=True, at__gte=disclosure.received_at)
            first = reached.order_by("recorded_at").first()
            settled_at = first and max(first.recorded_at, disclosure.submitted_at)
        Case.objects.filter(pk=disclosure.case_id, danger_reported_at=None).update(
            danger_reported_at=disclosure.received_at, danger_settled_at=settled_at
        )


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0008_case_danger"),
        ("referrals", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(tell_the_cases, migrations.RunPython.noop),
    ]
