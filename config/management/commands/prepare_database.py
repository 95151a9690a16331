"""`manage.py prepare_database`: migrate as the owner of the tables, then give the application's role what it needs and no more."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from config.database_roles import UnsafeRole, become_owner, grant_application_role


class Command(BaseCommand):
    """Run before each start of a new version; safe to repeat."""

    help = "Migrates the database as its owner and grants the application's role what it needs."
    requires_system_checks = ()

    def handle(self, **options):
        """Migrate, grant, and leave the connection as it was found."""
        if not settings.DATABASE_OWNER_URL:
            raise CommandError(
                "DATABASE_OWNER_URL is not set. It names the role that owns the tables, which is never the application's own."
            )
        give_back = become_owner(connection)
        try:
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
            with transaction.atomic():
                grant_application_role(connection)
        except UnsafeRole as unsafe:
            raise CommandError(str(unsafe)) from unsafe
        finally:
            give_back()
        self.stdout.write("The database is ready.")
