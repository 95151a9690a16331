from django.db import migrations, models


def whose_words(apps, schema_editor):
    """Until now a referral stayed with the agency that sent it."""
    apps.get_model("referrals", "SafeguardingReferral").objects.filter(sent_at__isnull=False).update(told_by=models.F("agency"))


class Migration(migrations.Migration):

    dependencies = [("referrals", "0006_told_by")]

    operations = [migrations.RunPython(whose_words, migrations.RunPython.noop)]
