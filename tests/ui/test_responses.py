"""What surrounds every page: headers that keep nothing, and error pages that give nothing away."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.cache import patch_cache_control

from ui import views
from ui.middleware import SafeHeaders


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/pdf", "application/json", "text/csv"])
def test_nothing_is_kept_by_the_browser(kind):
    def view(request):
        response = HttpResponse("x", content_type=kind)
        patch_cache_control(response, public=True, max_age=3600)
        return response

    response = SafeHeaders(view)(RequestFactory().get("/"))
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_carry_the_headers(db, client):
    response = client.get("/sign-in/")
    assert response.headers["Cache-Control"] == "no-store"
    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"


def test_styles_and_scripts_may_be_kept(db, client):
    response = client.get("/static/ui/build/waymark.css")
    assert b"govuk-button" in b"".join(response.streaming_content)
    assert response.headers.get("Cache-Control") != "no-store"
    response.close()


def test_no_page_has_anything_inline(db, client):
    for path in ("/sign-in/", "/ui/examples/", "/ui/examples/error/", "/ui/examples/progress/running/", "/ui/examples/confirm/"):
        html = client.get(path).content.decode()
        assert "style=" not in html
        assert "<style" not in html
        assert "onclick" not in html
        assert "<script>" not in html


def test_the_page_of_what_is_not_there_says_the_same_for_all(db, client_for):
    client = client_for("housing_officer")
    pages = {client.get(path).content for path in ("/no/such/page/", "/another/one/")}
    assert {client.get("/no/such/page/").status_code} == {404}
    texts = {page.split(b"<main")[1].split(b"</main>")[0] for page in pages}
    assert len(texts) == 1
    assert b"There is nothing here for you to see" in texts.pop()


def test_a_refusal_with_reasons_shows_them(db, rf):
    class Refused(Exception):
        reasons = ["The assessment is not signed", "<b>no markup</b>"]

    request = rf.get("/")
    html = views.forbidden(request, Refused()).content.decode()
    assert "The assessment is not signed" in html
    assert "&lt;b&gt;no markup" in html
    assert "Your role does not include this" in views.forbidden(request, PermissionError("cases.secret_code")).content.decode()
    assert "secret_code" not in views.forbidden(request, PermissionError("cases.secret_code")).content.decode()


def test_a_mistake_of_ours_needs_neither_database_nor_request():
    response = views.server_error(None)
    assert response.status_code == 500
    assert "Sorry, there is a problem" in response.content.decode()
    assert views.bad_request(None).status_code == 400


def test_titles_never_say_what_the_service_is_about(db, client):
    import re

    for path in ("/sign-in/", "/no/such/page/", "/ui/examples/done/"):
        title = re.search("<title>(.*?)</title>", client.get(path).content.decode())[1].lower()
        assert not re.search("abuse|violence|domestic|victim|marac|idva|dash|safe", title)
