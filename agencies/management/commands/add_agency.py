"""`manage.py add_agency`: an organisation joins the partnership."""

from django.core.management.base import BaseCommand

from agencies.founding import found_agency
from agencies.types import AGENCY_TYPES, AREAS


class Command(BaseCommand):
    help = "Add an agency to the partnership."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("type", choices=list(AGENCY_TYPES))
        parser.add_argument("--short-name", default="")
        parser.add_argument("--area", choices=list(AREAS), default="")

    def handle(self, *args, **options):
        agency = found_agency(options["name"], options["type"], short_name=options["short_name"], area=options["area"])
        self.stdout.write(f"{agency.name}: {agency.slug}")
