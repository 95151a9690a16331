"""The pages of the directory: looking for a service, reading one, and keeping them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs, signed_in
from agencies.gate import AlreadyDone, Refused
from cases.views.form_page import show_refusal
from referrals.directory import actions, reading
from referrals.directory.forms import CloseForm, DirectorySearch, ReopenForm, SaysOfItself, as_shown, providers
from referrals.directory.rules import Somebody
from ui import held_forms

REFUSED = 422


@signed_in("services and their hours: nothing about anybody")
@require_safe
def directory(request):
    """Look for a service: by words, and by whom it has to take. Found while typing where the browser can, and by pressing the button where not."""
    form = DirectorySearch(request.GET or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = reading.find(timezone.now(), **asked) if not form.errors else []
    context = {"form": form, "rows": found[:reading.PAGE], "count": len(found), "is_full": len(found) > reading.PAGE, "asked": any(asked.values())}
    return render(request, "referrals/directory/list.html", context | {"may_add": request.actor.may("keep_directory")})


@signed_in("a service and its hours: nothing about anybody")
@require_safe
def directory_entry(request, entry_id):
    """One service: whom it takes, when it is open, what it said before, and what else there is where it takes nobody."""
    at = timezone.now()
    row = _row(entry_id, at)
    versions = list(row.entry.versions.select_related("written_by"))
    context = {
        "row": row, "versions": versions, "coming": [one for one in versions if one.effective_from > at], "may_keep": actions.may_keep(request.actor, row.entry),
        "instead": reading.instead_of(row, Somebody(), at) if row.takes_nobody else [],
    }
    return render(request, "referrals/directory/entry.html", context)


@needs("keep_directory")
def directory_add(request):
    """A service that the directory does not hold yet."""
    actor = request.actor

    def form(**data):
        return SaysOfItself(**data, is_new=True, agencies=providers(actor), may_be_outside=actor.may("set_partnership_policies"))

    return _page(request, form, lambda filled: actions.add_service(actor, once=filled.cleaned_data["once"], **filled.facts()), heading="Add a service", back=reverse("directory"))


@needs("keep_directory")
def directory_change(request, entry_id):
    """What a service says of itself from now on, or from a later day."""
    row = _kept(request, entry_id)
    newest = row.entry.versions.order_by("-id").first()

    def save(filled):
        return actions.change_service(request.actor, entry_id=entry_id, once=filled.cleaned_data["once"], **filled.facts())

    return _page(
        request, lambda **data: SaysOfItself(**data, is_new=False, initial=as_shown(newest)), save, heading=f"Change {row.version.name}", back=_url(entry_id), newest=newest.pk,
        intro="What was referred already keeps what held when it was sent.",
    )


@needs("keep_directory")
def directory_close(request, entry_id):
    """From which day it takes nobody, and why."""
    row = _kept(request, entry_id)
    return _page(
        request, lambda **data: CloseForm(**data), lambda filled: actions.close_service(request.actor, entry_id=entry_id, **filled.cleaned_data),
        heading=f"Close {row.version.name}", back=_url(entry_id), intro="It stays to be read, and takes no new referral. What was referred before goes on.",
    )


@needs("keep_directory")
def directory_reopen(request, entry_id):
    """It takes people again."""
    row = _kept(request, entry_id)
    return _page(
        request, lambda **data: ReopenForm(**data), lambda filled: actions.reopen_service(request.actor, entry_id=entry_id, **filled.cleaned_data),
        heading=f"Open {row.version.name} again", back=_url(entry_id), intro="It takes referrals again from now on.", submit="Open it again",
    )


def _row(entry_id, at=None):
    row = reading.row_of(entry_id, at or timezone.now())
    if row is None:
        raise Http404
    return row


def _kept(request, entry_id):
    row = _row(entry_id)
    if not actions.may_keep(request.actor, row.entry):
        raise PermissionDenied
    return row


def _url(entry_id):
    return reverse("directory_entry", args=[entry_id])


def _page(request, form, save, *, heading, back, intro="", submit="Save", newest=None):
    held = held_forms.take(request)
    filled = form(data=request.POST, files=request.FILES) if request.method == "POST" else form(data=held) if held else form()
    if request.method == "POST" and filled.is_valid():
        try:
            entry = save(filled)
        except AlreadyDone as done:
            return redirect(done.led_to or back)
        except Refused as refusal:
            show_refusal(filled, refusal)
            if refusal.code == "stale":
                filled.data = filled.data.copy()
                filled.data["was"] = str(newest)
        else:
            messages.success(request, "Saved.")
            return redirect(_url(entry.pk))
    context = {"form": filled, "heading": heading, "page_title": "Directory", "intro": intro, "submit_label": submit, "back_url": back, "cancel_url": back}
    return render(request, "ui/question_page.html", context, status=REFUSED if filled.errors else 200)
