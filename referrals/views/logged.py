"""The moment a disclosure becomes a case: checking the answers, logging them, and what was promised."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases import clocks
from cases.access import capabilities_on, open_case, record_look
from cases.extensions import NextAction
from referrals import actions, case_panel, knowing, pages, rules
from referrals.checks import open_checks
from referrals.drafts import open_disclosure
from referrals.forms.same import NEW, SameForm
from referrals.models import DisclosureState
from referrals.routes import has_talked
from referrals.views import question
from ui.templatetags.ui import error_summary
from ui.times import local_time

# Where a draft went that is none any more.
_WENT = {
    DisclosureState.SUBMITTED: "This was logged already.", DisclosureState.DISCARDED: "This draft was discarded.",
    DisclosureState.JOINED: "This was added to an open case already.",
}


@needs("log_disclosure")
@require_http_methods(["GET", "POST"])
def disclosure_check(request, reference):
    """All answers on one page; sending it opens the case."""
    draft = open_disclosure(request.actor, reference, "check")
    if not draft.is_draft:
        messages.info(request, _WENT[draft.state])
        return redirect(draft)
    problems, same, found = [], None, _known_already(request.actor, draft)
    if request.method == "POST":
        same = _same_form(found, request.POST)
        if same and not same.is_valid():
            return _draw_check(request, draft, [], found, same)
        try:
            chosen = same.cleaned_data["same"] if same else NEW
            revision, once = question.revision(request.POST), question.once(request)
            if chosen != NEW:
                return redirect(_join(request.actor, chosen, reference, revision, once))
            logged = actions.submit_disclosure(request.actor, reference=reference, revision=revision, once=once)
            return redirect("disclosure_logged", logged.reference)
        except AlreadyDone as done:
            return redirect(done.led_to or "disclosures")
        except Refused as refusal:
            problems = refusal.reasons
            draft = open_disclosure(request.actor, reference, "check")
    return _draw_check(request, draft, problems, found, same or _same_form(found))


def _known_already(actor, draft):
    """Cases of the same victim/survivor that this person may see. Each time it is looked for is kept, since it tells who is known."""
    found = knowing.candidates(actor, draft.answers, timezone.now())
    record_look(actor, f"disclosure:{draft.pk}:match", count=len(found))
    return found


def _same_form(found, data=None):
    joinable = [one.reference for one in found if one.is_open]
    return SameForm(data, joinable=joinable) if joinable else None


def _join(actor, chosen, draft, revision, once):
    case = open_case(actor, chosen, "add_entry", part="join")
    return actions.join_disclosure(actor, case, draft=draft, draft_revision=revision, once=once)


def _draw_check(request, draft, problems, found, same):
    def url(page):
        return reverse("disclosure_page", args=[draft.reference, page.slug]) + "?to=check"

    later = [page for page in pages.left_for_later(draft.answers) if page not in pages.sequence(draft.answers)]
    chosen = [page for page in pages.PAGES.values() if page.applies(draft.answers) and page not in later]
    context = {
        "draft": draft,
        "sections": question.sections(draft.answers, url=url, chosen=chosen),
        "missing": [(page, url(page)) for page in pages.unanswered(draft.answers)],
        "later": [(page, url(page)) for page in later] if pages.logs_now(draft.answers) else [],
        "checks": [(check, url(pages.PAGES[check.page])) for check in open_checks(draft.answers, timezone.now())],
        "found": found,
        "same": same,
        "errors": [{"href": "#answers", "text": text} for text in problems] + (error_summary(same)["errors"] if same else []),
        "once": uuid4(),
        "page_title": question.TITLE,
    }
    return render(request, "referrals/check.html", context, status=409 if problems else 422 if context["errors"] else 200)


@needs("log_disclosure")
@require_GET
def disclosure_logged(request, reference):
    """It is logged: the case's reference, what was promised, and what to do next."""
    disclosure = open_disclosure(request.actor, reference, "logged")
    if disclosure.state != DisclosureState.SUBMITTED:
        raise Http404
    case = open_case(request.actor, disclosure.case.reference, "see_summary", part="logged")
    now = timezone.now()
    promises = [
        {"words": f"{clocks.KINDS[clock.kind].promise} by {local_time(clock.due_at)}", "clock": clock, "is_missed": clock.is_breached(now)}
        for clock in clocks.running(case) if clock.kind in rules.CLOCK_KINDS  # whatever else runs by now is for the case page to say
    ]
    context = {
        "case": case,
        "promises": promises,
        "rule": rules.clock_rule(has_talked(disclosure.route)),
        "now": now,
        "steps": _next_steps(disclosure, case, capabilities_on(request.actor, case, now)),
        "in_danger": disclosure.immediate_danger,
        "page_title": question.TITLE,
    }
    return render(request, "referrals/logged.html", context)


def _next_steps(disclosure, case, may):
    """What to do next, each thing once: how to reach them before anything else, and the case last, which says the rest."""
    known = case_panel.with_what_is_known(case)
    steps, adds = [], case.is_open and "edit_people" in may
    if adds and not known.has_contact:
        page = next((page for page in case_panel.still_missing(known, case) if page.code in ("contact", "channels")), pages.PAGES["channels"])
        steps.append(NextAction(page.left, reverse("disclosure_rest", args=[case.reference, page.slug]), "Until then, treat every way as not safe."))
    if case.is_open and case.is_danger_unsettled and not disclosure.police_incident_number and "record_contact" in may:
        steps.append(NextAction("Add the police incident number", reverse("incident_number", args=[case.reference]), "As soon as you have it."))
    if adds and (rest := case_panel.the_rest(known, case)):
        steps.append(rest)
    if case.is_open and "add_entry" in may and any(page.code == "children" for page in case_panel.still_missing(known, case)):
        steps.append(NextAction("Ask about children", reverse("children_ask", args=[case.reference]), "Of either of them; living elsewhere, away, or not yet born too."))
    why = "Look there at how to reach them safely before you call. Record each attempt, also when nobody answers."
    return [*steps, NextAction(f"Go to the case {case.reference}", reverse("case", args=[case.reference]), why)]
