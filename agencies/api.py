"""The API's manners: denied unless a view declares a capability that the actor holds; refusals in plain words."""

from django.core.exceptions import PermissionDenied
from rest_framework import status
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.response import Response

from agencies.gate import AlreadyDone, Refused


class DenyByDefault(BasePermission):
    """Lets in only an actor whose role allows the capability that the view declares; where sending needs another one, that one too."""

    def has_permission(self, request, view):
        actor = getattr(request._request, "actor", None)
        needed = [getattr(view, "capability", None)]
        if request.method not in SAFE_METHODS:
            needed.append(getattr(view, "capability_to_send", needed[0]))
        return bool(actor and all(capability and actor.may(capability) for capability in needed))


def explain(problem, context):
    """A refusal by a rule is 409 with its reasons; the same form twice is 409 with where the first one led."""
    if isinstance(problem, Refused):
        body = {"detail": problem.reasons}
        if problem.field:
            body["field"] = problem.field
        return Response(body, status=status.HTTP_409_CONFLICT)
    if isinstance(problem, AlreadyDone):
        return Response({"detail": ["This has been sent already."], "led_to": problem.led_to}, status=status.HTTP_409_CONFLICT)
    if isinstance(problem, PermissionDenied):
        return Response({"detail": "Not allowed."}, status=status.HTTP_403_FORBIDDEN)
    # Imported here: the framework's views read this module while they are being imported themselves.
    from rest_framework.views import exception_handler

    return exception_handler(problem, context)
