"""Where a person lands after signing in."""

from django.shortcuts import redirect, render

from agencies.doors import signed_in
from config.navigation import links_for


@signed_in("sends each person to the first page of their own role; shows nothing but a way out")
def home(request):
    """To the first page that the role may open; a person without a role is told whom to ask."""
    names = [name for _, name in links_for(request.actor)]
    # Nobody allocates a case to somebody who cannot record a contact: their day starts with the meetings or with the list that is theirs, not with an empty worklist.
    if request.actor and not request.actor.may("record_contact"):
        names = [name for name in ("marac", "repeats") if name in names] + names
    return redirect(names[0]) if names else render(request, "home.html", {"role": getattr(request.actor, "role_label", "")})
