"""Where the examples of components are served, outside production only (config/urls.py decides)."""

from django.urls import path, re_path

from ui import examples

urlpatterns = [
    path("examples/", examples.components, name="ui_examples"),
    re_path("^examples/(?P<state>error|empty)/$", examples.components, name="ui_examples_state"),
    path("examples/question/", examples.question, name="ui_examples_question"),
    path("examples/questions/", examples.many_questions, name="ui_examples_questions"),
    path("examples/confirm/", examples.confirm, name="ui_examples_confirm"),
    path("examples/done/", examples.done, name="ui_examples_done"),
    re_path("^examples/progress/(?P<state>running|finished|failed)/$", examples.progress, name="ui_examples_progress"),
]
