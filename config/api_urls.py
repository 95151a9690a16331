"""The API, version 1."""

from django.urls import include, path

from config.api import Schema

v1 = [
    path("schema/", Schema.as_view(), name="schema"),
]

urlpatterns = [path("v1/", include((v1, "v1")))]
