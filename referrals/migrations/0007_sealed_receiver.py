from django.db import migrations

import vault.fields
from vault.migrating import seal_columns


def put_under_seal(apps, schema_editor):
    """Who received an onward referral goes under seal."""
    seal_columns(schema_editor, "referrals_safeguardingreferral", ["receiver_name"])


class Migration(migrations.Migration):

    dependencies = [("referrals", "0006b_whose_words")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(put_under_seal)],
            state_operations=[
                migrations.AlterField(
                    model_name="safeguardingreferral", name="receiver_name", field=vault.fields.SealedText(blank=True, max_length=200),
                ),
            ],
        ),
    ]
