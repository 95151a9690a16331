"""Signed in by default: nobody passes a view without an account, and nobody at all passes a view that declares no door."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.urls import reverse

from agencies.actors import actor_for
from agencies.doors import declaration, refusal

# allauth's own views carry no mark of ours; these are the ones that are served (config/sign_in_urls.py).
SIGN_IN_VIEWS = {"account_login", "account_logout", "account_inactive"}


class SignedInOnly:
    """Gives each request its actor and holds the doors."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = None
        if request.user.is_authenticated:
            request.actor = actor_for(request.user, "api" if request.path.startswith("/api/") else "web")
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404  # no reference holds one, and the database refuses to be asked
        if declaration(view, "public_reason") or request.resolver_match.url_name in SIGN_IN_VIEWS:
            return None
        if request.actor is None:
            if request.path.startswith("/api/"):
                return JsonResponse({"detail": "Sign in first."}, status=401)
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if declaration(view, "signed_in_reason"):
            return None
        capability = declaration(view, "capability")
        if capability is None:
            raise PermissionDenied("no door")
        if not request.actor.may(capability):
            problem = refusal(request.actor, capability, kwargs.get("reference"))
            if request.path.startswith("/api/"):  # the API answers a machine, in the words in which it answers from within
                is_hidden = isinstance(problem, Http404)
                return JsonResponse({"detail": "Not found." if is_hidden else "Not allowed."}, status=404 if is_hidden else 403)
            raise problem
        return None
