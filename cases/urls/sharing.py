"""The paths of who sees a case and who holds it."""

from django.urls import path

from cases.views import sharing

urlpatterns = [
    path("cases/<str:reference>/sharing/", sharing.case_sharing, name="case_sharing"),
    path("cases/<str:reference>/sharing/give/", sharing.share_give, name="share_give"),
    path("cases/<str:reference>/sharing/<int:grant>/end/", sharing.share_end, name="share_end"),
    path("cases/<str:reference>/sharing/bar/", sharing.bar_make, name="bar_make"),
    path("cases/<str:reference>/sharing/bars/<int:exclusion>/lift/", sharing.bar_lift, name="bar_lift"),
    path("cases/<str:reference>/allocate/", sharing.case_allocate, name="case_allocate"),
]
