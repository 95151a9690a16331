"""The paths of referrals out. No address says what they are about."""

from django.urls import path

from referrals.onward import views

_ONE = "cases/<str:reference>/services/<int:referral_id>/"

urlpatterns = [
    path("incoming/", views.incoming, name="incoming"),
    path("cases/<str:reference>/incoming/", views.incoming_of_case, name="incoming_of_case"),
    path("cases/<str:reference>/services/", views.referrals_out, name="referrals_out"),
    path("cases/<str:reference>/services/to/<int:entry_id>/", views.referral_out_new, name="referral_out_new"),
    path(_ONE, views.referral_out, name="referral_out"),
    path(f"{_ONE}answer/", views.referral_out_answer, name="referral_out_answer"),
    path(f"{_ONE}record/", views.referral_out_record, name="referral_out_record"),
    path(f"{_ONE}chase/", views.referral_out_chase, name="referral_out_chase"),
    path(f"{_ONE}back/", views.referral_out_withdraw, name="referral_out_withdraw"),
    path(f"{_ONE}close/", views.referral_out_close, name="referral_out_close"),
]
