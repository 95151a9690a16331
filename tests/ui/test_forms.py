"""Ordinary Django forms, drawn as GOV.UK components: labels, hints, errors and choices where a reader looks for them."""

import re

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory

from ui import fields
from ui.examples import WRONG, EveryField, OneQuestion, _querydict
from ui.forms import top_questions


def drawn(template, **context):
    return engines["django"].from_string("{% load ui %}" + template).render(context)


def test_every_id_is_named_once_and_every_reference_leads_somewhere():
    for form in (EveryField(), EveryField(_querydict(WRONG))):
        html = str(form)
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        named = re.findall(r'\bfor="([^"]+)"', html) + re.findall(r'data-aria-controls="([^"]+)"', html)
        named += [word for words in re.findall(r'aria-describedby="([^"]+)"', html) for word in words.split()]
        assert named
        assert set(named) <= set(ids)


def test_errors_stand_beside_their_question_and_in_the_summary():
    form = EveryField(_querydict(WRONG))
    html, summary = str(form), drawn("{% error_summary form %}", form=form)
    assert "There is a problem" in summary
    for name, messages in form.errors.items():
        assert f'id="{form[name].error_id}"' in html
        for message in messages:
            assert message in html
            assert f'<a href="#{form[name].error_anchor}">{message}</a>' in summary
            assert f'id="{form[name].error_anchor}"' in html


def test_a_summary_of_nothing_is_nothing():
    assert drawn("{% error_summary form other %}", form=EveryField(), other=None).strip() == ""


def test_an_error_of_the_whole_form_leads_to_its_first_question():
    form = OneQuestion({"danger": "yes"})
    form.add_error(None, "Somebody else changed this meanwhile")
    assert '<a href="#id_danger">Somebody else changed this meanwhile</a>' in drawn("{% error_summary form %}", form=form)


def test_only_the_wrong_box_of_a_date_is_marked():
    form = EveryField(_querydict(WRONG | {"born_day": "", "born_month": "2"}))
    assert [box["is_wrong"] for box in form["born"].boxes] == [True, False, False]
    assert form["born"].error_anchor == "id_born_day"
    form = EveryField(_querydict(WRONG | {"heard_at_day": "28", "heard_at_time": "later"}))
    assert form["heard_at"].error_anchor == "id_heard_at_time"


def test_what_was_typed_is_shown_again():
    html = str(EveryField(_querydict(WRONG)))
    for typed in ('value="31"', 'value="1:30am"', 'value="soon"', 'value="nobody"', 'value="XX"'):
        assert typed in html
    assert re.search(r'value="other" checked', html)


def test_html_in_an_answer_stays_text():
    html = str(EveryField({"full_name": "<script>x</script>", "notes": "</textarea><b>", "phone": '"><i>', "born_day": '"><i>'}))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_a_revealed_question_stands_inside_its_choice_only():
    form = EveryField()
    assert "phone" not in [question.name for question in top_questions(form)]
    html = str(form)
    assert html.count('name="phone"') == 1
    assert re.search(r'govuk-checkboxes__conditional--hidden" id="conditional-id_ways-2">\s*<div[^>]*>\s*<label[^>]*for="id_phone"', html)
    chosen = str(EveryField({"ways": ["call"]}))
    assert re.search(r'govuk-checkboxes__conditional" id="conditional-id_ways-2"', chosen)


def test_hints_and_dividers_of_choices():
    html = str(EveryField())
    assert '<div class="govuk-radios__divider">or</div>' in html
    assert "During a repair, a visit or a call" in html
    assert 'aria-describedby="id_how-2-item-hint"' in html


def test_nothing_is_cut_short_or_remembered_by_the_browser():
    html = str(EveryField())
    assert "maxlength=" not in html.replace("data-maxlength=", "")
    assert " required" not in html
    assert html.count('autocomplete="off"') >= 10
    assert 'data-maxlength="10000"' in html


def test_the_only_question_of_a_page_is_its_heading():
    html = drawn("{% as_page_heading form 'Visit notes' %}{{ form }}", form=OneQuestion())
    assert '<h1 class="govuk-fieldset__heading">Is anyone in danger now?</h1>' in html
    assert '<span class="govuk-caption-l">Visit notes</span>' in html
    assert "<h1" not in str(OneQuestion())


@pytest.mark.parametrize(
    ("label", "field", "words"),
    [
        ("Full name", forms.CharField(), "Enter full name"),
        ("DASH number", forms.CharField(), "Enter DASH number"),
        ("District", forms.ChoiceField(choices=[("a", "A")]), "Select district"),
        ("Is it safe?", fields.YesNoField(), "Answer “Is it safe?”"),
        ("They agreed", forms.BooleanField(), "Tick “They agreed” to go on"),
        ("Name", forms.CharField(error_messages={"required": "Say who it is"}), "Say who it is"),
    ],
)
def test_a_missing_answer_is_asked_for_by_name(label, field, words):
    field.label = label
    form = type("AForm", (forms.Form,), {"answer": field})({})
    assert form.errors["answer"] == [words]


def test_forms_of_other_packages_are_drawn_too(db, client):
    html = client.get("/sign-in/").content.decode()
    assert 'class="govuk-input' in html
    assert 'autocomplete="current-password"' in html
    wrong = client.post("/sign-in/", {"login": "nobody@example.org", "password": "not this one"}).content.decode()
    assert "<title>Error: Sign in - Waymark</title>" in wrong
    assert "govuk-error-summary" in wrong
    assert "not this one" not in wrong


def test_the_title_says_when_there_is_an_error(db, client):
    page = client.post("/ui/examples/question/", {})
    assert "<title>Error: Visit notes - Waymark</title>" in page.content.decode()
    assert client.post("/ui/examples/question/", {"danger": "no"}).json() == {"danger": False}


def test_a_form_without_a_person_carries_no_owner(rf: RequestFactory):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/x/")
    request.user = AnonymousUser()
    assert drawn("{% form_owner %}", request=request) == ""
