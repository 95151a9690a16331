"""The paths of a DASH. No address says what it is about; parts are numbered."""

from django.urls import path

from cases.views import ask_to_assess, assessment_copy, follow_on, risk
from cases.views import assessment as views

_ONE = "cases/<str:reference>/assessments/<int:number>/"

urlpatterns = [
    path("cases/<str:reference>/assessments/new/", views.start, name="assessment_start"),
    path("cases/<str:reference>/assessments/new/<slug:tool>/", views.start, name="assessment_start_tool"),
    path("cases/<str:reference>/assessments/ask/", ask_to_assess.ask, name="assessment_ask"),
    path("cases/<str:reference>/assessments/over-time/", risk.over_time, name="risk_over_time"),
    path("cases/<str:reference>/changed/", risk.event_add, name="risk_event_add"),
    path(_ONE, views.read, name="assessment"),
    path("cases/<str:reference>/assessments/blank/<slug:tool>/", assessment_copy.blank, name="assessment_blank"),
    path(f"{_ONE}copy/", assessment_copy.offer, name="assessment_copy"),
    path(f"{_ONE}copy/file/", assessment_copy.file, name="assessment_file"),
    path(f"{_ONE}check/", views.check, name="assessment_check"),
    path(f"{_ONE}sign/", views.sign, name="assessment_sign"),
    path(f"{_ONE}sign/further/", follow_on.sign, name="assessment_sign_follow_on"),
    path(f"{_ONE}decide/", views.decide, name="assessment_decide"),
    path(f"{_ONE}annotate/", views.annotate, name="assessment_annotate"),
    path(f"{_ONE}<slug:section>/", views.part, name="assessment_page"),
    path(f"{_ONE}<slug:section>/now/", views.do_now, name="assessment_do_now"),
]
