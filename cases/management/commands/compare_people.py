"""`manage.py compare_people`: says anew who on record is likely to be whom, after a restore or a load of old data (docs/adr/0026)."""

from django.core.management.base import BaseCommand

from agencies.actors import system
from agencies.gate import Change, register_verb, run
from cases import alike

register_verb("people.compare", "", "Everybody on record was compared anew.", "cases.management.commands.compare_people")


class Command(BaseCommand):
    help = "Compare all victims/survivors and alleged perpetrators with one another. Safe to repeat; people can go on working."

    def handle(self, **options):
        def body(act):
            return Change(subject="people", after={"alike": (found := alike.remember_all())}, result=found)

        found = run("people.compare", system("compare"), body)
        self.stdout.write(f"{found} records are likely to be of somebody who is on record already.")
