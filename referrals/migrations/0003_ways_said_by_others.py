"""Ways of contact that a disclosure from somebody else called safe were stamped as checked with the victim/survivor. Nobody had asked them."""

from django.db import migrations
from django.db.models import Q


def take_the_stamp(apps, schema_editor):
    """Only what was stamped by the logging itself, and never checked or confirmed by a contact since, is to be checked."""
    Attempt, Contact, Disclosure = (apps.get_model(*name) for name in (("cases", "ContactAttempt"), ("cases", "SafeContact"), ("referrals", "Disclosure")))
    said_by_others = Disclosure.objects.filter(state="submitted", case__isnull=False).exclude(Q(reporter="self") | Q(route__in=("direct", "signs")))
    for case_id, submitted_at in said_by_others.values_list("case_id", "submitted_at").iterator():
        stamped = Contact.objects.filter(case_id=case_id, verified_at=submitted_at, ended_at=None)
        reached = Attempt.objects.filter(contact__in=stamped, outcome="reached", was_safe_route=True)
        unchecked = list(stamped.exclude(pk__in=list(reached.values_list("contact_id", flat=True))).values_list("pk", flat=True))
        Contact.objects.filter(pk__in=unchecked, times="any").update(times="unknown")
        Contact.objects.filter(pk__in=unchecked).update(verified_at=None, verified_by=None)


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0009_safe_contact_times"),
        ("referrals", "0002_case_danger"),
    ]

    operations = [
        migrations.RunPython(take_the_stamp, migrations.RunPython.noop),
    ]
