"""After the case is open: answering what was left for later, and reading what was first written down."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases.access import capabilities_on, open_case
from cases.models import Address, Party
from cases.models.chronology import Audience
from cases.models.people import Role, Visibility
from referrals import actions, case_panel, pages
from referrals.models import Disclosure
from referrals.views import question
from ui import held_forms


@needs("edit_people")
@require_http_methods(["GET", "POST"])
def disclosure_rest(request, reference, slug):
    """One page that was left for later, answered on the case."""
    page = pages.BY_SLUG.get(slug)
    case = open_case(request.actor, reference, "edit_people", part=f"first-notes:{slug}"[:80])
    disclosure = case_panel.with_what_is_known(case)
    if page is None or disclosure is None or not page.can_wait:
        raise Http404
    case_url = reverse("case", args=[case.reference])
    if request.method == "GET":
        if page not in case_panel.still_missing(disclosure, case):
            messages.info(request, "This has been answered already.")
            return redirect(case_url)
        held = held_forms.take(request)
        form = page.form(held, others=disclosure.answers).without_errors() if held else page.form(others=disclosure.answers)
        return question.draw(request, page, form, cancel_url=case_url, back_url=case_url)
    form, is_only_rows = question.posted(page, request, disclosure.answers)
    if not is_only_rows and form.is_valid():
        try:
            disclosure = actions.complete_page(request.actor, case, page=page.code, answers=form.answers(), once=question.once(request))
            return redirect(_after(request, case, page, case_url))
        except AlreadyDone:
            return redirect(case_url)
        except Refused as refusal:
            form.add_error(None, refusal.reasons)
    return question.draw(request, page, form, cancel_url=case_url, back_url=case_url)


def _after(request, case, page, case_url):
    """A yes can open one more page (each child, each way to reach them); whoever answers all that was left goes on to the next; then the case."""
    opened = {"contact": "channels", "children": "each_child"}.get(page.code)
    disclosure = case_panel.with_what_is_known(case)
    following = next((other for other in case_panel.still_missing(disclosure, case) if other.code == opened), None)
    query = ""
    if "on" in request.GET:
        order = list(pages.PAGES.values())
        ahead = [other for other in case_panel.left_over(disclosure, case) if order.index(other) > order.index(page)]
        following, query = following or next(iter(ahead), None), f"?{case_panel.ON}"
    return reverse("disclosure_rest", args=[case.reference, following.slug]) + query if following else case_url


MOST_ADDED = 20  # on one page, the latest first


@needs("see_case")
@require_GET
def disclosure_record(request, reference):
    """What was first written down, for the agency that wrote it. How to reach the victim/survivor stands on the case page, with its safety."""
    case = open_case(request.actor, reference, "see_case", part="first-notes")
    disclosure = Disclosure.objects.filter(case=case, agency=request.actor.agency_id).select_related("submitted_by").first()
    if disclosure is None:
        raise Http404
    context = _record(request, case, [(disclosure, disclosure.submitted_by, disclosure.submitted_at)])
    return render(request, "referrals/record.html", context | {"heading": "As it was first written down", "who_reads": "Only your agency sees this page"})


@needs("see_case")
@require_GET
def further_notes(request, reference):
    """The disclosures that were added to a case later, as they were written down: for the agency that wrote each, and for the one that leads the case."""
    case = open_case(request.actor, reference, "see_case", part="further-notes")
    added = Disclosure.objects.filter(joined_to=case).select_related("joined_by").order_by("-joined_at", "-id")
    if case.lead_agency_id != request.actor.agency_id:
        added = added.filter(agency=request.actor.agency_id)
    added = list(added[:MOST_ADDED])
    if not added:
        raise Http404
    context = _record(request, case, [(disclosure, disclosure.joined_by, disclosure.joined_at) for disclosure in added])
    who = "Your agency and the one that leads the case see this page"
    return render(request, "referrals/record.html", context | {"heading": "Added to this case later", "who_reads": who})


def _record(request, case, written):
    hidden = {"Number, e-mail address or place", "Code word"}
    # A protected address stands on a page of its own, where each look at it is kept.
    victim = Party.objects.filter(case=case, role=Role.VICTIM).first()
    is_protected = any(one.answers.get("home", {}).get("visibility", Visibility.NORMAL) != Visibility.NORMAL for one, *_ in written) or (
        Address.objects.filter(party=victim).exclude(visibility=Visibility.NORMAL).exists()
    )
    if is_protected:
        hidden |= {"Address", "Postcode"}
    may_see_address = is_protected and victim is not None and "see_protected_address" in capabilities_on(request.actor, case)
    records = []
    for disclosure, by, at in written:
        # What was meant for its author's agency alone stays there.
        answers, withheld = disclosure.answers, set()
        if disclosure.agency_id != request.actor.agency_id:
            withheld = {"account"} if answers.get("account", {}).get("audience") != Audience.PARTNERS else set()
            withheld |= {"perpetrator"} if answers.get("perpetrator", {}).get("known") == "no" else set()
        chosen = [page for page in pages.PAGES.values() if page.code in answers and page.code not in withheld | {"channels"}]
        records.append({"by": by, "at": at, "sections": question.sections(answers, chosen=chosen, without=hidden)})
    return {
        "case": case,
        "case_url": reverse("case", args=[case.reference]),
        "records": records,
        "is_address_hidden": is_protected,
        "address_url": reverse("address", args=[case.reference, victim.pk]) if may_see_address else "",
        "page_title": question.TITLE,
    }
