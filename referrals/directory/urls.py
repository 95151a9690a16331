"""The paths of the directory."""

from django.urls import path

from referrals.directory import views

urlpatterns = [
    path("directory/", views.directory, name="directory"),
    path("directory/add/", views.directory_add, name="directory_add"),
    path("directory/<int:entry_id>/", views.directory_entry, name="directory_entry"),
    path("directory/<int:entry_id>/change/", views.directory_change, name="directory_change"),
    path("directory/<int:entry_id>/close/", views.directory_close, name="directory_close"),
    path("directory/<int:entry_id>/reopen/", views.directory_reopen, name="directory_reopen"),
]
