"""The paths of the line. They say nothing of what it is for."""

from django.urls import path

from referrals.calls import views

urlpatterns = [
    path("line/", views.line, name="line"),
    path("line/new/", views.line_new, name="line_new"),
    path("line/figures/", views.line_figures, name="line_figures"),
    path("line/hours/", views.line_hours, name="line_hours"),
    path("line/<int:number>/", views.line_call, name="line_call"),
    path("line/<int:number>/notes-only/", views.line_quiet, name="line_quiet"),
    path("line/<int:number>/number/", views.line_number, name="line_number"),
    path("line/<int:number>/tried/", views.line_attempt, name="line_attempt"),
    path("line/<int:number>/end/", views.line_end, name="line_end"),
    path("line/<int:number>/open/", views.line_open, name="line_open"),
]
