"""Receiving files: only where a page asks, only from who is signed in, never too much, never in plain on a disk."""

import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import ResolverMatch

from vault import uploads
from vault.uploads import takes_a_file


def page(request):
    return HttpResponse()


def request_with(content, *, most=1000, actor=True, asks=True, **more):
    request = RequestFactory().post("/", {"before": "typed", "file": SimpleUploadedFile("letter.pdf", content), "title": "kept", **more})
    view = takes_a_file(lambda: most)(lambda request: HttpResponse()) if asks else page
    request.resolver_match = ResolverMatch(view, (), {})
    request.actor = object() if actor else None
    return request


def test_a_file_comes_whole_and_is_sealed_while_it_waits(monkeypatch):
    spools = []
    real = tempfile.TemporaryFile
    monkeypatch.setattr(uploads.tempfile, "TemporaryFile", lambda: spools.append(real()) or spools[-1])
    content = b"CANARY Plover Court" * 10_000
    request = request_with(content, most=len(content))
    file = request.FILES["file"]
    assert (file.name, file.size, file.is_too_large) == ("letter.pdf", len(content), False)
    assert b"".join(file.chunks()) == b"".join(file.chunks()) == content
    spools[0].seek(0)
    assert b"CANARY" not in spools[0].read()
    request.close()
    assert spools[0].closed


def test_what_is_too_large_is_not_kept_and_the_form_is_still_read():
    with override_settings():
        request = request_with(b"x" * 1001)
        file = request.FILES["file"]
        assert file.is_too_large and file.size == 1001 and not list(file.chunks()) and request.POST["before"] == "typed" and request.POST["title"] == "kept"
        request.close()


def test_a_form_that_goes_on_for_ever_is_cut_off(monkeypatch):
    monkeypatch.setattr(uploads, "_LET_GO", 200_000)
    request = request_with(b"x" * 1_000_000)
    assert "file" not in request.FILES and request.POST["before"] == "typed"


@pytest.mark.parametrize("how", [{"asks": False}, {"actor": False}])
def test_where_nobody_asks_for_a_file_none_is_kept_and_its_question_still_knows_of_it(how):
    request = request_with(b"words", **how)
    assert not list(request.FILES["file"].chunks()) and request.FILES["file"].size == 5
    request.close()


def test_reading_it_all_at_once_is_refused():
    request = request_with(b"words")
    with pytest.raises(NotImplementedError):
        request.FILES["file"].read()
    request.close()
