"""The criteria as they were last sent, so that nobody reads along while the referrer writes."""

from django.db import migrations, models

CODES = ["professional_judgement", "visible_high_risk", "potential_escalation", "repeat_criterion"]


def carry(apps, schema_editor):
    """What stands in a referral that was sent before is the nearest to what was sent."""
    referrals = apps.get_model("marac", "Referral").objects.filter(submitted_at__isnull=False)
    for referral in referrals.only(*CODES).iterator():
        referral.criteria_sent = ",".join(code for code in CODES if getattr(referral, code))
        referral.save(update_fields=["criteria_sent"])


class Migration(migrations.Migration):
    dependencies = [("marac", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="criteria_sent",
            field=models.CharField(blank=True, default="", help_text="the criteria as they were last sent: codes, with commas", max_length=100),
            preserve_default=False,
        ),
        migrations.RunPython(carry, migrations.RunPython.noop),
    ]
