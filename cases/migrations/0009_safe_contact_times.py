from django.conf import settings
from django.db import migrations, models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.deletion import PROTECT
from django.db.models.functions import Coalesce


def carry_over(apps, schema_editor):
    """What stood before: it counts from when it was checked, else from when the case was opened; without times, "any" only where it was checked as safe."""
    SafeContact, SafeWindow, File = (apps.get_model("cases", name) for name in ("SafeContact", "SafeWindow", "Case"))
    opened = Subquery(File.objects.filter(pk=OuterRef("case")).values("opened_at")[:1])
    has_times = Exists(SafeWindow.objects.filter(contact=OuterRef("pk")))
    SafeContact.objects.update(
        recorded_at=Coalesce(F("verified_at"), opened),
        times=Case(When(has_times, then=Value("windows")), When(Q(is_safe="yes", verified_at__isnull=False), then=Value("any")), default=Value("unknown")),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0008_case_danger'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='safecontact',
            name='times',
            field=models.CharField(choices=[('any', 'Any time'), ('windows', 'Only at these times'), ('unknown', 'Not known')], default='unknown', max_length=7),
        ),
        migrations.AddField(
            model_name='safecontact',
            name='recorded_at',
            field=models.DateTimeField(help_text='when this began to hold', null=True),
        ),
        migrations.AddField(
            model_name='safecontact',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=PROTECT, related_name='replaced_by', to='cases.safecontact'),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='safecontact',
            name='recorded_at',
            field=models.DateTimeField(help_text='when this began to hold'),
        ),
        migrations.AlterField(
            model_name='safecontact',
            name='verified_at',
            field=models.DateTimeField(blank=True, help_text='when it was last checked with the victim/survivor', null=True),
        ),
        migrations.AlterField(
            model_name='contactattempt',
            name='channel',
            field=models.CharField(choices=[
                ('phone', 'Telephone call'), ('text', 'Text message'), ('voicemail', 'Voicemail'), ('email', 'E-mail'), ('letter', 'Letter'),
                ('visit', 'Home visit'), ('work', 'At work'), ('third_person', 'Through another person'), ('in_person', 'In person, by arrangement'),
                ('from_them', 'They called us, or came to us'),
            ], max_length=12),
        ),
        migrations.CreateModel(
            name='EarlierCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verified_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=PROTECT, related_name='+', to='cases.case')),
                ('contact', models.ForeignKey(on_delete=PROTECT, related_name='earlier_checks', to='cases.safecontact')),
                ('verified_by', models.ForeignKey(on_delete=PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={'ordering': ['verified_at', 'id']},
        ),
    ]
