"""Answers for equality monitoring were kept by person, and went from one case to another where two records had become one. They are kept by the part in a case."""

import django.db.models.deletion
from django.db import migrations, models


def find_the_part(apps, schema_editor):
    """The part on the case on which they were asked: of this person, or of the record with which theirs was put together since, or from which it was parted again."""
    Equality, Party, PersonMerge = (apps.get_model("cases", name) for name in ("Equality", "Party", "PersonMerge"))
    taken = set()
    for row in Equality.objects.order_by("-recorded_at", "-pk"):
        part = Party.objects.filter(case=row.case_id, person=row.person_id).first()
        if part is None:
            together = models.Q(absorbed=row.person_id) | models.Q(kept=row.person_id)
            moved = [pk for parts in PersonMerge.objects.filter(together, decision="approved").values_list("moved", flat=True) for pk in parts]
            part = Party.objects.filter(case=row.case_id, pk__in=moved).first()
        if part is None:
            raise RuntimeError(f"equality row {row.pk}: nobody on its case is the person who was asked")
        if part.pk in taken:  # asked again on that case since: as always, what was said last holds
            row.delete()
            continue
        taken.add(part.pk)
        row.party = part
        row.save(update_fields=["party"])
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0031_merging"),
    ]

    operations = [
        migrations.AddField(
            model_name="equality",
            name="party",
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="equality", to="cases.party"),
        ),
        migrations.RunPython(find_the_part),
        migrations.AlterField(
            model_name="equality",
            name="party",
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="equality", to="cases.party"),
        ),
        migrations.RemoveField(
            model_name="equality",
            name="person",
        ),
        migrations.AlterField(
            model_name="equality",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
        ),
    ]
