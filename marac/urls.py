"""MARAC's paths. They say nothing of what they are about: a screen may be seen by the wrong person."""

from django.urls import path, re_path

from marac.views import desk, meetings, referral

_PAGES = "criteria|voice|sharing|unknowns"

urlpatterns = [
    path("meetings/", desk.home, name="marac"),
    path("meetings/new/", meetings.plan, name="marac_meeting_new"),
    path("meetings/<int:number>/", meetings.show, name="marac_meeting"),
    path("meetings/<int:number>/papers/", meetings.papers, name="marac_meeting_pdf"),
    path("meetings/<int:number>/edit/", meetings.change, name="marac_meeting_edit"),
    path("meetings/<int:number>/move/", meetings.move, name="marac_meeting_move"),
    path("meetings/<int:number>/cancel/", meetings.cancel, name="marac_meeting_cancel"),
    path("meetings/<int:number>/held/", meetings.hold, name="marac_meeting_held"),
    path("meetings/cases/<str:reference>/", desk.received, name="marac_received"),
    path("meetings/cases/<str:reference>/<int:number>/", desk.listing, name="marac_listing"),
    path("meetings/cases/<str:reference>/<int:number>/decision/", desk.decide, name="marac_decide"),
    path("meetings/cases/<str:reference>/<int:number>/repeat/", desk.repeat, name="marac_repeat"),
    path("meetings/cases/<str:reference>/<int:number>/list/", desk.put_on, name="marac_list"),
    path("meetings/cases/<str:reference>/<int:number>/unlist/", desk.take_off, name="marac_unlist"),
    path("cases/<str:reference>/referrals/new/", referral.new, name="marac_referral_new"),
    path("cases/<str:reference>/referrals/<int:number>/", referral.read, name="marac_referral"),
    path("cases/<str:reference>/referrals/<int:number>/send/", referral.send, name="marac_referral_send"),
    path("cases/<str:reference>/referrals/<int:number>/withdraw/", referral.withdraw, name="marac_referral_withdraw"),
    re_path(rf"^cases/(?P<reference>[^/]+)/referrals/(?P<number>[0-9]+)/(?P<page>{_PAGES})/$", referral.page, name="marac_referral_page"),
]
