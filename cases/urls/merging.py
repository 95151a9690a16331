"""The paths of two records of one person. No address says what it is about."""

from django.urls import path

from cases.views import merging as views

_PEOPLE = "cases/<str:reference>/people/"

urlpatterns = [
    path(f"{_PEOPLE}same/", views.people_same, name="people_same"),
    path(f"{_PEOPLE}<int:party_id>/same/<int:other_id>/", views.merge_propose, name="merge_propose"),
    path(f"{_PEOPLE}same/<int:merge_id>/", views.merge_decide, name="merge_decide"),
    path(f"{_PEOPLE}same/<int:merge_id>/undo/", views.merge_undo, name="merge_undo"),
    path(f"{_PEOPLE}same/<int:merge_id>/withdraw/", views.merge_withdraw, name="merge_withdraw"),
    path(f"{_PEOPLE}same/undo/<int:undo_id>/withdraw/", views.merge_undo_withdraw, name="merge_undo_withdraw"),
    path(f"{_PEOPLE}same/undo/<int:undo_id>/", views.merge_undo_decide, name="merge_undo_decide"),
]
