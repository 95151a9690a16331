"""The pages of programmes: the desk and the record of those who run them, which know no case; and the case's own page."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases.access import capabilities_on, open_case, record_look
from cases.views.form_page import form_page, revision_of, show_refusal
from referrals.programmes import actions, reading, rules
from referrals.programmes.forms import CaseSupportForm, FromCaseForm, StepForm, SupportForm, TakeForm
from ui import held_forms

REFUSED = 422
FORM = "cases/case/form.html"


@needs("run_programme")
@require_safe
def programme_desk(request):
    """The participants of one's own programmes."""
    typed = request.GET.get("after", "")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    rows, has_more = reading.desk(request.actor, after=after)
    record_look(request.actor, "programmes", count=len(rows))
    context = {"rows": rows, "first_url": "?" if after else "", "next_url": f"?{urlencode({'after': after + reading.PAGE})}" if has_more else ""}
    return render(request, "referrals/programmes/desk.html", context)


@needs("run_programme")
def participant_add(request):
    """Somebody came, by themselves or through anybody."""
    return _page(
        request, lambda **data: TakeForm(**data), lambda filled: actions.take_participant(request.actor, **filled.facts()), heading="Add somebody", back=reverse("programme_desk"),
    )


@needs("run_programme")
@require_safe
def participant(request, referral_id):
    """One participant: what is their own, what was decided, how it goes."""
    one = _one(request, referral_id)
    record_look(request.actor, f"programme:{one.pk}")
    context = {
        "row": reading.Row(one), "one": one, "steps": one.steps.select_related("recorded_by"), "may_step": bool(_steps(one)),
        "needs_support": not rules.reasons_support(one.state, one.support_at is not None),
    }
    return render(request, "referrals/programmes/participant.html", context)


@needs("run_programme")
def participant_step(request, referral_id):
    """Decide, or record a step."""
    one = _one(request, referral_id)
    steps = _steps(one)
    if not steps:
        return redirect("participant", referral_id)
    return _page(
        request, lambda **data: StepForm(**data, steps=steps), lambda filled: actions.record_step(request.actor, referral_id=referral_id, **filled.cleaned_data),
        heading="Record a step", back=reverse("participant", args=[referral_id]),
    )


@needs("run_programme")
def participant_support(request, referral_id):
    """Linked support is in place, as the programme's own support worker has confirmed."""
    one = _one(request, referral_id)
    if rules.reasons_support(one.state, one.support_at is not None):
        return redirect("participant", referral_id)
    return _page(
        request, lambda **data: SupportForm(**data), lambda filled: actions.confirm_support(request.actor, referral_id=referral_id, **filled.cleaned_data),
        heading="Linked support is in place", back=reverse("participant", args=[referral_id]), submit="Confirm",
        intro="Confirm this when the support worker has told you so. Nothing else of it is written here: not who, and not what they said.",
    )


@needs("see_case")
@require_safe
def programmes_of_case(request, reference):
    """What has become of those whom this case referred; it is read here, and never there."""
    case = open_case(request.actor, reference, "see_case", part="programmes")
    may_write = "add_entry" in capabilities_on(request.actor, case) and case.is_open
    context = {"case": case, "rows": reading.of_case(case), "parties": reading.to_refer(case) if may_write else [], "may_write": may_write}
    return render(request, "referrals/programmes/of_case.html", context)


@needs("add_entry")
def programme_refer(request, reference, party_id):
    """Refer an alleged perpetrator: what is their own goes with it, and nothing else of the case."""
    case = open_case(request.actor, reference, "add_entry", part=f"party:{party_id}")
    party = next((one for one in reading.to_refer(case) if one.pk == party_id), None)
    if party is None:
        raise Http404
    agencies = list(actions.running_agencies())
    own = {"given_name": party.person.given_name, "family_name": party.person.family_name, "date_of_birth": party.person.date_of_birth}

    def save(filled):
        return actions.refer_from_case(request.actor, case, party_id=party_id, **filled.facts())

    return form_page(
        request, case, form=lambda **data: FromCaseForm(**data, agencies=agencies, initial=revision_of(case) | own), save=save, heading=f"Refer {party.name} to a programme",
        page_title="Refer", template=FORM, back=_of_case(case), done=lambda made: _of_case(case), submit="Refer",
        intro="What you answer here goes to the programme, and they may read it. Nothing of the victim/survivor goes with it; do not write it here.",
    )


@needs("add_entry")
def programme_support(request, reference, link_id):
    """Linked support is in place: without it the programme cannot begin."""
    case = open_case(request.actor, reference, "add_entry", part=f"programme-link:{link_id}")
    if not any(link.pk == link_id for link, _ in reading.of_case(case)):
        raise Http404

    def save(filled):
        return actions.support_from_case(request.actor, case, link_id=link_id, **filled.cleaned_data)

    return form_page(
        request, case, form=lambda **data: CaseSupportForm(**data, initial=revision_of(case)), save=save, heading="Linked support is in place", page_title="Support",
        template=FORM, back=_of_case(case), done=lambda made: _of_case(case), submit="Confirm",
        intro="The programme learns that linked support is there, and nothing else of it: not for whom, by whom, or where.",
    )


def _steps(one):
    return list(rules.TRANSITIONS.get(one.state, {}))


def _one(request, referral_id):
    found = actions.participants(request.actor).filter(pk=referral_id).first()
    if found is None:
        raise Http404
    return found


def _of_case(case):
    return reverse("programmes_of_case", args=[case.reference])


def _page(request, form, save, *, heading, back, intro="", submit="Save"):
    held = held_forms.take(request)
    filled = form(data=request.POST, files=request.FILES) if request.method == "POST" else form(data=held) if held else form()
    if request.method == "POST" and filled.is_valid():
        try:
            one = save(filled)
        except AlreadyDone as done:
            return redirect(done.led_to or back)
        except Refused as refusal:
            show_refusal(filled, refusal)
        else:
            messages.success(request, "Saved.")
            return redirect("participant", one.pk)
    context = {"form": filled, "heading": heading, "page_title": "Programmes", "intro": intro, "submit_label": submit, "back_url": back, "cancel_url": back}
    return render(request, "ui/question_page.html", context, status=REFUSED if filled.errors else 200)
