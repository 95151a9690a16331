"""The actor: a person acting for an agency in a role, over a channel. Everything that asks "may they?" asks about an actor."""

from dataclasses import dataclass, field
from uuid import uuid4

from agencies.models import Membership
from agencies.roles import ROLES


@dataclass(frozen=True)
class Actor:
    """Who is acting. `capabilities` is the ceiling of the role; a case needs a grant besides (cases/access.py)."""

    user_id: int | None
    name: str
    agency_id: int | None
    agency_name: str
    role: str
    capabilities: frozenset[str]
    channel: str = "web"
    request_id: str = field(default_factory=lambda: uuid4().hex)
    agency_type: str = ""

    @property
    def code(self):
        """How the audit log names the actor."""
        return f"user:{self.user_id}" if self.user_id else f"system:{self.name}"

    @property
    def role_label(self):
        return ROLES[self.role].label if self.role in ROLES else ""

    def may(self, capability):
        """Is this within the ceiling of the role? For an agency or partnership capability, the whole answer."""
        return capability in self.capabilities


def actor_for(user, channel="web", request_id=None):
    """The person as they may act now: asked afresh at each request, so that a change of membership takes effect at once.

    A person without a current membership in an active agency (a superuser, a leaver) may do nothing.
    """
    membership = (
        Membership.objects.filter(user=user, ended_at=None, user__is_active=True, agency__is_active=True)
        .select_related("agency")
        .first()
    )
    if membership is None:
        return Actor(user.pk, user.full_name, None, "", "", frozenset(), channel, request_id or uuid4().hex)
    return Actor(
        user.pk,
        user.full_name,
        membership.agency_id,
        membership.agency.short_name,
        membership.role,
        ROLES[membership.role].capabilities,
        channel,
        request_id or uuid4().hex,
        membership.agency.type,
    )


def system(name):
    """A named process of our own (the sweep, the sealer); it holds no capability and passes the set-based gate only."""
    return Actor(None, name, None, "", "", frozenset(), "system")
