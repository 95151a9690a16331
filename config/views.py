"""Where a person lands after signing in."""

from django.shortcuts import redirect, render

from agencies.doors import signed_in
from config.navigation import links_for


@signed_in("sends each person to the first page of their own role; shows nothing but a way out")
def home(request):
    """To the first page that the role may open; a person without a role is told whom to ask."""
    # The coordinator's day starts with MARAC, everybody else's with the first link they have.
    names = [name for _, name in links_for(request.actor)]
    if request.actor and request.actor.may("run_marac"):
        return redirect("marac")
    return redirect(names[0]) if names else render(request, "home.html", {"role": getattr(request.actor, "role_label", "")})
