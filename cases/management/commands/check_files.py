"""`manage.py check_files`: is every file of every case where it was put, and what it was? Says ids only, never a name or a title."""

import hashlib
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases.models import Attachment
from vault import files as vault
from vault.sealed_files import Damaged

# What was put so lately may still be waiting for its row.
_HOURS = 24


class Command(BaseCommand):
    """To run after a restore, after a change of keys, and now and then."""

    help = "Opens every kept file with the keys that are held and compares it with what was added; names files that belong to nothing."

    def add_arguments(self, parser):
        parser.add_argument("--take-back", action="store_true", help=f"remove files that have belonged to nothing for {_HOURS} hours")

    def handle(self, *, take_back, **options):
        """Raises CommandError, so that whatever started it notices, when a file is missing or damaged."""
        known, wrong = set(), []
        for pk, stored_as, digest in Attachment.objects.order_by("pk").values_list("pk", "stored_as", "digest").iterator():
            known.add(stored_as)
            if reason := _fault(stored_as, digest):
                wrong.append(pk)
                self.stdout.write(f"file:{pk} {reason}")
        strays = [name for name in vault.names() - known if _age(name) > _HOURS * 3600]
        for name in strays if take_back else []:
            vault.take_back(name)
        self.stdout.write(f"{len(known)} files looked at, {len(wrong)} not as they were, {len(strays)} that belong to nothing{' and were removed' if take_back else ''}.")
        if wrong:
            raise CommandError("Some files are not what was added. Restore them from a backup.")


def _fault(stored_as, digest):
    found = hashlib.sha256()
    try:
        for piece in vault.content_of(stored_as):
            found.update(piece)
    except Damaged as damaged:
        return str(damaged)
    return "" if found.hexdigest() == digest else "is not the one that was added"


def _age(name):
    return time.time() - (Path(settings.FILES_FOLDER) / name[:2] / name).stat().st_mtime
