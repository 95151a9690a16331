"""The paths of a case's pathway."""

from django.urls import path

from referrals.pathways import views

urlpatterns = [
    path("cases/<str:reference>/steps/", views.pathway, name="pathway"),
    path("cases/<str:reference>/steps/change/", views.pathway_change, name="pathway_change"),
    path("cases/<str:reference>/steps/<slug:step>/", views.step, name="pathway_step"),
    path("cases/<str:reference>/steps/<slug:step>/back/", views.step_withdraw, name="pathway_step_withdraw"),
]
