"""`manage.py change_keys`: brings everything sealed under the current keys, with its tokens, while people work (docs/keys.md)."""

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from agencies.actors import system
from agencies.gate import Change, register_verb, system_changes
from config.database_roles import become_owner
from vault import changing_keys

register_verb("keys.change", "", "What is sealed was brought under the current key.", "config.management.commands.change_keys")


class Command(BaseCommand):
    help = "Seal everything with the first key of WAYMARK_FIELD_KEYS and make its tokens with the first of WAYMARK_INDEX_KEYS. Safe to stop and to repeat."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only say what other keys still seal; exits 1 where that is anything")

    def handle(self, **options):
        models = changing_keys.tables()
        if not options["check"]:
            give_back = become_owner(connection)  # a trigger keeps logged disclosures from everybody else
            try:
                changed = {model._meta.db_table: self._move(model) for model in models}
            finally:
                give_back()
            with transaction.atomic():
                system_changes("keys.change", system("keys"), timezone.now(), [("", Change(subject=table, after={"rows": rows})) for table, rows in changed.items()])
        left = {model._meta.db_table: changing_keys.left(model) for model in models}
        for table, rows in left.items():
            self.stdout.write(f"{table}: {f'{rows:,} still sealed with another key' if rows else 'all under the current key'}")
        if any(left.values()):
            raise SystemExit(1)
        self.stdout.write("No other key is needed any more: take the old ones out of the environment and out of every place but the safe.")

    def _move(self, model):
        changed = 0
        for progress in changing_keys.move(model):
            changed = progress.changed
            filled = 30 * progress.done // progress.of
            ending = "" if self.stdout.isatty() and progress.done < progress.of else "\n"
            self.stdout.write(f"\r{progress.table} [{'#' * filled:<30}] {progress.done:,} of {progress.of:,}", ending=ending)
        return changed
