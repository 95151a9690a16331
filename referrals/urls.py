"""The paths of disclosures. They say "notes", because an address bar may be read by the wrong person."""

from django.urls import path

from referrals.asking.urls import urlpatterns as asking
from referrals.calls.urls import urlpatterns as calls
from referrals.directory.urls import urlpatterns as directory
from referrals.homeless.urls import urlpatterns as homeless
from referrals.landlord.urls import urlpatterns as landlord
from referrals.onward.urls import urlpatterns as onward
from referrals.pathways.urls import urlpatterns as pathways
from referrals.programmes.urls import urlpatterns as programmes
from referrals.safeguarding.urls import urlpatterns as safeguarding
from referrals.views import danger, drafts, logged, rest

urlpatterns = [
    *landlord,
    *safeguarding,
    *directory,
    *onward,
    *programmes,
    *pathways,
    *homeless,
    *calls,
    *asking,
    path("notes/", drafts.disclosures, name="disclosures"),
    path("notes/new/", drafts.disclosure_new, name="disclosure_new"),
    path("notes/<str:reference>/check/", logged.disclosure_check, name="disclosure_check"),
    path("notes/<str:reference>/logged/", logged.disclosure_logged, name="disclosure_logged"),
    path("notes/<str:reference>/discard/", drafts.disclosure_discard, name="disclosure_discard"),
    path("notes/<str:reference>/<slug:slug>/", drafts.disclosure_page, name="disclosure_page"),
    path("cases/<str:reference>/number/", danger.incident_number, name="incident_number"),
    path("cases/<str:reference>/dealt-with/", danger.danger_settled, name="danger_settled"),
    path("cases/<str:reference>/first-notes/", rest.disclosure_record, name="disclosure_record"),
    path("cases/<str:reference>/further-notes/", rest.further_notes, name="further_notes"),
    path("cases/<str:reference>/first-notes/<slug:slug>/", rest.disclosure_rest, name="disclosure_rest"),
]
