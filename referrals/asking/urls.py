"""The paths for anybody, and those of the line that answers. They say nothing of what they are for."""

from django.urls import path

from referrals.asking import desk, views

urlpatterns = [
    path("info/", views.info, name="info"),
    path("info/next/", views.info_next, name="info_next"),
    path("info/formats/", views.info_formats, name="info_formats"),
    path("info/device/", views.info_device, name="info_device"),
    path("info/change/", views.info_change, name="info_change"),
    path("info/ask/", views.info_ask, name="info_ask"),
    path("info/sent/<int:way>/", views.info_sent, name="info_sent"),
    path("line/asked/", desk.asked, name="asked"),
    path("line/asked/<int:number>/", desk.asked_one, name="asked_one"),
    path("line/asked/<int:number>/number/", desk.asked_number, name="asked_number"),
    path("line/asked/<int:number>/tried/", desk.asked_attempt, name="asked_attempt"),
    path("line/asked/<int:number>/end/", desk.asked_end, name="asked_end"),
    path("line/asked/<int:number>/open/", desk.asked_open, name="asked_open"),
]
