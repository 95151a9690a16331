"""The paths of a homeless application."""

from django.urls import path

from referrals.homeless import views

urlpatterns = [
    path("cases/<str:reference>/housing/", views.housing, name="housing"),
    path("cases/<str:reference>/housing/review/", views.housing_review, name="housing_review"),
    path("cases/<str:reference>/housing/plan/", views.housing_step, name="housing_step"),
    path("cases/<str:reference>/housing/plan/agree/", views.housing_agree, name="housing_agree"),
    path("cases/<str:reference>/housing/plan/copy/", views.housing_copy, name="housing_copy"),
    path("cases/<str:reference>/housing/plan/file/", views.housing_copy_file, name="housing_copy_file"),
    path("cases/<str:reference>/housing/plan/<int:number>/", views.housing_step_end, name="housing_step_end"),
    path("cases/<str:reference>/housing/duty/<int:number>/", views.housing_end_duty, name="housing_end_duty"),
    path("cases/<str:reference>/housing/<slug:topic>/", views.housing_decide, name="housing_decide"),
]
