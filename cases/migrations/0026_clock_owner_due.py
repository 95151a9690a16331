from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0025_child_risk"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(condition=Q(("stopped_at", None)), fields=["owner", "due_at"], name="clock_owner_due"),
        ),
    ]
