"""The paths of onward referrals. No address says what they are about."""

from django.urls import path

from referrals.safeguarding import views

_ONE = "cases/<str:reference>/onward/<int:referral_id>/"

urlpatterns = [
    path("onward/", views.onward_list, name="onward_list"),
    path(_ONE, views.onward, name="onward"),
    path(f"{_ONE}send/", views.onward_send, name="onward_send"),
    path(f"{_ONE}against/", views.onward_against, name="onward_against"),
    path(f"{_ONE}chase/", views.onward_chase, name="onward_chase"),
    path(f"{_ONE}answer/", views.onward_answer, name="onward_answer"),
    path(f"{_ONE}school/", views.notice_school, name="notice_school"),
    path("cases/<str:reference>/people/<int:party_id>/onward/", views.onward_add, name="onward_add"),
    path("cases/<str:reference>/children/<int:party_id>/notice/", views.school_notice, name="school_notice"),
]
