"""The paths of files. No address says what they are about."""

from django.urls import path

from cases.views import attachments as views

_ALL = "cases/<str:reference>/files/"
_ONE = f"{_ALL}<int:attachment_id>/"

urlpatterns = [
    path(_ALL, views.file_list, name="file_list"),
    path(f"{_ALL}add/", views.file_add, name="file_add"),
    path(_ONE, views.file_page, name="file_page"),
    path(f"{_ONE}content/", views.file_content, name="file_content"),
    path(f"{_ONE}replace/", views.file_replace, name="file_replace"),
    path(f"{_ONE}share/", views.file_share, name="file_share"),
    path(f"{_ONE}withdraw/", views.file_withdraw, name="file_withdraw"),
]
