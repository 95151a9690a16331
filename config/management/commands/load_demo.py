"""`manage.py load_demo`: the invented partnership, once; then the address of each person in it."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from agencies.roles import ROLES
from config import demo_world
from config.demo_partnership import Partnership
from config.invented import AGENCIES, PERSONAS


class Command(BaseCommand):
    help = "Load the invented partnership of the demonstration, unless it is there already."

    def handle(self, **options):
        if settings.IS_PRODUCTION:
            raise CommandError("The invented partnership has no place beside real people: this runs outside production only.")
        if demo_world.is_built():
            self.stdout.write("The invented partnership is there already; what was done in it is kept.")
        else:
            self._build()
        self._say_who()

    @transaction.atomic
    def _build(self):
        if not self.stdout.isatty():
            self.stdout.write("  Telling some months of cases; this takes about a minute ...")

        def say(done, of):
            if not self.stdout.isatty():
                return
            bar = "#" * round(30 * done / of)
            self.stdout.write(f"\r  cases [{bar:<30}] {done}/{of}", ending="\n" if done == of else "")
            self.stdout.flush()

        Partnership(say).build()

    def _say_who(self):
        self.stdout.write("\nSign in as any of these; the password of each is: " + demo_world.PASSWORD + "\n")
        for persona, (_, slug, role, _) in PERSONAS.items():
            self.stdout.write(f"  {persona.replace('_', '.') + '@example.org':<42}{ROLES[role].label}, {AGENCIES[slug][1]}")
