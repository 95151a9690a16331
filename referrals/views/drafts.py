"""Disclosures while they are drafts: the list, one question a page, discarding."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases.access import record_look
from referrals import actions, pages
from referrals.drafts import begun_with, drafts_of, logged_of, older_than, open_disclosure
from referrals.forms.discard import DiscardForm
from referrals.models import DisclosureState
from referrals.views import question
from ui import held_forms, times

ON_A_PAGE = 25
RECENT = 10


@needs("log_disclosure")
@require_GET
def disclosures(request):
    """My drafts, for a manager the drafts of the agency, and what was logged lately."""
    drafts = drafts_of(request.actor).select_related("author").order_by("-id")
    if "after" in request.GET:
        drafts = older_than(drafts, request.GET["after"])
    found = list(drafts[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    logged = list(logged_of(request.actor).select_related("case", "author")[:RECENT])
    record_look(request.actor, "disclosures", count=len(shown) + len(logged))
    context = {
        "drafts": [
            {
                "draft": draft,
                "who": _who(draft, request.actor),
                "is_mine": draft.author_id == request.actor.user_id,
                "url": _where_to_go_on(draft),
            }
            for draft in shown
        ],
        "logged": logged,
        "leads": request.actor.may("see_team"),
        "next_url": f"{reverse('disclosures')}?after={shown[-1].reference}" if len(found) > ON_A_PAGE else "",
    }
    return render(request, "referrals/disclosures.html", context)


@needs("log_disclosure")
@require_http_methods(["GET", "POST"])
def disclosure_new(request):
    """The first question. Nothing exists until it is answered; whoever comes back to it afterwards comes back to the same draft.

    Each beginning has its token in the address, since that is what the browser's back button returns to.
    """
    page = pages.FIRST
    token = question.token(request.GET.get("form"))
    if request.method == "GET":
        if token is None:
            return redirect(f"{reverse('disclosure_new')}?form={uuid4()}")
        if reference := begun_with(request.actor, token):
            return redirect("disclosure_page", reference, page.slug)
        held = held_forms.take(request)
        form = page.form(held).without_errors() if held else page.form()
        return question.draw(request, page, form, back_url=reverse("disclosures"), may_come_back=True, once=token)
    form, _ = question.posted(page, request, {})
    if not form.is_valid():
        return question.draw(request, page, form, back_url=reverse("disclosures"), may_come_back=True)
    once = question.once(request) or token
    try:
        draft = actions.start_disclosure(request.actor, answers=form.answers(), once=once)
    except AlreadyDone:
        reference = begun_with(request.actor, once)
        return _save(request, open_disclosure(request.actor, reference, page.code), page) if reference else redirect("disclosures")
    return _go_on(request, draft, page)


@needs("log_disclosure")
@require_http_methods(["GET", "POST"])
def disclosure_page(request, reference, slug):
    """One question of a draft."""
    page = pages.BY_SLUG.get(slug)
    if page is None:
        raise Http404
    draft = open_disclosure(request.actor, reference, page.code)
    if not draft.is_draft:
        return _already(request, draft)
    if not page.applies(draft.answers):
        return redirect("disclosure_check", draft.reference)
    if request.method == "POST":
        return _save(request, draft, page)
    if held := held_forms.take(request):
        form = page.form(held, others=draft.answers).without_errors()
        return _draw(request, draft, page, form, revision=question.revision(held))
    if page.code in draft.unfinished:
        form = page.form(question.as_typed(draft.unfinished[page.code]), others=draft.answers).without_errors()
    else:
        form = page.form(kept=draft.answers.get(page.code), others=draft.answers)
    return _draw(request, draft, page, form, revision=draft.revision)


@needs("log_disclosure")
@require_http_methods(["GET", "POST"])
def disclosure_discard(request, reference):
    """Discard a draft, with the reason; the record is kept."""
    draft = open_disclosure(request.actor, reference, "discard")
    if not draft.is_draft:
        return _already(request, draft)
    form = DiscardForm(request.POST, request.FILES) if request.method == "POST" else DiscardForm(held_forms.take(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.discard_disclosure(request.actor, reference=reference, reason=form.cleaned_data["reason"])
        except AlreadyDone as done:
            return redirect(done.led_to)
        messages.success(request, "The draft was discarded. The record of it is kept.")
        return redirect("disclosures")
    context = {
        "form": form, "heading": "Discard this draft?", "page_title": question.TITLE, "is_grave": True, "confirm_label": "Discard",
        "text": "Nobody can go on with it afterwards. That it was begun and discarded, by whom and why, stays on record.",
        "back_url": reverse("disclosures"),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


def _save(request, draft, page):
    if not draft.is_draft:
        return _already(request, draft)
    form, is_only_rows = question.posted(page, request, draft.answers)
    opened_with = question.revision(request.POST)
    if is_only_rows:
        return _draw(request, draft, page, form, revision=opened_with)
    later = "come_back_later" in request.POST
    try:
        if form.is_valid():
            draft = actions.save_page(request.actor, reference=draft.reference, page=page.code, answers=form.answers(), revision=opened_with)
            return _go_on(request, draft, page)
        if later:
            actions.keep_unfinished(request.actor, reference=draft.reference, page=page.code, typed=question.typed(request), revision=opened_with)
            messages.info(request, "Kept as you typed it. One page still needs an answer or a correction.")
            return redirect("disclosures")
    except AlreadyDone:
        draft.refresh_from_db()
        return _already(request, draft)
    except Refused:
        return _tell_the_later(request, draft, page, form)
    return _draw(request, draft, page, form, revision=opened_with)


def _tell_the_later(request, draft, page, form):
    """Somebody else saved this page first: both answers on one page, nothing of either lost."""
    draft = open_disclosure(request.actor, draft.reference, page.code)
    theirs = page.form.shown(draft.answers.get(page.code, {}))
    if page.code in draft.unfinished:
        labels = {name: str(field.label) for name, field in page.form.base_fields.items()}
        theirs += [(labels[name], ", ".join(values), True) for name, values in draft.unfinished[page.code].items() if name in labels and any(values)]
    conflict = {
        "by": draft.saved_by.full_name,
        "at": times.local_time(draft.saved_at),
        "rows": [{"key": key, "value": words, "is_notes": is_notes} for key, words, is_notes in theirs],
        "url": request.get_full_path(),
    }
    return _draw(request, draft, page, form, revision=draft.revision, conflict=conflict, status=409)


def _draw(request, draft, page, form, **context):
    previous = pages.before(draft.answers, page)
    back = reverse("disclosure_page", args=[draft.reference, previous.slug]) if previous else reverse("disclosures")
    if request.GET.get("to") == "check":
        back = reverse("disclosure_check", args=[draft.reference])
    return question.draw(request, page, form, back_url=back, may_come_back=True, **context)


def _go_on(request, draft, page):
    if "come_back_later" in request.POST:
        messages.success(request, "Saved. You can go on with it from here.")
        return redirect("disclosures")
    carried = set(draft.answers) - set(draft.page_revisions)  # nobody has saved these here: a call answered them
    following = pages.following(draft.answers, page, back_to_check=request.GET.get("to") == "check", carried=carried)
    if following is None:
        return redirect("disclosure_check", draft.reference)
    return redirect("disclosure_page", draft.reference, following.slug)


def _already(request, draft):
    if draft.state == DisclosureState.SUBMITTED:
        messages.info(request, "This was logged already. Go on with the case.")
    else:
        messages.info(request, "This draft was discarded.")
    return redirect(draft)


def _where_to_go_on(draft):
    page = pages.to_go_on_with(draft.answers, draft.unfinished)
    return reverse("disclosure_page", args=[draft.reference, page.slug]) if page else reverse("disclosure_check", args=[draft.reference])


def _who(draft, actor):
    """What tells a draft from another in the list: the name or description of whom it is about."""
    victim = draft.answers.get("victim", {})
    return " ".join(filter(None, (victim.get("given_name"), victim.get("family_name")))) or victim.get("description") or "Nobody named yet"
