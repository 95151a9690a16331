"""The paths of the returns."""

from django.urls import path

from reporting import views

urlpatterns = [
    path("returns/", views.returns, name="returns"),
    path("returns/<uuid:run>/", views.return_run, name="return_run"),
    path("returns/<uuid:run>/progress/", views.return_progress, name="return_progress"),
    path("returns/<uuid:run>/again/", views.return_again, name="return_again"),
    path("returns/<uuid:run>/return.pdf", views.return_pdf, name="return_pdf"),
]
