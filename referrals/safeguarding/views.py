"""The pages of safeguarding referrals: an agency's open ones, one of them with its steps, and what is recorded about it."""

from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from cases import children
from cases.access import agencies_seeing, capabilities_on, open_case, record_look
from cases.audiences import readers_by_name
from cases.models import Party
from cases.models.people import Role
from cases.views.form_page import form_page, revision_of
from referrals.models import OnwardState
from referrals.safeguarding import actions, reading, rules
from referrals.safeguarding.forms import AgainstForm, AnswerForm, ChaseForm, NoticeForm, OnwardForm, SendForm, TellForm
from referrals.safeguarding.proposing import counts_as_child

FORM = "cases/case/form.html"


@needs("search_cases")
@require_safe
def onward_list(request):
    """Every referral of one's own agency that waits for somebody, the most overdue first."""
    at, typed = timezone.now(), request.GET.get("after", "")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    rows, has_more = reading.open_of_agency(request.actor, at, after=after)
    record_look(request.actor, "onward", count=len(rows))
    context = {"rows": rows, "now": at, "first_url": "?" if after else "", "next_url": f"?{urlencode({'after': after + reading.PAGE})}" if has_more else ""}
    return render(request, "referrals/onward/list.html", context)


@needs("see_case")
@require_safe
def onward(request, reference, referral_id):
    """One referral: why, where it stands, what was said to whom, what they answered."""
    case = open_case(request.actor, reference, "see_case", part=f"onward:{referral_id}")
    at, one = timezone.now(), _one(case, referral_id)
    may = capabilities_on(request.actor, case, at)
    may_write = "add_entry" in may and case.is_open
    notice = getattr(one, "notice", None)
    context = {
        "case": case, "one": one, "row": reading.OnwardRow(one, at), "type": rules.ROUTES[one.route], "now": at, "notice": notice, "may_write": may_write,
        "concern": one.concern if reading.may_read_concern(request.actor, one) else None, "steps": one.steps.select_related("agency", "recorded_by", "referral"),
        "may_override": may_write and "assess_risk" in may and one.state == OnwardState.PROPOSED, "is_school": one.route == rules.SCHOOL,
        "school": notice.school if notice and notice.school and not children.is_place_hidden(one.party, notice.school) else "", "sees_places": "see_protected_address" in may,
        "is_blind": one.receiver_id is not None and one.receiver_id not in {grant.agency_id for grant in agencies_seeing(case, at)}, "may_share": "share_case" in may,
    }
    return render(request, "referrals/onward/onward.html", context)


@needs("add_entry")
def onward_add(request, reference, party_id):
    """A referral by hand: somebody is worried."""
    case = open_case(request.actor, reference, "add_entry", part=f"party:{party_id}")
    party = Party.objects.filter(pk=party_id, case=case).select_related("person").first()
    is_child = party is not None and counts_as_child(party, timezone.now())
    if party is None or (party.role == Role.PERPETRATOR and not is_child):
        raise Http404
    routes = [rules.SOCIAL_CARE, rules.EARLY_HELP, rules.EMERGENCY] if is_child else [rules.ADULT]

    def save(filled):
        return actions.add_referral(request.actor, case, party_id=party_id, **filled.facts())

    return form_page(
        request, case, save=save, heading=f"Refer {party.name}", page_title="Add a referral", template=FORM, back=_list(case),
        form=lambda **data: OnwardForm(**data, routes=routes, initial=revision_of(case)), done=lambda made: _page(case, made),
        intro="In immediate danger ring 999 first.",
    )


@needs("add_entry")
def onward_send(request, reference, referral_id):
    """It was sent; or, of a notice, the school was told."""
    case = open_case(request.actor, reference, "add_entry", part=f"onward:{referral_id}")
    one = _one(case, referral_id)
    if one.state != OnwardState.PROPOSED:
        return redirect(_page(case, one))
    is_school = one.route == rules.SCHOOL
    others, readers = reading.alike(one) if not is_school else [], readers_by_name(case)
    names = {each.pk: each.party.name for each in others}
    receivers = list(actions.receivers(one.route))

    def form(**data):
        if is_school:
            return TellForm(**data, initial=revision_of(case))
        return SendForm(**data, one=one, others=others, receivers=receivers, readers=readers, names=names, initial=revision_of(case))

    def save(filled):
        if is_school:
            return actions.tell_school(request.actor, case, referral_id=referral_id, **filled.cleaned_data)
        return actions.send_referral(request.actor, case, referral_id=referral_id, **filled.facts())

    heading = "The school was told" if is_school else f"{rules.ROUTES[one.route].label}: {one.party.name}"
    return form_page(
        request, case, form=form, save=save, heading=heading, page_title="Record a referral", template=FORM, back=_page(case, one), done=lambda made: _page(case, made),
        intro="" if is_school else f"Make it their way first, then record it here. {rules.ROUTES[one.route].note}", as_it_is=lambda: _as_it_is(case, referral_id),
    )


@needs("assess_risk")
def onward_against(request, reference, referral_id):
    """It is not made, and why."""
    case = open_case(request.actor, reference, "assess_risk", part=f"onward:{referral_id}")
    one = _one(case, referral_id)

    def save(filled):
        return actions.override_referral(request.actor, case, referral_id=referral_id, **filled.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"Decide against: {rules.ROUTES[one.route].label}", page_title="Record a decision", template=FORM, back=_page(case, one),
        form=lambda **data: AgainstForm(**data, initial=revision_of(case)), done=lambda made: _page(case, made), intro=f"{one.party.name}. {one.why}",
        as_it_is=lambda: _as_it_is(case, referral_id),
    )


@needs("add_entry")
def onward_chase(request, reference, referral_id):
    """Somebody asked for the answer."""
    case = open_case(request.actor, reference, "add_entry", part=f"onward:{referral_id}")
    one = _one(case, referral_id)

    def save(filled):
        return actions.chase_referral(request.actor, case, referral_id=referral_id, **filled.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"Chase the answer of {one.to}", page_title="Record a step", template=FORM, back=_page(case, one),
        form=lambda **data: ChaseForm(**data, initial=revision_of(case)), done=lambda made: _page(case, one), as_it_is=lambda: _as_it_is(case, referral_id),
    )


@needs("add_entry")
def onward_answer(request, reference, referral_id):
    """What they decided."""
    case = open_case(request.actor, reference, "add_entry", part=f"onward:{referral_id}")
    one = _one(case, referral_id)

    def save(filled):
        return actions.answer_referral(request.actor, case, referral_id=referral_id, **filled.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"What {one.to} decided", page_title="Record an answer", template=FORM, back=_page(case, one),
        form=lambda **data: AnswerForm(**data, one=one, initial=revision_of(case)), done=lambda made: _page(case, made), as_it_is=lambda: _as_it_is(case, referral_id),
    )


@needs("add_entry")
def school_notice(request, reference, party_id):
    """A school has to be told of an incident (Operation Encompass)."""
    case = open_case(request.actor, reference, "add_entry", part=f"child:{party_id}")
    party = children.child_on(case, party_id)
    if party is None:
        raise Http404
    held = children.details_of(party)
    sees = "see_protected_address" in capabilities_on(request.actor, case) or held is None or not held.is_protected
    initial = revision_of(case) | ({"school": held.school} if held and sees else {})

    def save(filled):
        return actions.add_notice(request.actor, case, party_id=party_id, **filled.cleaned_data)

    return form_page(
        request, case, save=save, heading=f"Tell the school of {party.name}", page_title="Add a notice", template=FORM, done=lambda made: _page(case, made),
        back=reverse("child", args=[case.reference, party_id]), form=lambda **data: NoticeForm(**data, with_school=sees, initial=initial),
        intro="Operation Encompass: the school learns of the incident before its next day. Ring or use the secure way that the school has agreed.",
    )


@needs("see_protected_address")
@require_safe
def notice_school(request, reference, referral_id):
    """Which school a notice goes to: a page of its own, so that each look is kept."""
    case = open_case(request.actor, reference, "see_protected_address", part=f"onward-school:{referral_id}")
    one = _one(case, referral_id)
    if "see_case" not in capabilities_on(request.actor, case) or not hasattr(one, "notice"):
        raise Http404
    return render(request, "referrals/onward/school.html", {"case": case, "one": one, "notice": one.notice, "name": one.party.name})


def _one(case, referral_id):
    found = reading.one_of(case, referral_id)
    if found is None:
        raise Http404
    return found


def _as_it_is(case, referral_id):
    one = _one(case, referral_id)
    return [{"key": rules.ROUTES[one.route].label, "value": f"{one.get_state_display()}. {one.outcome_label}"}]


def _list(case):
    return reverse("children", args=[case.reference])


def _page(case, one):
    return reverse("onward", args=[case.reference, one.pk])
