"""Where each path leads. Every URL states the capability that it needs, or stands in PUBLIC with a reason (tests/guards)."""

from django.conf import settings
from django.urls import include, path

from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", include("config.sign_in_urls")),
    path("", include("agencies.urls")),
    path("", include("cases.urls")),
    path("", include("referrals.urls")),
    path("", include("marac.urls")),
    path("", include("reporting.urls")),
    path("api/", include("config.api_urls")),
]
if not settings.IS_PRODUCTION:
    urlpatterns += [path("ui/", include("ui.urls"))]

handler400 = "ui.views.bad_request"
handler403 = "ui.views.forbidden"
handler404 = "ui.views.not_found"
handler500 = "ui.views.server_error"
