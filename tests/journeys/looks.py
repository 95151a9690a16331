"""How each page is met in the middle of the work: by whom, on what, and whether its form, sent empty, has something to complain of."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cases.models import Assessment, Attachment, Clock, Entry, Exclusion, Grant, SafeContact, SafetyFlag, Task
from cases.rules.plan import PARTS
from marac.models import Meeting, Referral
from referrals.models import DirectoryEntry, Disclosure, ReferralOut

NOT_PAGES = {
    "account_logout": "a button: it signs out and shows the sign-in page",
    "account_inactive": "allauth's own page for a person whose account was stopped; looked at without signing in, below",
    "marac_meeting_move": "a button on the meeting's page",
    "notice": "the way from a notice to what it speaks of",
    "incoming_of_case": "the way from a notice to the referral that it speaks of",
    "marac_received": "the way from a notice to the page of a referral",
    "marac_meeting_held": "a button on the meeting's page",
    "marac_referral_send": "the form on the page of a referral that is complete",
    "marac_meeting_pdf": "a file: its words and tags are tested in tests/marac",
    "assessment_file": "a file: its words and tags are tested in tests/cases",
    "assessment_blank": "a file: its words and tags are tested in tests/cases",
    "chronology_file": "a file: its words are tested in tests/cases",
    "file_content": "a file that somebody added: tested in tests/cases",
    "plan_copy_file": "a file: its words and tags are tested in tests/cases",
    "asked_open": "a button on the page of what was asked in writing",
    "line_open": "a button on the page of a call",
    "housing_copy_file": "a file: its words are tested in tests/referrals",
    "return_pdf": "a file: its words and tags are tested in tests/reporting",
    "return_again": "a button on the page of a return that failed",
}


@dataclass(frozen=True)
class Look:
    """How a page is met: by whom, and on what. `sound` says why its form, sent empty, has nothing to complain of; "" where it must complain."""

    persona: str
    on: Any = None
    sound: str = "it asks nothing"

    def places(self, scene):
        found = self.on(scene) if self.on else []
        return found if found and isinstance(found[0], list | tuple) else [found]


def asks(persona, on=None):
    """A page whose empty form is refused in words."""
    return Look(persona, on, sound="")


def _own(model, agency, **facts):
    return model.objects.filter(agency__slug=agency, **facts).order_by("-pk").select_related("case").first()


def task(scene):
    found = _own(Task, "northvale_housing", done_at=None, case__lead_agency__slug="northvale_housing")
    return [found.case.reference, found.pk]


def referral(state, agency=None):
    """The latest referral in a state, as [reference, number]."""

    def found(scene):
        one = Referral.objects.filter(state=state, **({"agency__slug": agency} if agency else {})).select_related("case").latest("pk")
        return [one.case.reference, one.pk]

    return found


def listed(*, closed):
    """The services of the directory, by their numbers."""
    return list(DirectoryEntry.objects.filter(closed_on__isnull=not closed).values_list("pk", flat=True))


def out(channel):
    """The referral out of the fresh case that was made in this way, as [reference, number]."""

    def found(scene):
        return [scene.fresh.reference, ReferralOut.objects.get(case=scene.fresh, channel=channel).pk]

    return found


def meeting(*, is_ahead):
    def found(scene):
        now = timezone.now()
        ahead = Q(starts_at__gt=now) if is_ahead else Q(starts_at__lte=now)
        return [Meeting.objects.filter(ahead).order_by("starts_at").first().pk]

    return found


def of_fresh(kind):
    """[reference, number] of something on the case that was opened three hours ago."""
    return {
        "case": lambda scene: [scene.fresh.reference],
        "contact": lambda scene: [scene.fresh.reference, SafeContact.objects.filter(case=scene.fresh, ended_at=None).first().pk],
        "party": lambda scene: [scene.fresh.reference, scene.fresh.parties.get(role="victim").pk],
        "entry": lambda scene: [scene.fresh.reference, Entry.objects.filter(case=scene.fresh, kind="note").latest("pk").pk],
        "attempt": lambda scene: [scene.fresh.reference, scene.attempt.pk],
        "grant": lambda scene: [scene.fresh.reference, Grant.objects.get(content_object=scene.fresh, level="partner").pk],
        "bar": lambda scene: [scene.fresh.reference, Exclusion.objects.get(case=scene.fresh).pk],
        "clock": lambda scene: [scene.fresh.reference, Clock.objects.filter(case=scene.fresh, stopped_at=None).first().pk],
    }[kind]


def draft_dash(*more):
    return lambda scene: [scene.assessed.reference, scene.draft_dash.pk, *more]


def waiting_dash(scene):
    return [scene.lowered.reference, scene.waiting_dash.pk]


def signed_dash(scene):
    one = Assessment.objects.filter(case__lead_agency__slug="harbour_idva", final_level="high").latest("signed_at")
    return [one.case.reference, one.pk]


def parts_of_dash(scene):
    from cases.dash import latest

    return [draft_dash(section.code)(scene) for section in latest().sections]


def draft_notes(*more):
    return lambda scene: [Disclosure.objects.filter(state="draft", author=scene.users["housing_officer"]).first().reference, *more]


def pages_of_notes(scene):
    from referrals.pages import PAGES

    scene.in_danger_and_all()
    return [draft_notes(page.slug)(scene) for page in PAGES.values() if page.code != "account"]


def logged_notes(scene):
    return [Disclosure.objects.get(case=scene.fresh).reference]


def left_for_later(scene):
    return [scene.hurried.reference, "other"]


def flag(scene):
    return [scene.fresh.reference, SafetyFlag.objects.get(case=scene.fresh, kind="no_home_visits").pk]


def own_entry(scene):
    return [scene.fresh.reference, Entry.objects.filter(case=scene.fresh, audience="agency", kind="note", agency__slug="northvale_housing").latest("pk").pk]


def file(**facts):
    return lambda scene: [scene.fresh.reference, Attachment.objects.filter(case=scene.fresh, **facts).latest("pk").pk]


def order(name):
    return lambda scene: [scene.fresh.reference, getattr(scene, name).pk]


def family(name=""):
    """[reference] of the case with children, with the number of something on it."""
    return lambda scene: [scene.family.reference, *([getattr(scene, name).pk] if name else [])]


CASE, LISTS, DASH, NOTES, MARAC, ORDERS = (
    {
        "case": Look("housing_officer", lambda scene: [[one.reference] for one in (scene.fresh, scene.missed, scene.closed, scene.hurried)]),
        "case_chronology": Look("housing_officer", of_fresh("case")),
        "note_add": asks("housing_officer", of_fresh("case")),
        "entry": Look("housing_officer", of_fresh("entry")),
        "entry_correct": asks("housing_officer", of_fresh("entry")),
        "entry_share": Look("housing_officer", own_entry, sound="it confirms"),
        "task_finish": asks("housing_officer", task),
        "case_stalking": asks("housing_officer", of_fresh("case")),
        "case_contact": asks("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
        "case_contact_saved": Look("housing_officer", of_fresh("attempt")),
        "safe_contact_add": asks("housing_officer", of_fresh("case")),
        "safe_contact_change": asks("housing_officer", of_fresh("contact")),
        "safe_contact_verify": Look("housing_officer", of_fresh("contact"), sound="it confirms"),
        "case_talking": asks("housing_officer", of_fresh("case")),
        "safe_contact_end": asks("housing_officer", of_fresh("contact")),
        "contact_number": Look("housing_officer", of_fresh("contact")),
        "contact_with": Look("specialist_da_officer", lambda scene: [[scene.family.reference, one.pk] for one in (scene.teasel, scene.child)]),
        "contact_with_add": asks("specialist_da_officer", lambda scene: [scene.family.reference, scene.child.pk]),
        "contact_with_record": asks("specialist_da_officer", lambda scene: [[scene.family.reference, one.pk] for one in (scene.teasel, scene.child)]),
        "person_add": asks("housing_officer", of_fresh("case")),
        "person_change": asks("housing_officer", of_fresh("party")),
        "address_change": asks("housing_officer", of_fresh("party")),
        "address": Look("housing_officer", of_fresh("party")),
        "people_same": asks("housing_officer", lambda scene: [[one.reference] for one in (scene.fresh, scene.missed, scene.finished)]),
        "merge_propose": asks("housing_officer", lambda scene: [scene.missed.reference, scene.victim(scene.missed).pk, scene.victim(scene.hurried).pk]),
        "merge_decide": asks("housing_manager", lambda scene: [scene.missed.reference, scene.merge.pk]),
        "merge_withdraw": asks("housing_officer", lambda scene: [scene.missed.reference, scene.merge.pk]),
        "merge_undo_withdraw": asks("housing_officer", lambda scene: [scene.missed.reference, scene.undoing.pk]),
        "merge_undo": asks("housing_officer", lambda scene: [scene.missed.reference, scene.made_one.pk]),
        "merge_undo_decide": asks("housing_manager", lambda scene: [scene.missed.reference, scene.undoing.pk]),
        "case_consent": asks("housing_officer", of_fresh("case")),
        "clock_reason": asks("housing_manager", lambda scene: [scene.missed.reference, Clock.objects.get(case=scene.missed).pk]),
        "clock_stop": asks("housing_manager", of_fresh("clock")),
        "incident_number": asks("housing_officer", lambda scene: [scene.hurried.reference]),
        "danger_settled": asks("housing_officer", lambda scene: [scene.hurried.reference]),
        "case_close": asks("housing_officer", lambda scene: [scene.finished.reference]),
        "closing": Look("housing_manager", lambda scene: [scene.closed.reference, scene.closed.closings.get().pk]),
        "case_priority": asks("housing_officer", of_fresh("case")),
        "equality": asks("housing_officer", of_fresh("party")),
        "case_reopen": asks("housing_manager", lambda scene: [scene.closed.reference]),
    },
    {
        "home": Look("information_governance"),
        "work": Look("idva"),
        "work_due": Look("housing_manager"),
        "team": Look("housing_manager"),
        "team_worker": Look("housing_manager", lambda scene: [["nobody"], [scene.users["housing_officer"].pk]]),
        "team_hand_over": asks("housing_manager", lambda scene: [scene.users["housing_officer"].pk]),
        "find": asks("idva"),
        "notices": Look("housing_manager"),
        "repeats": Look("police_lead"),
        "policies": Look("partnership_administrator"),
        "policy": asks("agency_lead", lambda scene: ["agency", "clock.contact"]),
        "case_sharing": Look("housing_officer", of_fresh("case")),
        "share_give": asks("housing_officer", of_fresh("case")),
        "share_end": asks("housing_officer", of_fresh("grant")),
        "bar_make": asks("housing_manager", of_fresh("case")),
        "bar_lift": asks("housing_manager", of_fresh("bar")),
        "case_allocate": asks("housing_manager", of_fresh("case")),
        "returns": asks("commissioner"),
        "return_progress": Look("commissioner", lambda scene: [scene.waiting_return().pk]),
        "return_run": Look("commissioner", lambda scene: [scene.finished_return().pk]),
    },
    {
        "assessment_ask": asks("housing_officer", of_fresh("case")),
        "assessment_ask?": Look("outsider", lambda scene: [scene.alone.reference], sound="there is nobody to ask"),
        "assessment_start": asks("housing_manager", of_fresh("case")),
        "assessment": Look("idva", signed_dash),
        "assessment_start_tool": asks("idva", lambda scene: [[scene.assessed.reference, tool] for tool in ("pol27", "h10", "grid4")]),
        "assessment_sign_follow_on": asks("idva", lambda scene: [scene.lowered.reference, scene.draft_honour.pk]),
        "assessment_copy": Look("idva", signed_dash),
        "assessment_check": Look("idva", draft_dash()),
        "assessment_sign": asks("idva", draft_dash()),
        "assessment_decide": asks("idva_manager", waiting_dash),
        "assessment_page": Look("idva", parts_of_dash, sound="a part may be saved half-way"),
        "assessment_annotate": Look("idva", draft_dash(), sound="nobody has to add anything"),
        "assessment_do_now": Look("idva", draft_dash("part-1")),
        "risk_event_add": asks("idva", lambda scene: [scene.lowered.reference]),
        "pathway": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.hurried.reference]]),
        "pathway_change": asks("housing_officer", of_fresh("case")),
        "pathway_step": asks("housing_officer", lambda scene: [[scene.homeless.reference, "T10"], [scene.fresh.reference, "T7"]]),
        "pathway_step_withdraw": Look("housing_officer", lambda scene: [scene.fresh.reference, "T14"]),
        "risk_over_time": Look("idva", lambda scene: [[scene.lowered.reference], [scene.assessed.reference]]),
    },
    {
        "disclosures": Look("housing_officer"),
        "disclosure_new": asks("housing_officer"),
        "disclosure_page": asks("housing_officer", pages_of_notes),
        "disclosure_page?": Look("housing_officer", draft_notes("account"), sound="nobody has to say anything"),
        "disclosure_check": Look("housing_officer", draft_notes()),
        "disclosure_check?": asks("housing_officer", lambda scene: [scene.known]),
        "further_notes": Look("housing_officer", of_fresh("case")),
        "disclosure_logged": Look("housing_officer", logged_notes),
        "disclosure_discard": asks("housing_officer", draft_notes()),
        "disclosure_record": Look("housing_officer", of_fresh("case")),
        "disclosure_rest": asks("housing_officer", left_for_later),
    },
    {
        "marac": Look("marac_coordinator"),
        "marac_meeting_new": asks("marac_coordinator"),
        "marac_meeting": Look("marac_coordinator", lambda scene: [meeting(is_ahead=True)(scene), meeting(is_ahead=False)(scene)]),
        "marac_meeting_edit": asks("marac_coordinator", meeting(is_ahead=True)),
        "marac_meeting_cancel": asks("marac_coordinator", meeting(is_ahead=True)),
        "marac_listing": Look("marac_coordinator", lambda scene: [referral("submitted")(scene), referral("listed")(scene)]),
        "marac_decide": asks("marac_coordinator", referral("submitted")),
        "marac_repeat": asks("marac_coordinator", referral("submitted")),
        "marac_list": asks("marac_coordinator", referral("accepted")),
        "marac_unlist": asks("marac_coordinator", referral("listed")),
        "marac_referral_new": Look("idva", lambda scene: [scene.assessed.reference], sound="it confirms"),
        "marac_referral": Look("idva", referral("draft", "harbour_idva")),
        "marac_referral?": Look(
            "idva", lambda scene: [scene.complete.reference, scene.complete.marac_referrals.get().pk], sound="there is one place to send it to"
        ),
        "marac_referral_withdraw": asks("idva", referral("draft", "harbour_idva")),
        "marac_referral_page": Look(
            "idva", lambda scene: [[*referral("draft", "harbour_idva")(scene), page] for page in ("criteria", "voice", "sharing", "unknowns")],
            sound="a page of a draft may be left empty",
        ),
    },
    {
        "order_list": Look("housing_officer", of_fresh("case")),
        "order": Look("housing_officer", lambda scene: [order("order")(scene), order("notice")(scene), order("unserved")(scene)]),
        "order_add": asks("housing_officer", of_fresh("case")),
        "order_change": asks("housing_officer", order("order")),
        "order_serve": asks("housing_officer", order("unserved")),
        "order_decide": asks("housing_officer", order("notice")),
        "order_breach": asks("housing_officer", order("order")),
        "order_end": asks("housing_officer", order("order")),
        "dvds": Look("housing_officer", order("dvds")),
        "dvds_add": asks("housing_officer", of_fresh("case")),
        "dvds_step": asks("housing_officer", order("dvds")),
        "marker_set": asks("housing_officer", lambda scene: [scene.fresh.reference, scene.fresh.parties.get(role="perpetrator").pk]),
    },
)
SAFETY = {
    "case_flags": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
    "flag_add": asks("housing_officer", of_fresh("case")),
    "flag_review": asks("housing_officer", flag),
    "flag_remove": asks("housing_officer", flag),
    "flag_decide": asks("housing_manager", lambda scene: [scene.fresh.reference, scene.removal.pk]),
    "plan": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
    "plan_versions": Look("housing_officer", of_fresh("case")),
    "plan_version": Look("housing_officer", lambda scene: [scene.fresh.reference, 1]),
    "plan_start": Look("housing_officer", lambda scene: [scene.missed.reference], sound="it confirms"),
    "plan_draft": Look("housing_officer", of_fresh("case")),
    "plan_part": Look("housing_officer", lambda scene: [[scene.fresh.reference, part] for part in PARTS], sound="a page of a draft may be left empty"),
    "plan_finish": asks("housing_officer", lambda scene: [[scene.fresh.reference], [scene.finished.reference]]),
    "plan_copy": Look("housing_officer", of_fresh("case")),
    "plan_discard": Look("housing_officer", of_fresh("case"), sound="it confirms"),
}
CHILDREN = {
    "children": Look("specialist_da_officer", family()),
    "children_ask": asks("specialist_da_officer", family()),
    "child": Look("specialist_da_officer", family("child")),
    "child_places": Look("specialist_da_officer", family("child")),
    "child_decide": asks("specialist_da_officer", family("child")),
    "child_change": asks("specialist_da_officer", family("child")),
    "child_risk": asks("specialist_da_officer", family("child")),
    "child_note": asks("specialist_da_officer", family("child")),
    "onward_list": Look("specialist_da_officer"),
    "onward": Look("specialist_da_officer", lambda scene: [family(name)(scene) for name in ("onward", "asked", "adult", "told_school")]),
    "onward_add": asks("specialist_da_officer", lambda scene: [family("child")(scene), [scene.family.reference, scene.victim(scene.family).pk]]),
    "onward_send": asks("specialist_da_officer", lambda scene: [family(name)(scene) for name in ("onward", "told_school")]),
    "onward_against": asks("specialist_da_officer", family("onward")),
    "onward_chase": asks("specialist_da_officer", family("asked")),
    "onward_answer": asks("specialist_da_officer", family("asked")),
    "school_notice": asks("specialist_da_officer", family("child")),
    "notice_school": Look("specialist_da_officer", family("told_school")),
}
FILES = {
    "file_list": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
    "file_add": asks("housing_officer", of_fresh("case")),
    "file_page": Look("housing_officer", lambda scene: [[scene.fresh.reference, one.pk] for one in Attachment.objects.filter(case=scene.fresh)]),
    "file_replace": asks("housing_officer", file(withdrawn_at=None)),
    "file_share": asks("housing_officer", file(audience="agency")),
    "file_withdraw": asks("housing_officer", file(withdrawn_at=None)),
}
DIRECTORY = {
    "directory": Look("partnership_administrator"),
    "directory_add": asks("partnership_administrator"),
    "directory_entry": Look("housing_officer", lambda scene: [[one] for one in listed(closed=False)[:1] + listed(closed=True)[:1]]),
    "directory_change": asks("partnership_administrator", lambda scene: listed(closed=False)[:1]),
    "directory_close": asks("partnership_administrator", lambda scene: listed(closed=False)[:1]),
    "directory_reopen": Look("partnership_administrator", lambda scene: listed(closed=True)[:1], sound="it confirms"),
}
OUT = {
    "incoming": Look("idva"),
    "referrals_out": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
    "referral_out_new": asks("housing_officer", lambda scene: [[scene.fresh.reference, one] for one in listed(closed=False)[:3:2]]),
    "referral_out": Look("housing_officer", lambda scene: [[one.case.reference, one.pk] for one in ReferralOut.objects.filter(case=scene.fresh)]),
    "referral_out_answer": asks("idva", out("waymark")),
    "referral_out_record": asks("housing_officer", out("phone")),
    "referral_out_chase": asks("housing_officer", out("phone")),
    "referral_out_withdraw": asks("housing_officer", out("phone")),
    "referral_out_close": Look("housing_officer", out("phone"), sound="nobody has to add anything"),
}
PROGRAMMES = {
    "programme_desk": Look("programme_worker"),
    "participant_add": asks("programme_worker"),
    "participant": Look("programme_worker", lambda scene: [[one] for one in sorted(scene.participants)]),
    "participant_step": asks("programme_worker", lambda scene: scene.participants[:1]),
    "participant_support": Look("programme_worker", lambda scene: scene.participants[:1], sound="it confirms"),
    "programmes_of_case": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
    "programme_refer": asks("housing_officer", lambda scene: [scene.missed.reference, scene.missed.parties.get(role="perpetrator").pk]),
    "programme_support": Look("housing_officer", lambda scene: [scene.fresh.reference, scene.programme_link.pk], sound="it confirms"),
}
ROOMS = {
    "out": OUT, "programmes": PROGRAMMES, "directory": DIRECTORY,
    "children": CHILDREN, "files": FILES, "safety": SAFETY, "case": CASE, "lists": LISTS, "dash": DASH, "notes": NOTES, "marac": MARAC,
    "orders": ORDERS,
}
