"""`manage.py generate_docs`: writes docs/generated/ from the tables in code, so that the pages cannot lie (a guard test compares them)."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import get_resolver

from config import generated


class Command(BaseCommand):
    help = "Write docs/generated/ from the tables in code."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only say whether the pages are up to date")

    def handle(self, *args, **options):
        get_resolver().url_patterns  # noqa: B018 - importing the pages registers every verb
        folder = Path(settings.BASE_DIR) / "docs" / "generated"
        stale = []
        for name, page in generated.pages().items():
            path = folder / name
            if not path.exists() or path.read_text() != page:
                stale.append(name)
                if not options["check"]:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(page)
        if stale and options["check"]:
            self.stderr.write(f"out of date: {', '.join(stale)}. Type: manage.py generate_docs")
            raise SystemExit(1)
        self.stdout.write(f"{len(stale)} pages written" if stale else "up to date")
