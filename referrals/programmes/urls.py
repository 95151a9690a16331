"""The paths of programmes: those of participants know no case."""

from django.urls import path

from referrals.programmes import views

urlpatterns = [
    path("programmes/", views.programme_desk, name="programme_desk"),
    path("programmes/add/", views.participant_add, name="participant_add"),
    path("programmes/<int:referral_id>/", views.participant, name="participant"),
    path("programmes/<int:referral_id>/step/", views.participant_step, name="participant_step"),
    path("programmes/<int:referral_id>/support/", views.participant_support, name="participant_support"),
    path("cases/<str:reference>/programmes/", views.programmes_of_case, name="programmes_of_case"),
    path("cases/<str:reference>/programmes/<int:party_id>/add/", views.programme_refer, name="programme_refer"),
    path("cases/<str:reference>/programmes/support/<int:link_id>/", views.programme_support, name="programme_support"),
]
