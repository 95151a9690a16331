"""The paths of flags. No address says what it is about."""

from django.urls import path

from cases.views import flags

_FLAGS = "cases/<str:reference>/flags/"

urlpatterns = [
    path(_FLAGS, flags.case_flags, name="case_flags"),
    path(f"{_FLAGS}add/", flags.flag_add, name="flag_add"),
    path(f"{_FLAGS}<int:flag_id>/review/", flags.flag_review, name="flag_review"),
    path(f"{_FLAGS}<int:flag_id>/remove/", flags.flag_remove, name="flag_remove"),
    path(f"{_FLAGS}removals/<int:removal_id>/", flags.flag_decide, name="flag_decide"),
]
