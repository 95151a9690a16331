"""The schema keeps the house's promises: nothing cascades, a person's data hangs on a case, half a pair is refused."""

import pytest
from django.apps import apps
from django.db import connection, models

APPS = ("audit", "agencies", "cases", "referrals", "marac", "accommodation", "reporting")
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
# Tables that hold nothing about a person in a case, or are reached through it in another way.
WITHOUT_CASE = {
    "audit.event": "names the case by its reference, so that the log outlives it",
    "audit.seal": "a hash",
    "agencies.agency": "an organisation",
    "agencies.user": "a member of staff",
    "agencies.membership": "a member of staff",
    "agencies.policy": "a number",
    "agencies.submission": "the token of a form",
    "cases.case": "the case itself",
    "cases.person": "the same human being in several cases; reached through Party",
    "cases.alike": "two ids of people, without a case; reached through Party",
    "cases.grant": "django-guardian's name for the case is content_object",
    "referrals.disclosure": "exists before its case; belongs to one agency until then",
    "referrals.call": "exists before a case; belongs to one agency",
    "referrals.callbackattempt": "hangs on a call",
    "referrals.publicrequest": "exists before a case; belongs to one agency",
    "referrals.answerattempt": "hangs on a request",
    "referrals.openinghours": "hours of a line",
    "referrals.directoryentry": "a service",
    "referrals.directoryversion": "what a service says of itself",
    "referrals.programmereferral": "a participant: nothing of a case may stand there; the way to it is on the case’s side",
    "referrals.programmestep": "what was decided about a participant",
    "cases.wording": "words of a form",
    "cases.notification": "without a case it speaks of a promise of one agency, and of nobody",
    "referrals.promise": "a promise of one agency about what has no case yet; names nobody",
    "referrals.promisenotice": "reached through its promise",
    "marac.meeting": "a date in a diary",
    "reporting.returnrun": "numbers only",
    "reporting.publishedquarter": "numbers only",
}


def label(model):
    return model._meta.label_lower


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_nothing_cascades_but_the_grants(model):
    if label(model) == "cases.grant":
        return
    loose = [
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
        and not field.remote_field.parent_link
    ]
    assert loose == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_it_hangs_on_a_case_or_says_why_not(model):
    names = {field.name: field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)}
    on_case = "case" in names and names["case"].related_model._meta.label_lower == "cases.case" and not names["case"].null
    assert on_case or label(model) in WITHOUT_CASE
    assert not (on_case and label(model) in WITHOUT_CASE), "stale"


def test_the_list_of_exceptions_is_not_stale():
    assert set(WITHOUT_CASE) <= {label(model) for model in MODELS}


def pairs():
    """Every `x_at` beside an `x_by` where both may be empty."""
    for model in MODELS:
        fields = {field.name: field for field in model._meta.concrete_fields}
        for name, field in fields.items():
            other = fields.get(name[:-3] + "_by")
            if name.endswith("_at") and other is not None and field.null and other.null:
                yield model, name, other.name


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "at", "by"), list(pairs()), ids=lambda value: value if isinstance(value, str) else label(value))
def test_the_database_refuses_half_a_pair(model, at, by):
    """There is a check that speaks of both columns of the pair; what it says is tested with the action that fills it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [model._meta.db_table]
        )
        checks = [row[0] for row in cursor.fetchall()]
    column = model._meta.get_field(by).column
    assert any(at in check and column in check for check in checks), f"{label(model)}: {at} without {by} would be accepted"


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_times_end_in_at_and_people_in_by(model):
    allowed = {"starts_at", "lives_with_victim"}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.DateTimeField):
            assert field.name.endswith(("_at", "_from")) or field.name in {"at", "date_joined", "last_login"} | allowed, field.name
