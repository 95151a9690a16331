"""Disclosures over the API: a list, one, and a way to log one. The same forms, rules, action and eyes as on the pages."""

from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404
from django.urls import resolve, reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.gate import AlreadyDone
from cases.access import record_look, visible_cases
from cases.api import CaseInFull, CaseList, in_full
from referrals import actions, pages
from referrals.drafts import disclosures_of, older_than, open_disclosure
from referrals.models import DisclosureState
from ui.fields import DateField, DateTimeField, TimeField

PAGE = 25
ONCE = OpenApiParameter(
    "Idempotency-Key", UUID, OpenApiParameter.HEADER,
    description="a UUID of your own: the same key sent again logs nothing and answers with what the first one led to",
)


def _field(field):
    """The API's field for a question of a page."""
    facts = {"required": field.required, "help_text": str(field.label)}
    if isinstance(field, DateTimeField):
        return serializers.DateTimeField(**facts)
    if isinstance(field, DateField):
        return serializers.DateField(**facts)
    if isinstance(field, TimeField):
        return serializers.TimeField(**facts)
    if isinstance(field, forms.MultipleChoiceField):
        return serializers.ListField(child=serializers.ChoiceField(choices=field.choices), **facts)
    if isinstance(field, forms.ChoiceField):
        return serializers.ChoiceField(choices=[choice for choice in field.choices if choice[0] != ""], **facts)
    if isinstance(field, forms.IntegerField):
        return serializers.IntegerField(**facts)
    return serializers.CharField(allow_blank=not field.required, max_length=field.max_length, **facts)


def _serializer(name, form):
    """A serializer with the questions of a form; what they mean together is the form's to say."""
    fields = {key: _field(field) for key, field in form.base_fields.items() if key not in ("confirm", "confirming")}
    if row_class := getattr(form, "row_class", None):
        fields["rows"] = _serializer(f"{name}Row", row_class)(many=True)
    if "confirm" in form.base_fields:
        fields["confirmed"] = serializers.ListField(
            child=serializers.CharField(), required=False, help_text="Codes of unlikely answers that were checked and are right"
        )
    return type(f"Disclosure{name}", (serializers.Serializer,), fields)


_PAGES = {code: _serializer(code.title().replace("_", ""), page.form) for code, page in pages.PAGES.items()}
DisclosureAnswers = type("DisclosureAnswers", (serializers.Serializer,), {code: one(required=False) for code, one in _PAGES.items()})


class NewDisclosure(serializers.Serializer):
    """A disclosure to log: its answers page by page. `logged_at` is for one that was written down elsewhere first."""

    answers = DisclosureAnswers()
    logged_at = serializers.DateTimeField(required=False)

    def validate_answers(self, given):
        kept, problems = {}, {}
        for code, page in pages.PAGES.items():
            if code not in given or not page.applies(kept):
                continue
            form = page.form(given[code], others=kept, is_given=True)
            if form.is_valid():
                kept[code] = form.answers()
            else:
                problems[code] = _problems(form)
        if problems:
            raise ValidationError(problems)
        if missing := pages.unanswered(kept):
            raise ValidationError({page.code: ["This page must be answered."] for page in missing})
        return kept


def _problems(form):
    problems = {name: [str(words) for words in found] for name, found in form.errors.items() if found}
    rows = [{name: [str(words) for words in found] for name, found in row.errors.items()} for row in form.rows]
    return problems | ({"rows": rows} if any(rows) else {})


class DisclosureInList(serializers.Serializer):
    """A disclosure without what was said in it."""

    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=DisclosureState.choices)
    case = serializers.CharField(source="case.reference", default=None, allow_null=True)
    route = serializers.CharField(allow_blank=True)
    pathway = serializers.CharField(allow_blank=True)
    received_at = serializers.DateTimeField(allow_null=True)
    logged_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField()
    saved_at = serializers.DateTimeField()


class OneDisclosure(DisclosureInList):
    """One disclosure. Its answers are here while it is a draft; then they are on the case."""

    answers = serializers.SerializerMethodField()

    def get_answers(self, disclosure) -> dict | None:
        return disclosure.answers if disclosure.is_draft else None


class DisclosurePage(serializers.Serializer):
    """One page; `after` is what to send for the next, null at the end."""

    results = DisclosureInList(many=True)
    after = serializers.CharField(allow_null=True)


def _readable(actor):
    """Drafts, and those whose case the actor may still see."""
    seen = visible_cases(actor)
    return disclosures_of(actor).filter(~Q(state__in=[DisclosureState.SUBMITTED, DisclosureState.JOINED]) | Q(case__in=seen) | Q(joined_to__in=seen))


class Disclosures(APIView):
    """The disclosures of one's own agency that one may see, the latest first; and logging one."""

    capability = "log_disclosure"

    @extend_schema(
        operation_id="disclosures_list", responses=DisclosurePage,
        parameters=[OpenApiParameter("after", str, description="the reference of the last one of the page before")],
    )
    def get(self, request):
        found = _readable(request.actor).select_related("case").order_by("-id")
        if after := request.query_params.get("after"):
            found = older_than(found, after)
        found = list(found[: PAGE + 1])
        record_look(request.actor, "api:disclosures", count=len(found[:PAGE]))
        page = {"results": found[:PAGE], "after": found[PAGE - 1].reference if len(found) > PAGE else None}
        return Response(DisclosurePage(page).data)

    @extend_schema(
        operation_id="disclosures_create", request=NewDisclosure, parameters=[ONCE],
        responses={status.HTTP_201_CREATED: OneDisclosure, status.HTTP_200_OK: OneDisclosure},
    )
    def post(self, request):
        disclosure, is_new = _log(request)
        return _made(OneDisclosure(disclosure).data, is_new, reverse("v1:disclosure", args=[disclosure.reference]))


class OneDisclosureView(APIView):
    """One disclosure of one's own agency."""

    capability = "log_disclosure"

    @extend_schema(operation_id="disclosures_read", responses=OneDisclosure)
    def get(self, request, reference):
        disclosure = open_disclosure(request.actor, reference, "api")
        found = _readable(request.actor).filter(pk=disclosure.pk).select_related("case").first()
        if found is None:
            raise Http404
        return Response(OneDisclosure(found).data)


class Cases(CaseList):
    """The cases that the actor may see; and beginning one. A case begins with a disclosure, so that is what is sent: no case is without its clock."""

    capability_to_send = "log_disclosure"

    @extend_schema(
        operation_id="cases_create", request=NewDisclosure, parameters=[ONCE], responses={status.HTTP_201_CREATED: CaseInFull, status.HTTP_200_OK: CaseInFull}
    )
    def post(self, request):
        disclosure, is_new = _log(request)
        reference = disclosure.case.reference
        return _made(in_full(request.actor, reference), is_new, reverse("v1:case", args=[reference]))


def _log(request):
    """Log the disclosure that was sent; with a key that was sent before, find the one that it logged. -> (disclosure, is it new?)"""
    new = NewDisclosure(data=request.data)
    once = _key(request.headers.get("Idempotency-Key"))
    new.is_valid(raise_exception=True)
    try:
        return actions.log_disclosure(request.actor, once=once, **new.validated_data), True
    except AlreadyDone as done:
        if not done.led_to:
            raise
        return open_disclosure(request.actor, resolve(done.led_to).kwargs["reference"], "api"), False


def _made(data, is_new, where):
    return Response(data, status=status.HTTP_201_CREATED, headers={"Location": where}) if is_new else Response(data)


def _key(text):
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise ValidationError({"Idempotency-Key": ["Send a UUID."]}) from None
