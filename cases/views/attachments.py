"""The pages of files: the list of a case, one file and what became of it, adding, sharing, withdrawing, and the file itself."""

from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.doors import needs
from agencies.gate import AlreadyDone, Refused
from cases import attachments
from cases.access import capabilities_on, open_case
from cases.actions.attachments import add_file, keep_file, share_file, withdraw_file
from cases.audiences import readers_by_name
from cases.forms.attachments import KEEP, AddFileForm, ShareFileForm, WithdrawFileForm, most_bytes
from cases.models import Attachment
from cases.models.chronology import Audience
from cases.protected_places import places_hidden_from
from cases.rules.file_types import TYPES
from cases.views.form_page import form_page
from vault import files as vault
from vault.sealed_files import Damaged
from vault.uploads import takes_a_file

ON_A_PAGE = 50
NOT_YOURS = "This file is not, or no longer, yours to decide on."
FORM = "cases/case/form.html"


@needs("see_case")
@require_safe
def file_list(request, reference):
    """The files of a case, newest first, fifty a page."""
    case = open_case(request.actor, reference, "see_case", part="files")
    may, page = capabilities_on(request.actor, case), _page_number(request)
    found = list(attachments.of_case(request.actor, case)[page * ON_A_PAGE : (page + 1) * ON_A_PAGE + 1])
    context = {
        "case": case, "rows": attachments.rows(request.actor, case, may, found[:ON_A_PAGE]), "may_add": "add_entry" in may and case.is_open,
        "previous_url": f"?page={page - 1}" if page else "", "next_url": f"?page={page + 1}" if len(found) > ON_A_PAGE else "",
    }
    return render(request, "cases/attachments/list.html", context)


@needs("see_case")
@require_safe
def file_page(request, reference, attachment_id):
    """One file: what it is, who may open it, what came before it and after."""
    case, one, row, may = _opened(request, reference, attachment_id, "see_case")
    found = attachments.rows(request.actor, case, may, [other for other in (one.replaces, getattr(one, "replaced_by", None)) if other and _may_know(request.actor, other)])
    context = {
        "case": case, "row": row, "one": one, "earlier": next((other for other in found if other.one.pk == one.replaces_id), None),
        "later": next((other for other in found if other.one.pk != one.replaces_id), None),
        "may_change": "add_entry" in may and case.is_open and row.is_ours and row.state == attachments.OPEN, "is_private": one.audience == Audience.AGENCY,
        "may_decide_for": "add_entry" in may and case.is_open and not row.is_ours and one.waits,
    }
    return render(request, "cases/attachments/file.html", context)


@needs("see_case")
@require_safe
def file_content(request, reference, attachment_id):
    """The file itself: to keep, never to show inside a page; under a name that says nothing. Each look is in the log."""
    case, one, row, may = _opened(request, reference, attachment_id, "see_case", part="content")
    if not row.may_open:
        raise PermissionDenied("not theirs to open")
    try:
        if attachments.shows_hidden_place(one, places_hidden_from(case, may)):
            return render(request, "cases/attachments/not_yours.html", {"case": case, "one": one}, status=403)
        content = vault.content_of(one.stored_as)
    except Damaged:
        return render(request, "cases/attachments/damaged.html", {"case": case, "one": one}, status=500)
    kind = TYPES[one.kind]
    response = StreamingHttpResponse(content, content_type=kind.media_type)
    response["Content-Length"] = str(one.size)
    response["Content-Disposition"] = f'attachment; filename="file-{timezone.localtime(one.added_at):%Y-%m-%d}-{one.pk}.{kind.endings[0]}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


@needs("add_entry")
@takes_a_file(most_bytes)
def file_add(request, reference):
    """Add a file."""
    case = open_case(request.actor, reference, "add_entry", part="files")
    return _add(request, case, None)


@needs("add_entry")
@takes_a_file(most_bytes)
def file_replace(request, reference, attachment_id):
    """Put another file in the place of one; the first is kept, and can be opened by whoever could."""
    case, one, row, _ = _ours(request, reference, attachment_id, unread=True)
    if one.is_withdrawn:
        raise Http404
    return _add(request, case, one, row)


def _add(request, case, one, row=None):
    readers = readers_by_name(case)
    # Of what its author puts another in the place of unread, nothing is shown, and what it was says nothing about the other.
    initial = {"title": one.title, "audience": one.audience, "shows_place": one.is_protected} if one and row.may_open else {}
    filled = []

    def form(**data):
        filled.append(AddFileForm(**data, readers=readers, is_replacing=one is not None, initial=initial))
        return filled[-1]

    def save(form):
        kept = attachments.keep(form.cleaned_data["file"].name, form.cleaned_data["file"].chunks(), form.found)
        facts = {name: value for name, value in form.cleaned_data.items() if name != "file"}
        try:
            return add_file(request.actor, case, kept=kept, replaces=one.pk if one else None, **facts)
        except BaseException:
            vault.take_back(kept.stored_as)
            raise

    def done(result):
        added, waits = result
        _say(request, filled[-1].found, added, waits)
        may = capabilities_on(request.actor, case)
        if waits and "see_protected_address" in may:
            return reverse("file_share", args=[case.reference, added.pk])
        return _page(case, added) if not added.is_protected or "see_protected_address" in may else _list(case)

    return form_page(
        request, case, form=form, save=save, done=done, template=FORM, heading="Add a file" if one is None else "Replace a file", said="",
        back=_back(case, one, row) if one else _list(case), submit="Add the file",
    )


def _say(request, found, added, waits):
    if waits and not attachments.can_be_decided_by(added.agency_id):
        lead = added.case.lead_agency
        is_handed_over = lead.pk != added.agency_id and attachments.can_be_decided_by(lead.pk)
        messages.warning(
            request, "Added: the file names a protected place, and nobody in your agency may see such places. "
            f"{f'{lead.short_name} decides who may open it.' if is_handed_over else 'Nobody can open it or decide who may.'} "
            "You can put a copy without the address in its place, or withdraw it."
        )
    elif waits:
        messages.warning(
            request, "Added, for your agency only: the file names a protected place. Somebody who may see protected addresses decides who else may open it."
        )
    else:
        messages.success(request, "Added.")
    if found.had_place:
        messages.info(request, "The photograph said where it was taken. That was taken out before it was kept.")
    if not added.is_read_whole and not added.is_protected:
        messages.info(request, "Not every word in it could be read. Check yourself that it shows no protected place.")


@needs("add_entry")
def file_share(request, reference, attachment_id):
    """Who else may open a file that has been the agency's own."""
    try:
        case, one, row, _ = _opened(request, reference, attachment_id, "add_entry")
    except Http404:
        case = open_case(request.actor, reference, "add_entry", part="files")
        if not _may_have_been_handed(request, case):
            raise
        # What was decided for another agency is not known here any more; the same of every number, so that none is told from another.
        messages.info(request, NOT_YOURS)
        return redirect(_list(case))
    if not row.is_ours and not one.waits:
        if not _may_have_been_handed(request, case):
            raise PermissionDenied("another agency’s file")
        messages.info(request, NOT_YOURS)
        return redirect(_page(case, one))
    of = "my agency" if row.is_ours else one.agency.short_name
    if request.method != "POST" and (one.audience == Audience.PARTNERS or one.is_withdrawn):
        return redirect(_page(case, one))
    readers = readers_by_name(case)

    def save(form):
        facts = form.cleaned_data
        with _where_it_is_decided(request, _page(case, one)):
            if facts["for_whom"] == KEEP:
                return keep_file(request.actor, case, attachment_id=one.pk, once=facts["once"])
            return share_file(request.actor, case, attachment_id=one.pk, **facts)

    def done(decided):
        is_shared = decided.audience == Audience.PARTNERS
        messages.success(request, "Shared." if is_shared else f"It stays with {'your agency' if row.is_ours else of}.")
        return _page(case, decided) if is_shared or row.is_ours else _list(case)

    return form_page(
        request, case, save=save, template="cases/attachments/share.html", heading="Who may open this file?" if one.waits else "Share a file with partners",
        back=_page(case, one), one=one, form=lambda **data: ShareFileForm(**data, readers=readers, is_protected=one.is_protected, waits=one.waits, of=of), done=done, row=row,
        submit="Record the decision" if one.waits else "Share it", said="",
    )


@needs("add_entry")
def file_withdraw(request, reference, attachment_id):
    """Take a file back: nobody outside the agency that added it opens it from then on."""
    case, one, row, _ = _ours(request, reference, attachment_id, unread=True)
    if request.method != "POST" and one.is_withdrawn:
        return redirect(_back(case, one, row))

    def save(form):
        with _where_it_is_decided(request, _back(case, one, row)):
            return withdraw_file(request.actor, case, attachment_id=one.pk, **form.cleaned_data)

    return form_page(
        request, case, save=save, template=FORM, heading="Withdraw a file", back=_back(case, one, row), submit="Withdraw it", form=WithdrawFileForm,
        intro=f"It is not deleted{': your agency can still open it, and nobody else' if row.may_open else ', and nobody outside your agency can ever open it'}.",
        done=lambda withdrawn: _list(case), said="Withdrawn.",
    )


def _opened(request, reference, attachment_id, capability, *, part="", unread=False):
    """(case, file, how it stands to the reader, what they may do); a file that the reader may not know of does not exist."""
    case = open_case(request.actor, reference, capability, part=f"file:{attachment_id}{'.' + part if part else ''}")
    one = attachments.of_case(request.actor, case).select_related("agency", "added_by", "withdrawn_by", "shared_by", "replaced_by", "replaces").filter(pk=attachment_id).first()
    if one is None:
        raise Http404
    may = capabilities_on(request.actor, case)
    row = attachments.rows(request.actor, case, may, [one])[0]
    if row.state == attachments.PROTECTED and not (unread and row.is_mine):
        open_case(request.actor, reference, "see_protected_address", part=f"file:{attachment_id}")  # refused, and kept in the log as refused
    return case, one, row, may


def _ours(request, reference, attachment_id, *, unread=False):
    """A file of the reader's own agency; another agency's is seen and not theirs to change. `unread`: whoever added it may go on without reading it."""
    case, one, row, may = _opened(request, reference, attachment_id, "add_entry", unread=unread)
    if not row.is_ours:
        raise PermissionDenied("another agency’s file")
    return case, one, row, may


def _may_have_been_handed(request, case):
    """Was this sent by the agency that leads the case? It may have been asked to decide for another, and have done so, or a colleague has."""
    return request.method == "POST" and case.lead_agency_id == request.actor.agency_id


@contextmanager
def _where_it_is_decided(request, url):
    """A colleague was first: whoever comes second is told so, where the file stands as it is now."""
    try:
        yield
    except Refused as refusal:
        if refusal.code != "stale":
            raise
        messages.info(request, " ".join(refusal.reasons))
        raise AlreadyDone(url) from refusal


def _may_know(actor, other: Attachment):
    return other.audience == Audience.PARTNERS or other.agency_id == actor.agency_id


def _page_number(request):
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _list(case):
    return reverse("file_list", args=[case.reference])


def _back(case, one, row):
    return _list(case) if row.state == attachments.PROTECTED else _page(case, one)


def _page(case, one):
    return reverse("file_page", args=[case.reference, one.pk])
