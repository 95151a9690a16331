"""What a disclosure adds to the case page: how it was logged, and what was left for later and still has no answer."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from cases.access import visible_cases
from cases.compiled import Objects
from cases.extensions import NextAction, Panel
from cases.models import Address, ChildrenAsked, Consent, Party, SafeContact
from cases.models.people import Role
from referrals import pages
from referrals.models import Disclosure
from referrals.routes import PATHWAYS, REPORTERS, ROUTES

ASKED_BY_THE_CASE = {"contact", "channels", "consent", "children", "each_child"}
ON = "on=yes"  # in an address: from this page go on to the next that is left over


def still_missing(disclosure, case):
    """The pages left for later that nobody has answered, here or by adding to the case directly. Wants `with_what_is_known`."""
    known = {
        "home": disclosure.has_address or bool(case.area),
        "contact": disclosure.has_contact,
        "channels": disclosure.has_contact,
        "perpetrator": disclosure.has_perpetrator,
        "children": disclosure.has_child or disclosure.has_asked,
        "each_child": disclosure.has_child,
        "stalking": case.has_stalking_element is not None,
        "consent": disclosure.has_consent,
    }
    return [page for page in pages.left_for_later(disclosure.answers) if not known.get(page.code)]


def left_over(disclosure, case):
    """Of these, what the case file does not ask for by itself: how to reach them, the children, and what may be shared have their own place there."""
    return [page for page in still_missing(disclosure, case) if page.code not in ASKED_BY_THE_CASE]


def the_rest(disclosure, case):
    """What is left over as one step, which leads from one page to the next; None where nothing is."""
    missing = left_over(disclosure, case)
    if not missing:
        return None
    url = reverse("disclosure_rest", args=[case.reference, missing[0].slug])
    if len(missing) == 1:
        return NextAction(missing[0].left, url, "Left for later when this was logged.")
    names = ", ".join(page.heading[0].lower() + page.heading[1:] for page in missing)
    return NextAction("Answer what was left for later", f"{url}?{ON}", f"{names[0].upper()}{names[1:]}.")


def with_what_is_known(case):
    """The disclosure of a case (None where it began another way), with what the case has meanwhile learnt: one query."""
    return _with_what_is_known(Disclosure.objects.filter(case=case)).first()


def _with_what_is_known(disclosures):
    def on_case(rows):
        return Exists(rows.filter(case=OuterRef("case")))

    return disclosures.annotate(
        has_address=on_case(Address.objects),
        has_contact=on_case(SafeContact.objects.filter(ended_at=None, party__role=Role.VICTIM)),
        has_perpetrator=on_case(Party.objects.filter(role=Role.PERPETRATOR)),
        has_child=on_case(Party.objects.filter(role=Role.CHILD)),
        has_asked=on_case(ChildrenAsked.objects.filter(answer__in=["yes", "no"])),
        has_consent=on_case(Consent.objects),
        has_further=Exists(Disclosure.objects.filter(joined_to=OuterRef("case"))),
    ).select_related("agency")


_of_case = Objects(lambda actor, case, at: _with_what_is_known(Disclosure.objects.filter(case=case)).order_by("pk")[:1])
_of_case_if_readable = Objects(
    lambda actor, case, at: _with_what_is_known(Disclosure.objects.filter(case=case, case__in=visible_cases(actor, "see_case", at))).order_by("pk")[:1]
)


def context(actor, case):
    """The panel, for those who may read the case."""
    if actor.agency_id is None or not actor.may("see_case"):
        return None
    disclosure = next(iter(_of_case_if_readable(actor, timezone.now(), case=case)), None)
    if disclosure is None:
        return None
    return {
        "disclosure": disclosure,
        "how": ROUTES[disclosure.route].label if disclosure.route else "Not recorded yet",
        "reporter": REPORTERS.get(disclosure.reporter, "Not recorded yet"),
        "pathway": PATHWAYS[disclosure.pathway],
        "missing": [page.left for page in still_missing(disclosure, case)],
        "number_url": reverse("incident_number", args=[case.reference]) if case.is_open and actor.may("record_contact") else "",
        "further_url": reverse("further_notes", args=[case.reference]) if disclosure.has_further and case.lead_agency_id == actor.agency_id else "",
        "record_url": reverse("disclosure_record", args=[case.reference]) if disclosure.agency_id == actor.agency_id else "",
    }


PANEL = Panel("disclosure", "referrals/panel.html", context)


def next_actions(actor, case, capabilities, at):
    """What was left for later, for those who may add it: one step, however much it is."""
    disclosure = next(iter(_of_case(actor, at, case=case)), None) if case.is_open and "edit_people" in capabilities else None
    step = the_rest(disclosure, case) if disclosure else None
    return [step] if step else []
