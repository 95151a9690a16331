"""`manage.py load_wording FILE --by EMAIL [--from DAY] [--check]`: lays a partnership's licensed wording over Waymark's own labels of a form."""

from datetime import date
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.urls import get_resolver
from django.utils import timezone

from agencies.actors import actor_for
from agencies.gate import Refused
from agencies.models import User
from cases.actions.wording import load_wording
from cases.dash import wording
from ui.times import local_date, start_of_day


class Command(BaseCommand):
    help = "Load a licensed wording of a form. It holds for what is started from a day on; what was completed before keeps the words of its time."

    def add_arguments(self, parser):
        parser.add_argument("file", help="a TOML file with tool, version, edition and a table labels: each number of the form with its words")
        parser.add_argument("--by", default="", help="the e-mail address of the partnership administrator who answers for it")
        parser.add_argument("--from", dest="from_day", default="", help="the first day, like 2026-12-01; today where it is left out")
        parser.add_argument("--check", action="store_true", help="only say what is wrong with the file")

    def handle(self, *args, **options):
        get_resolver().url_patterns  # noqa: B018 - importing the pages registers every verb
        try:
            text = Path(options["file"]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"The file cannot be read: {problem}") from problem
        facts, reasons = wording.read(text)
        if reasons:
            raise CommandError("\n".join(reasons))
        if options["check"]:
            self.stdout.write(f"{facts['tool']}, {facts['edition']}: all {len(facts['labels'])} items have their words. Nothing was loaded.")
            return
        try:
            day = date.fromisoformat(options["from_day"]) if options["from_day"] else timezone.localdate()
        except ValueError as problem:
            raise CommandError("--from: write the day like 2026-12-01.") from problem
        person = User.objects.filter(email=options["by"].lower(), is_active=True).first()
        if person is None:
            raise CommandError("--by: name the partnership administrator who answers for this wording, by the e-mail address that they sign in with.")
        try:
            made = load_wording(actor_for(person, channel="command"), text=text, effective_from=start_of_day(day))
        except PermissionDenied as problem:
            raise CommandError("--by: only a partnership administrator may load a wording.") from problem
        except Refused as refusal:
            raise CommandError("\n".join(refusal.reasons)) from refusal
        self.stdout.write(f"Loaded: {made.tool}, {made.edition}, {len(made.labels)} items, from {local_date(made.effective_from)}. Checksum {made.checksum[:12]}.")
