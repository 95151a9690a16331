"""Ways of contact that a disclosure from somebody else called safe were stamped as checked with the victim/survivor. Nobody had asked them."""

from django.db import migrations
from django.db.models import Exists, OuterRef, Q


def take_the_stamp(apps, schema_editor):
    """Only what was stamped by the pages of the disclosure, at once or when they were completed later, and never checked or confirmed since.

    A check leaves its line in the chronology at the same instant. In doubt the stamp goes: the way then asks to be checked first.
    """
    Attempt, Contact, Entry = (apps.get_model("cases", name) for name in ("ContactAttempt", "SafeContact", "Entry"))
    Disclosure = apps.get_model("referrals", "Disclosure")
    said_by_others = Disclosure.objects.filter(state="submitted", case__isnull=False).exclude(Q(reporter="self") | Q(route__in=("direct", "signs")))
    checked = Entry.objects.filter(case=OuterRef("case"), recorded_at=OuterRef("verified_at"), title__startswith="Way of contact")
    for case_id in said_by_others.values_list("case_id", flat=True).iterator():
        stamped = Contact.objects.filter(~Exists(checked), case_id=case_id, verified_at__isnull=False, ended_at=None)
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
