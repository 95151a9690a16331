"""The cases over the API: a list and a single case, with what the actor's level and role let them read and no more. A case is begun in referrals/api.py."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from cases import clocks
from cases.access import capabilities_on, chronology, open_case, record_look, visible_cases
from cases.flags import shown_before_contact
from cases.models import Grant, Party
from cases.models.people import Role
from cases.safe_contact import channels

PAGE = 25
ENTRIES = 50


class CaseInList(serializers.Serializer):
    """A case at summary level."""

    reference = serializers.CharField()
    status = serializers.CharField()
    risk_level = serializers.CharField(allow_blank=True)
    risk_level_at = serializers.DateTimeField(allow_null=True)
    lead_agency = serializers.CharField(source="lead_agency.short_name")
    opened_at = serializers.DateTimeField()


class CasePage(serializers.Serializer):
    """One page; `after` is what to send for the next, null at the end."""

    results = CaseInList(many=True)
    after = serializers.CharField(allow_null=True)


class SafeChannel(serializers.Serializer):
    """How a channel may be used. Use one only where `is_safe_now` is true. The number is never here: it is uncovered on the page, after its safety."""

    channel = serializers.CharField(source="contact.channel")
    is_safe_now = serializers.BooleanField(
        help_text="may it be used at the moment of this answer? Counts what the mark alone does not say: the hour, a check that is missing or too old, "
        "a home that the alleged perpetrator shares, a safety flag. Ask again before each use."
    )
    not_now = serializers.ListField(child=serializers.CharField(), help_text="why it must not be used now, in words to show; empty where it is safe now")
    is_safe = serializers.CharField(source="contact.is_safe", help_text="the mark as recorded: never enough by itself to use the channel, see `is_safe_now`")
    times = serializers.CharField(source="contact.times", help_text="whether it is safe at any time or only at some: never enough by itself")
    voicemail = serializers.CharField(source="contact.voicemail", help_text="may one be left; only where `is_safe_now` is true as well")
    verified_at = serializers.DateTimeField(
        source="contact.verified_at", allow_null=True, help_text="when it was last checked with the victim/survivor; null where nobody has, then it is not safe"
    )


class FlagOnCase(serializers.Serializer):
    """What people must know before they go near. Why it was raised is read on the page."""

    kind = serializers.CharField()
    label = serializers.CharField()
    what_to_do = serializers.CharField()


class PersonOnCase(serializers.Serializer):
    role = serializers.CharField()
    name = serializers.CharField(source="person.name")
    relationship = serializers.CharField()


class ClockOnCase(serializers.Serializer):
    kind = serializers.CharField()
    agency = serializers.CharField(source="agency.short_name")
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    basis = serializers.CharField()
    is_missed = serializers.SerializerMethodField()

    def get_is_missed(self, clock) -> bool:
        return clock.is_breached(self.context["at"])


class EntryOnCase(serializers.Serializer):
    happened_at = serializers.DateTimeField()
    kind = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    agency = serializers.CharField(source="agency.short_name")


class SharedPart(serializers.Serializer):
    """What partners share."""

    pathway = serializers.CharField()
    has_stalking_element = serializers.BooleanField(allow_null=True)
    people = PersonOnCase(many=True)
    running_clocks = ClockOnCase(many=True)
    latest_entries = EntryOnCase(many=True)


class CaseInFull(CaseInList):
    """A case; `shared` is null for an agency that holds it at summary level."""

    danger_reported_at = serializers.DateTimeField(allow_null=True, help_text="when somebody was reported to be in danger; null where nobody was")
    danger_settled_at = serializers.DateTimeField(
        allow_null=True, help_text="since when that counts as dealt with; null with a `danger_reported_at` means that it still stands: call 999 if anyone is in danger now"
    )
    victim = serializers.CharField()
    lead_worker = serializers.CharField(allow_null=True)
    safe_contact = SafeChannel(many=True)
    safety_flags = FlagOnCase(many=True)
    shared = SharedPart(allow_null=True)


class CaseList(APIView):
    """The cases that the actor may see, in the order of their references."""

    capability = "see_summary"

    @extend_schema(
        parameters=[OpenApiParameter("after", str, description="the key that the page before handed out")], responses=CasePage, operation_id="cases_list"
    )
    def get(self, request):
        actor = request._request.actor
        cases = visible_cases(actor).select_related("lead_agency").order_by("reference")
        if after := request.query_params.get("after", "").replace("\0", ""):
            cases = cases.filter(reference__gt=after)
        found = list(cases[: PAGE + 1])
        shown = found[:PAGE]
        record_look(actor, "api:cases", count=len(shown))
        return Response(CasePage({"results": shown, "after": shown[-1].reference if len(found) > PAGE else None}).data)


class CaseDetail(APIView):
    """One case."""

    capability = "see_summary"

    @extend_schema(responses=CaseInFull, operation_id="cases_retrieve")
    def get(self, request, reference):
        return Response(in_full(request._request.actor, reference))


def in_full(actor, reference):
    """A case as the API says it: opened through the one door, with what this actor may read of it. 404 where they may not see it."""
    at = timezone.now()
    case = open_case(actor, reference, "see_summary", part="api")
    parties = list(Party.objects.filter(case=case).select_related("person"))
    victim = next((party.person.name for party in parties if party.role == Role.VICTIM), "Name not known")
    lead = Grant.objects.filter(content_object=case, agency=case.lead_agency_id, level="lead").select_related("worker").first()
    case.victim = victim
    case.lead_worker = lead.worker.full_name if lead and lead.worker else None
    case.safe_contact = channels(case, at)
    case.safety_flags = shown_before_contact(case)
    case.shared = None
    if "see_case" in capabilities_on(actor, case, at):
        case.shared = {
            "pathway": case.pathway, "has_stalking_element": case.has_stalking_element, "people": parties, "running_clocks": clocks.running(case),
            "latest_entries": chronology(actor, case).filter(superseded_by=None).select_related("agency")[:ENTRIES],
        }
    return CaseInFull(case, context={"at": at}).data
