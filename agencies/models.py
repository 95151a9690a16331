"""Who we are: agencies, the people who work in them, and the role in which each of them acts."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.roles import ROLES
from agencies.types import AGENCY_TYPES, AREAS


class Agency(models.Model):
    """An organisation in the partnership. Its group carries the object grants that django-guardian stores."""

    name = models.CharField(max_length=120, unique=True)
    short_name = models.CharField(max_length=40)
    slug = models.SlugField(unique=True)
    type = models.CharField(max_length=30, choices=list(AGENCY_TYPES.items()))
    area = models.CharField(max_length=30, choices=list(AREAS.items()), blank=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="agency")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"

    def __str__(self):
        return self.name


class Accounts(BaseUserManager):
    """Makes accounts; e-mail addresses are compared without regard to case."""

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do comes from their membership, never from `is_superuser`."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = Accounts()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["full_name"]

    def __str__(self):
        return self.full_name

    def get_full_name(self):
        return self.full_name


class Membership(models.Model):
    """One person's place in one agency, in one role, from a day until a day. A person acts for one agency at a time."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=40, choices=[(code, role.label) for code, role in ROLES.items()])
    manager = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="manages")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="one_current_membership"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")), name="membership_ends_after_start"),
        ]
        indexes = [models.Index(fields=["agency", "role"], condition=Q(ended_at=None), name="current_members")]

    def __str__(self):
        return f"{self.user} ({ROLES[self.role].label}, {self.agency.short_name})"


class Policy(models.Model):
    """A number that an agency (or, without one, the whole partnership) has agreed, from an instant on. Never edited: superseded."""

    key = models.CharField(max_length=60)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="policies")
    value = models.CharField(max_length=60)
    effective_from = models.DateTimeField()
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["key", "-effective_from", "-id"]
        indexes = [models.Index(fields=["key", "agency", "-effective_from"], name="policy_in_force")]
        verbose_name_plural = "policies"

    def __str__(self):
        return f"{self.key} = {self.value}"


class Submission(models.Model):
    """A form that has been acted on once: the same form sent twice is told where the first one led."""

    token = models.UUIDField(primary_key=True)
    verb = models.CharField(max_length=60)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    led_to = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
