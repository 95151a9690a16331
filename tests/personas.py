"""The people of the tests: an invented partnership with a person for each role, and quick ways to arrange a case."""

from contextlib import contextmanager
from datetime import date, time, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from agencies.actors import actor_for
from agencies.gate import Change, run
from agencies.models import Agency, Membership, User
from cases import clocks
from cases.models import SafeContact, SafeWindow, SharingDecision
from cases.opening import add_party, give_grant, open_new_case
from config.invented import AGENCIES, PERSONAS

PASSWORD = "correct horse battery staple"

_hashed = []


class People:
    """A person for each role, by the name of the persona. Made in four statements: nearly every test begins with them."""

    def __init__(self):
        if not _hashed:
            _hashed.append(make_password(PASSWORD))
        groups = Group.objects.bulk_create(Group(name=f"agency:{slug}") for slug in AGENCIES)
        agencies = Agency.objects.bulk_create(
            Agency(name=name, short_name=short, slug=slug, type=type, area=area, group=group)
            for group, (slug, (name, short, type, area)) in zip(groups, AGENCIES.items(), strict=True)
        )
        self._agencies = {agency.slug: agency for agency in agencies}
        users = [User(email=f"{persona}@example.org", full_name=full_name, password=_hashed[0]) for persona, (full_name, *_) in PERSONAS.items()]
        users.append(User(email="superuser@example.org", full_name="Zebulon Crake", password=_hashed[0], is_staff=True, is_superuser=True))
        for persona, user in zip([*PERSONAS, "superuser"], User.objects.bulk_create(users), strict=True):
            setattr(self, persona, user)
        Membership.objects.bulk_create(
            Membership(user=getattr(self, persona), agency=self._agencies[slug], role=role, manager=getattr(self, manager) if manager else None)
            for persona, (_, slug, role, manager) in PERSONAS.items()
        )

    def agency(self, slug) -> Agency:
        return self._agencies[slug]

    def actor(self, persona, channel="web"):
        """The persona as an actor, as a request would make it now."""
        return actor_for(getattr(self, persona), channel)

    def names(self):
        return [*PERSONAS, "superuser"]


@pytest.fixture
def people(db):
    return People()


@pytest.fixture
def client_for(people):
    """Signed-in clients, by persona."""

    def signed_in(persona, **headers):
        client = Client(**headers)
        # Read again: the session is bound to the password, which was set after this object was made.
        client.force_login(User.objects.get(pk=getattr(people, persona).pk))
        return client

    return signed_in


@pytest.fixture
def inside_gate(people):
    """Arrange data as an act of a persona: `with inside_gate("idva") as act: ...` (logged under the verb `test.arrange`)."""

    @contextmanager
    def gate(persona="housing_officer"):
        # A gate runs a function, and a test wants a block; so the block runs between two halves of a gate of its own.
        from agencies import gate as room

        token = room._inside.set(True)
        try:
            yield room.Act(people.actor(persona), timezone.now())
        finally:
            room._inside.reset(token)

    return gate


@pytest.fixture
def a_case(people):
    """Opens a case: `a_case()` for the housing officer with a victim/survivor, an alleged perpetrator, a child of three, a safe phone, a running contact clock."""

    def opened(
        persona="housing_officer", *, given_name="Marigold", family_name="Thistlewood", clock="contact", received_ago=timedelta(0), windows=(),
        with_child=True, with_phone=True, pathway="tenant", area="bolsover",
    ):
        def body(act):
            case = open_new_case(act, pathway=pathway, area=area, has_stalking_element=False)
            victim = add_party(act, case, "victim", given_name=given_name, family_name=family_name, date_of_birth=date(1994, 5, 17), sex="female")
            add_party(act, case, "perpetrator", given_name="Rufus", family_name="Blackwater", relationship="ex_partner", sex="male")
            if with_child:
                add_party(
                    act, case, "child", given_name="Juniper", family_name=family_name, relationship="child", lives_with_victim=True,
                    date_of_birth=timezone.localdate() - timedelta(days=3 * 365 + 100),
                )
            if with_phone:
                phone = SafeContact.objects.create(
                    case=case, party=victim, channel="phone", value="07700 900123", is_safe="yes", voicemail="no", how="Ask for Mari", code_word="bluebell",
                    times="windows" if windows else "any", recorded_at=act.at - received_ago, verified_at=act.at - received_ago, verified_by_id=act.actor.user_id,
                )
                for weekday, starts, ends in windows:
                    SafeWindow.objects.create(case=case, contact=phone, weekday=weekday, starts=time(starts), ends=time(ends))
            if clock:
                clocks.start(act, case, clock, agency=case.lead_agency, owner=getattr(people, persona), started_at=act.at - received_ago)
            return Change(subject="case", case=case, result=case)

        return run("test.arrange", people.actor(persona), body)

    return opened


@pytest.fixture
def share(people):
    """Gives an agency a grant: `share(case, "harbour_idva", "partner", worker="idva")`."""

    def shared(case, slug, level="partner", *, ends_at=None, worker=None, persona="housing_officer"):
        def body(act):
            agency = people.agency(slug)
            decision = SharingDecision.objects.create(
                case=case, recipient=agency, level=level, basis="consent", necessity="Arranged by a test", decided_at=act.at,
                decided_by_id=act.actor.user_id, deciding_agency_id=act.actor.agency_id,
            )
            grant = give_grant(act, case, agency, level, decision, ends_at=ends_at, worker_id=getattr(people, worker).pk if worker else None)
            return Change(subject=f"agency:{agency.pk}", case=case, result=grant)

        return run("test.arrange", people.actor(persona), body)

    return shared
