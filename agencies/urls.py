"""The paths of the settings."""

from django.urls import path

from agencies import views

urlpatterns = [
    path("settings/", views.policies, name="policies"),
    path("settings/<slug:whose>/<str:key>/", views.policy, name="policy"),
]
