"""The pages of referrals out: those of a case, one of them from both sides, making and answering them, and the desk of a service."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from agencies.types import AREAS
from cases.access import capabilities_on, open_case, record_look
from cases.sharing import consent_given, workers_for
from cases.views.form_page import form_page, revision_of
from referrals.directory.reading import instead_of, row_of
from referrals.directory.rules import misfits
from referrals.models import SafeguardingReferral
from referrals.onward import actions, reading, rules
from referrals.onward.forms import AnswerOutForm, ChaseOutForm, CloseOutForm, SendOutForm, WithdrawOutForm, as_it_is
from referrals.safeguarding.reading import OnwardRow

FORM = "cases/case/form.html"


@needs("receive_referrals")
@require_safe
def incoming(request):
    """What came in for one's own service: what waits for an answer, what is due first at the top; then what was accepted."""
    at, typed = timezone.now(), request.GET.get("after", "")
    after, settled = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0, request.GET.get("show") == "accepted"
    rows, has_more = reading.incoming(request.actor, at, after=after, settled=settled)
    record_look(request.actor, "incoming", count=len(rows))
    shown = {"show": "accepted"} if settled else {}
    context = {
        "rows": rows, "now": at, "settled": settled, "first_url": f"?{urlencode(shown)}" if after else "",
        "next_url": f"?{urlencode(shown | {'after': after + reading.PAGE})}" if has_more else "",
    }
    return render(request, "referrals/out/incoming.html", context)


@needs("receive_referrals")
@require_safe
def incoming_of_case(request, reference):
    """The way from a notice to the referral that it speaks of."""
    case = open_case(request.actor, reference, "receive_referrals", part="incoming")
    one = next((row.one for row in reading.of_case(request.actor, case, timezone.now()) if row.one.receiver_id == request.actor.agency_id), None)
    return redirect(_page(case, one) if one else reverse("incoming"))


@needs("see_case")
@require_safe
def referrals_out(request, reference):
    """The referrals out of a case, what its level leads to, the services to choose from; referrals to safeguarding stand beside."""
    case = open_case(request.actor, reference, "see_case", part="referrals_out")
    at, may = timezone.now(), capabilities_on(request.actor, case)
    may_send = "share_case" in may and case.is_open
    safeguarding = SafeguardingReferral.objects.filter(case=case).exclude(state="replaced").select_related("party__person", "case")
    context = {
        "case": case, "now": at, "rows": reading.of_case(request.actor, case, at), "may_send": may_send, "level": reading.level_in_words(case),
        "proposals": reading.proposals(request.actor, case, at) if case.is_open else [], "services": reading.services(at) if may_send else [],
        "consent": reading.consent_in_words(case), "safeguarding": [OnwardRow(one, at) for one in safeguarding],
    }
    return render(request, "referrals/out/list.html", context)


@needs("share_case")
def referral_out_new(request, reference, entry_id):
    """Refer somebody on the case to a service; where it takes nobody, why, and which others do."""
    case = open_case(request.actor, reference, "share_case", part=f"directory:{entry_id}")
    at = timezone.now()
    row, parties = row_of(entry_id, at), reading.victim_first(reading.people(case))
    if row is None:
        raise Http404
    first = actions.somebody(case, parties[0], at) if parties else None
    if reasons := row.takes_nobody or rules.reasons_not_referred_here(row.entry.kind):
        others = instead_of(row, first, at) if row.takes_nobody and first else []
        return render(request, "referrals/out/not_now.html", {"case": case, "row": row, "reasons": reasons, "others": others}, status=422)
    asks_why = sorted({reason for party in parties for reason in misfits(row.version.criteria, actions.somebody(case, party, at), AREAS).values()})

    def form(**data):
        return SendOutForm(
            **data, row=row, parties=parties, asks_why=asks_why, is_consent_given=consent_given(case), is_own=row.entry.agency_id == request.actor.agency_id,
            initial=revision_of(case),
        )

    return form_page(
        request, case, form=form, save=lambda filled: actions.send_out(request.actor, case, entry_id=entry_id, **filled.facts()), heading=f"Refer to {row.version.name}",
        page_title="Refer", template=FORM, back=_list(case), done=lambda made: _page(case, made), intro=reading.consent_in_words(case), submit="Refer",
    )


@needs("see_summary")
@require_safe
def referral_out(request, reference, referral_id):
    """One referral, for those who read the case, and for the service to which it was made: who, what is asked, where it stands, each step."""
    case = open_case(request.actor, reference, "see_summary", part=f"referral:{referral_id}")
    at, one, may = timezone.now(), _one(case, referral_id), capabilities_on(request.actor, case)
    is_ours = one.receiver_id == request.actor.agency_id and "receive_referrals" in may
    if not (is_ours or "see_case" in may):
        raise PermissionDenied
    is_senders = one.agency_id == request.actor.agency_id and "add_entry" in may
    answers_itself = actions.answers_itself(case, one, at)
    context = {
        "case": case, "one": one, "row": reading.OutRow(one, at), "now": at, "steps": one.steps.select_related("agency", "recorded_by"), "sees_case": "see_case" in may,
        "reads_words": reading.may_read_words(request.actor, one), "may_answer": case.is_open and is_ours and rules.steps_for(one.state, is_receiver=True),
        "may_record": case.is_open and is_senders and not answers_itself and rules.steps_for(one.state, is_receiver=False), "is_blind": one.is_inside and not answers_itself,
        "may_chase": case.is_open and is_senders and one.is_waiting, "may_close": case.is_open and is_senders and one.state == "reported",
        "may_withdraw": case.is_open and is_senders and "share_case" in may and "withdraw" in rules.TRANSITIONS.get(one.state, {}), "level": reading.level_in_words(case),
    }
    return render(request, "referrals/out/referral.html", context)


@needs("receive_referrals")
def referral_out_answer(request, reference, referral_id):
    """The service answers."""
    case = open_case(request.actor, reference, "receive_referrals", part=f"referral:{referral_id}")
    one = _one(case, referral_id)
    if one.receiver_id != request.actor.agency_id:
        raise Http404
    steps = rules.steps_for(one.state, is_receiver=True)
    if not steps:
        return redirect(_page(case, one))
    workers = workers_for(case, request.actor.agency_id) if "accept" in steps else None
    return form_page(
        request, case, heading=f"Answer: {one.version.name}", page_title="Answer", template=FORM, back=_page(case, one), as_it_is=lambda: as_it_is(_one(case, referral_id)),
        form=lambda **data: AnswerOutForm(**data, steps=steps, workers=workers, is_ours=True, initial=revision_of(case)),
        save=lambda filled: actions.answer_out(request.actor, case, referral_id=referral_id, **filled.facts()),
        done=lambda made: reverse("incoming") if made.state == "declined" else _page(case, made),
    )


@needs("add_entry")
def referral_out_record(request, reference, referral_id):
    """What a service answered that does not answer in Waymark."""
    case = open_case(request.actor, reference, "add_entry", part=f"referral:{referral_id}")
    one = _of_ours(request, case, referral_id)
    steps = rules.steps_for(one.state, is_receiver=False)
    if not steps:
        return redirect(_page(case, one))
    return _form(
        request, case, one, lambda **data: AnswerOutForm(**data, steps=steps, is_ours=False, initial=revision_of(case)), actions.record_out, f"What {one.version.name} answered",
    )


@needs("add_entry")
def referral_out_chase(request, reference, referral_id):
    """Somebody asked for the answer."""
    case = open_case(request.actor, reference, "add_entry", part=f"referral:{referral_id}")
    one = _of_ours(request, case, referral_id)
    return _form(request, case, one, lambda **data: ChaseOutForm(**data, initial=revision_of(case)), actions.chase_out, f"Chase the answer of {one.version.name}")


@needs("share_case")
def referral_out_withdraw(request, reference, referral_id):
    """It is taken back."""
    case = open_case(request.actor, reference, "share_case", part=f"referral:{referral_id}")
    one = _of_ours(request, case, referral_id)
    intro = "What this referral let them see ends with it."
    return _form(request, case, one, lambda **data: WithdrawOutForm(**data, initial=revision_of(case)), actions.withdraw_out, f"Take back: {one.version.name}", intro=intro)


@needs("add_entry")
def referral_out_close(request, reference, referral_id):
    """What became of it was read."""
    case = open_case(request.actor, reference, "add_entry", part=f"referral:{referral_id}")
    one = _of_ours(request, case, referral_id)
    return _form(request, case, one, lambda **data: CloseOutForm(**data, initial=revision_of(case)), actions.close_out, f"Close: {one.version.name}", submit="Close")


def _form(request, case, one, form, action, heading, **more):
    def save(filled):
        facts = filled.facts() if hasattr(filled, "facts") else filled.cleaned_data
        return action(request.actor, case, referral_id=one.pk, **facts)

    return form_page(
        request, case, form=form, save=save, heading=heading, page_title="Referral", template=FORM, back=_page(case, one), done=lambda made: _page(case, one),
        as_it_is=lambda: as_it_is(_one(case, one.pk)), **more,
    )


def _one(case, referral_id):
    found = reading.one_of(case, referral_id)
    if found is None:
        raise Http404
    return found


def _of_ours(request, case, referral_id):
    one = _one(case, referral_id)
    if one.agency_id != request.actor.agency_id:
        raise PermissionDenied
    return one


def _list(case):
    return reverse("referrals_out", args=[case.reference])


def _page(case, one):
    return reverse("referral_out", args=[case.reference, one.pk])
