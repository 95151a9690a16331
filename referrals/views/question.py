"""Drawing one question page of a disclosure, before the case exists and after."""

from uuid import UUID, uuid4

from django.http import QueryDict
from django.shortcuts import render

from referrals import pages
from referrals.forms.page import with_rows_changed
from ui.characters import has_unprintable
from ui.forms import top_questions
from ui.templatetags.ui import error_summary

TITLE = "Visit notes"  # in the title bar, which anybody may see from across a room
CAPTION = "Log a disclosure"  # on the page, in the words of the menu that led here
_NOT_TYPED = {"csrfmiddlewaretoken", "form_owner", "once", "come_back_later", "add", "remove"}
LONGEST_UNFINISHED = 100_000


def posted(page, request, others):
    """The form as it was sent, and whether only its rows were to change (then it is not judged)."""
    if page.form.row_class and ("add" in request.POST or "remove" in request.POST):
        remove = request.POST.get("remove", "")
        data = with_rows_changed(request.POST, add="add" in request.POST, remove=int(remove) if remove.isdecimal() else None)
        return page.form(data, others=others).without_errors(), True
    return page.form(request.POST, request.FILES, others=others), False


def draw(request, page, form, *, revision=0, status=None, **context):
    """A page with its form."""
    errors = error_summary(*form.all_forms)["errors"]
    questions = [question for question in top_questions(form) if question.name != "confirm"]
    is_single = len(questions) == 1 and not page.form.row_class
    context |= {
        "page": page,
        "form": form,
        "errors": errors,
        "heading": "" if is_single else form.heading or page.heading,
        "caption": CAPTION,
        "page_title": TITLE,
        "revision": revision,
        "once": token(request.POST.get("once")) or context.get("once") or uuid4(),
        "row_noun": getattr(form, "row_noun", ""),
    }
    return render(request, page.template, context, status=status or (422 if errors else 200))


def once(request):
    """The token of the form that was sent; None where there is none that can be one."""
    return token(request.POST.get("once"))


def revision(data):
    """The revision that a sent form was opened with. Without one it counts as older than everything."""
    text = data.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def typed(request):
    """What was typed, as it can be put aside: text only, without what cannot be printed (the database takes no NUL)."""
    words = {
        name: ["".join(one for one in value if not has_unprintable(one)) for value in values]
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED and name != "revision" and not has_unprintable(name)
    }
    return words if sum(len(value) for values in words.values() for value in values) <= LONGEST_UNFINISHED else {}


def as_typed(words):
    """What was put aside, as a form takes it."""
    data = QueryDict(mutable=True)
    for name, values in words.items():
        data.setlist(name, values)
    return data


def sections(answers, *, url=None, chosen=None, without=()):
    """Answers for reading, page by page: heading, rows for a summary list, and where to change them."""
    found = []
    for page in chosen if chosen is not None else pages.sequence(answers):
        kept = answers.get(page.code)
        rows = [] if kept is None else [
            {"key": question, "value": words, "is_notes": is_notes} for question, words, is_notes in page.form.shown(kept) if question not in without
        ]
        found.append({"page": page, "rows": rows, "is_answered": kept is not None, "url": url(page) if url else ""})
    return found


def token(text):
    """A form's token as a UUID; None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
