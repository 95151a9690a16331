"""`manage.py add_person`: somebody gets an account and a role in an agency. The password is asked for, never an argument."""

from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from agencies.founding import enrol
from agencies.models import Agency, User
from agencies.roles import ROLES


class Command(BaseCommand):
    help = "Give a person an account and a role in an agency."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("full_name")
        parser.add_argument("agency", help="the agency's short address (see add_agency)")
        parser.add_argument("role", choices=list(ROLES))
        parser.add_argument("--manager", help="the manager's e-mail address")

    def handle(self, *args, **options):
        try:
            agency = Agency.objects.get(slug=options["agency"], is_active=True)
            manager = User.objects.get(email=options["manager"].lower()) if options["manager"] else None
        except (Agency.DoesNotExist, User.DoesNotExist) as missing:
            raise CommandError("There is no such agency or manager.") from missing
        password = getpass("Password: ")
        try:
            validate_password(password, User(email=options["email"], full_name=options["full_name"]))
        except ValidationError as weak:
            raise CommandError(" ".join(weak.messages)) from weak
        user = enrol(options["email"], options["full_name"], agency, options["role"], password=password, manager=manager)
        self.stdout.write(f"{user.full_name}: {ROLES[options['role']].label}, {agency.name}")
