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
from cases.access import capabilities_on, open_case
from referrals import actions, case_panel, pages, rules
from referrals.checks import open_checks
from referrals.drafts import open_disclosure
from referrals.models import DisclosureState
from referrals.routes import has_talked
from referrals.views import question
from ui.times import local_time


@needs("log_disclosure")
@require_http_methods(["GET", "POST"])
def disclosure_check(request, reference):
    """All answers on one page; sending it opens the case."""
    draft = open_disclosure(request.actor, reference, "check")
    if not draft.is_draft:
        messages.info(request, "These notes were logged already." if draft.state == DisclosureState.SUBMITTED else "These notes were discarded.")
        return redirect(draft)
    problems = []
    if request.method == "POST":
        try:
            logged = actions.submit_disclosure(request.actor, reference=reference, revision=question.revision(request.POST), once=question.once(request))
            return redirect("disclosure_logged", logged.reference)
        except AlreadyDone as done:
            return redirect(done.led_to or "disclosures")
        except Refused as refusal:
            problems = refusal.reasons
            draft = open_disclosure(request.actor, reference, "check")
    return _draw_check(request, draft, problems)


def _draw_check(request, draft, problems):
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
        "errors": [{"href": "#answers", "text": text} for text in problems],
        "once": uuid4(),
        "page_title": question.TITLE,
    }
    return render(request, "referrals/check.html", context, status=409 if problems else 200)


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
        for clock in clocks.running(case)
    ]
    known = case_panel.with_what_is_known(case)
    missing = case_panel.still_missing(known, case) if "edit_people" in capabilities_on(request.actor, case, now) else []
    context = {
        "case": case,
        "case_url": reverse("case", args=[case.reference]),
        "promises": promises,
        "rule": rules.clock_rule(has_talked(disclosure.route)),
        "now": now,
        "missing": [(page.left, reverse("disclosure_rest", args=[case.reference, page.slug])) for page in missing],
        "in_danger": disclosure.immediate_danger,
        "page_title": question.TITLE,
    }
    return render(request, "referrals/logged.html", context)
