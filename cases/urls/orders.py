"""The paths of orders and schemes. No address says what they are about."""

from django.urls import path

from cases.views import orders as views
from cases.views import schemes

_ALL = "cases/<str:reference>/orders/"
_ONE = f"{_ALL}<int:order_id>/"

urlpatterns = [
    path(_ALL, views.order_list, name="order_list"),
    path(f"{_ALL}add/", views.order_add, name="order_add"),
    path(_ONE, views.order, name="order"),
    path(f"{_ONE}change/", views.order_change, name="order_change"),
    path(f"{_ONE}served/", views.order_serve, name="order_serve"),
    path(f"{_ONE}heard/", views.order_decide, name="order_decide"),
    path(f"{_ONE}log/", views.order_breach, name="order_breach"),
    path(f"{_ONE}end/", views.order_end, name="order_end"),
    path("cases/<str:reference>/requests/add/", schemes.dvds_add, name="dvds_add"),
    path("cases/<str:reference>/requests/<int:request_id>/", schemes.dvds, name="dvds"),
    path("cases/<str:reference>/requests/<int:request_id>/next/", schemes.dvds_step, name="dvds_step"),
    path("cases/<str:reference>/people/<int:party_id>/managed/", schemes.marker_set, name="marker_set"),
]
