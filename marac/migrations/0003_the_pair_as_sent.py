"""Whom a referral was about when it was sent; for those sent before, whoever is on the case now."""

import django.contrib.postgres.fields
from django.db import migrations, models

FROM_THE_CASE = """
    UPDATE marac_referral SET
      victim_ids = ARRAY(SELECT person_id FROM cases_party p WHERE p.case_id = marac_referral.case_id AND p.role = 'victim' ORDER BY person_id),
      perpetrator_ids = ARRAY(SELECT person_id FROM cases_party p WHERE p.case_id = marac_referral.case_id AND p.role = 'perpetrator' ORDER BY person_id)
    WHERE submitted_at IS NOT NULL AND victim_ids = '{}' AND perpetrator_ids = '{}'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_person_name_prefix'),
        ('marac', '0002_criteria_sent'),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='victim_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='referral',
            name='perpetrator_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None),
        ),
        migrations.RunSQL(FROM_THE_CASE, migrations.RunSQL.noop),
    ]
