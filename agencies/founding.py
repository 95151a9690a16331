"""Founding a partnership: its agencies, the people in them, their roles. Called by commands and by tests, not by pages."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.text import slugify

from agencies.models import Agency, Membership, User


@transaction.atomic
def found_agency(name, type, *, short_name="", slug="", area=""):
    """An agency with the group that carries its grants; the one that exists already is returned as it is."""
    existing = Agency.objects.filter(name=name).first()
    if existing:
        return existing
    slug = slug or slugify(short_name or name)
    return Agency.objects.create(
        name=name, short_name=short_name or name, slug=slug, type=type, area=area, group=Group.objects.create(name=f"agency:{slug}")
    )


@transaction.atomic
def enrol(email, full_name, agency, role, *, password=None, manager=None):
    """A person with an account, in a role in an agency; an existing account is kept and only given the role if it has none."""
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, password, full_name=full_name)
    if not Membership.objects.filter(user=user, ended_at=None).exists():
        Membership.objects.create(user=user, agency=agency, role=role, manager=manager)
    return user
