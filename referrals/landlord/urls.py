"""The paths of a landlord's work. No address says what it is about."""

from django.urls import path

from referrals.landlord.views import security, tenancy

_CASE = "cases/<str:reference>/"
_ORDER = f"{_CASE}security/<int:order_id>/"

urlpatterns = [
    path("security/", security.security_spend, name="security_spend"),
    path(f"{_CASE}security/", security.security, name="security"),
    path(f"{_CASE}security/add/", security.security_add, name="security_add"),
    path(_ORDER, security.security_order, name="security_order"),
    path(f"{_ORDER}visit/", security.security_visit, name="security_visit"),
    path(f"{_ORDER}fitted/", security.security_fitted, name="security_fitted"),
    path(f"{_ORDER}checked/", security.security_checked, name="security_checked"),
    path(f"{_ORDER}cancel/", security.security_cancel, name="security_cancel"),
    path(f"{_ORDER}text/", security.security_text, name="security_text"),
    path(f"{_CASE}repairs/", tenancy.repairs, name="repairs"),
    path(f"{_CASE}repairs/add/", tenancy.repair_add, name="repair_add"),
    path(f"{_CASE}tenancy/", tenancy.tenancy, name="tenancy"),
    path(f"{_CASE}tenancy/add/", tenancy.tenancy_add, name="tenancy_add"),
    path(f"{_CASE}tenancy/other/", tenancy.tenancy_other, name="tenancy_other"),
    path(f"{_CASE}tenancy/other/add/", tenancy.tenancy_other_add, name="tenancy_other_add"),
    path(f"{_CASE}tenancy/<int:action_id>/", tenancy.tenancy_step, name="tenancy_step"),
]
