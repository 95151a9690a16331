"""The paths of the children of a case. No address says what it is about."""

from django.urls import path

from cases.views import children as views

_ALL = "cases/<str:reference>/children/"
_ONE = f"{_ALL}<int:party_id>/"

urlpatterns = [
    path(_ALL, views.children_list, name="children"),
    path(f"{_ALL}ask/", views.children_ask, name="children_ask"),
    path(_ONE, views.child, name="child"),
    path(f"{_ONE}places/", views.child_places, name="child_places"),
    path(f"{_ONE}decide/", views.child_decide, name="child_decide"),
    path(f"{_ONE}own/", views.child_risk, name="child_risk"),
    path(f"{_ONE}change/", views.child_change, name="child_change"),
    path(f"{_ONE}note/", views.child_note, name="child_note"),
]
