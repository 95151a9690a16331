"""Quick ways to arrange safeguarding referrals in tests."""

from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from cases.actions.assessment import save_answers, sign_assessment, start_assessment
from cases.dash import latest
from cases.dash.reading import Given, mark_of
from referrals.models import SafeguardingReferral
from referrals.safeguarding import actions

LONG = "Long enough to be understood by anybody who reads it years from now."


def signed(actor, case, level, *, yes=1):
    """An assessment of a case, signed at a level by judgement."""
    one = start_assessment(actor, case, with_victim=True)
    given = {item: Given("yes" if item <= yes and item != 9 else "no") for item in latest().items}
    one = save_answers(actor, case, assessment_id=one.pk, given=given, opened_with=mark_of(one.answers.all()))
    case.refresh_from_db()
    basis, why = ("score", "") if level == "standard" and case.risk_level in ("", level) else ("judgement", LONG)
    return sign_assessment(
        actor, case, assessment_id=one.pk, assessment_revision=one.revision, final_level=level, level_basis=basis, rationale=why
    )


def of(case, route="social_care"):
    return SafeguardingReferral.objects.filter(case=case, route=route).latest("pk")


def sent(actor, one, **facts):
    given = {
        "sent_at": timezone.now(), "method": "portal", "audience": "agency", "receiver_name": "First contact team", "is_told": True, "concern": "",
    } | facts
    return actions.send_referral(actor, one.case, referral_id=one.pk, **given)


def answered(actor, one, outcome="section_47", **facts):
    given = {"happened_at": timezone.now(), "who": "Social work manager"} | facts
    return actions.answer_referral(actor, one.case, referral_id=one.pk, outcome=outcome, **given)


def send(client, case, name, *ids, **facts):
    case.refresh_from_db()
    return client.post(reverse(name, args=[case.reference, *ids]), {"once": str(uuid4()), "revision": case.revision} | facts)


def moment(name, at):
    local = timezone.localtime(at)
    return {f"{name}_day": local.day, f"{name}_month": local.month, f"{name}_year": local.year, f"{name}_time": f"{local:%H:%M}"}


def text_of(client, case, name="case", *ids):
    response = client.get(reverse(name, args=[case.reference, *ids]))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def proposals(case):
    return sorted(SafeguardingReferral.objects.filter(case=case, state="proposed").values_list("route", flat=True))
