"""The settings page: every negotiated number, what it is now, where that comes from, what it was, and setting a new one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from agencies.actions import set_partnership_policy, set_policy
from agencies.doors import needs
from agencies.forms import PolicyForm
from agencies.gate import AlreadyDone, Refused
from agencies.models import Policy
from agencies.policies import KEYS, in_force, parse_allowance
from ui import held_forms

OWN, PARTNERSHIP = "agency", "partnership"


def in_words(key, value):
    """A kept value as people say it: "48 elapsed hours", "12"."""
    return parse_allowance(value).words if KEYS[key].kind == "allowance" else value


@needs("set_policies")
def policies(request):
    """The numbers of one's own agency and of the partnership."""
    actor, at = request.actor, timezone.now()
    rows = {}
    for row in Policy.objects.filter(Q(agency=None) | Q(agency=actor.agency_id)).select_related("agency", "set_by").order_by("-effective_from", "-id"):
        rows.setdefault((OWN if row.agency_id else PARTNERSHIP, row.key), []).append(row)
    sections = [
        {
            "heading": actor.agency_name, "whose": OWN, "may_set": True,
            "numbers": [_number(key, OWN, actor.agency_id, rows, at) for key, spec in KEYS.items() if spec.scope == "agency"],
        },
        {
            "heading": "The whole partnership", "whose": PARTNERSHIP, "may_set": actor.may("set_partnership_policies"),
            "numbers": [_number(key, PARTNERSHIP, None, rows, at) for key in KEYS],
        },
    ]
    return render(request, "agencies/policies.html", {"sections": sections})


@needs("set_policies")
def policy(request, whose, key):
    """Set one number, for one's own agency or for the partnership."""
    actor, at = request.actor, timezone.now()
    spec = KEYS.get(key)
    if spec is None or whose not in (OWN, PARTNERSHIP) or (whose == OWN and spec.scope != "agency"):
        raise Http404
    if whose == PARTNERSHIP and not actor.may("set_partnership_policies"):
        raise PermissionDenied
    now = in_force(key, actor.agency_id if whose == OWN else None, at)
    typed = request.POST if request.method == "POST" else held_forms.take(request)
    form = PolicyForm(key, typed, request.FILES or None)
    here = reverse("policies")
    if request.method == "POST" and form.is_valid():
        act = set_policy if whose == OWN else set_partnership_policy
        try:
            act(
                actor, key=key, value=form.proposed, effective_from=form.effective_from, reason=form.cleaned_data["reason"],
                once=form.cleaned_data["once"], led_to=here,
            )
        except AlreadyDone as done:
            return redirect(done.led_to or here)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.reasons)
        else:
            messages.success(request, f"{spec.label}: {in_words(key, form.proposed)}.")
            return redirect(here)
    return render(
        request,
        "agencies/policy.html",
        {
            "form": form, "heading": spec.label, "caption": actor.agency_name if whose == OWN else "The whole partnership", "back_url": here,
            "cancel_url": here, "submit_label": "Save", "now_in_words": in_words(key, now.value), "basis": now.basis, "is_allowance": spec.kind == "allowance",
        },
        status=422 if form.errors else 200,
    )


def _number(key, whose, agency_id, rows, at):
    now = in_force(key, agency_id, at)
    history = rows.get((whose, key), [])
    return {
        "key": key, "label": KEYS[key].label, "value": in_words(key, now.value), "basis": now.basis,
        "coming": [_row(row) for row in reversed(history) if row.effective_from > at],
        "history": [_row(row) for row in history if row.effective_from <= at],
    }


def _row(row):
    return {"value": in_words(row.key, row.value), "from": row.effective_from, "reason": row.reason, "by": row.set_by.full_name}
