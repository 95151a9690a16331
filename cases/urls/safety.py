"""The paths of flags and of the plan. No address says what it is about."""

from django.urls import path

from cases.views import flags, plan, plan_copy

_FLAGS = "cases/<str:reference>/flags/"
_PLAN = "cases/<str:reference>/plan/"

urlpatterns = [
    path(_FLAGS, flags.case_flags, name="case_flags"),
    path(f"{_FLAGS}add/", flags.flag_add, name="flag_add"),
    path(f"{_FLAGS}<int:flag_id>/review/", flags.flag_review, name="flag_review"),
    path(f"{_FLAGS}<int:flag_id>/remove/", flags.flag_remove, name="flag_remove"),
    path(f"{_FLAGS}removals/<int:removal_id>/", flags.flag_decide, name="flag_decide"),
    path(_PLAN, plan.read, name="plan"),
    path(f"{_PLAN}versions/", plan.versions, name="plan_versions"),
    path(f"{_PLAN}versions/<int:number>/", plan.version, name="plan_version"),
    path(f"{_PLAN}new/", plan.start, name="plan_start"),
    path(f"{_PLAN}draft/", plan.draft, name="plan_draft"),
    path(f"{_PLAN}draft/<int:part>/", plan.page, name="plan_part"),
    path(f"{_PLAN}draft/finish/", plan.finish, name="plan_finish"),
    path(f"{_PLAN}draft/discard/", plan.discard, name="plan_discard"),
    path(f"{_PLAN}copy/", plan_copy.offer, name="plan_copy"),
    path(f"{_PLAN}copy/<int:number>/<slug:which>/", plan_copy.file, name="plan_copy_file"),
]
