"""The API, version 1."""

from django.urls import include, path

from cases.api import CaseDetail
from config.api import Schema
from referrals.api import Cases, Disclosures, OneDisclosureView

v1 = [
    path("cases/", Cases.as_view(), name="cases"),
    path("cases/<str:reference>/", CaseDetail.as_view(), name="case"),
    path("disclosures/", Disclosures.as_view(), name="disclosures"),
    path("disclosures/<str:reference>/", OneDisclosureView.as_view(), name="disclosure"),
    path("schema/", Schema.as_view(), name="schema"),
]

urlpatterns = [path("v1/", include((v1, "v1")))]
