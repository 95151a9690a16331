"""Recording a request under the disclosure scheme and each step of it, and how an alleged perpetrator is managed (MAPPA, IOM)."""

from django.http import Http404

from agencies.models import User
from cases import chronology, clocks
from cases.gate import Change, Refused, case_action, refuse_closed
from cases.models import Clock, DvdsRequest, DvdsStep, Marker, Party
from cases.models.chronology import Audience
from cases.models.clock import ClockOutcome
from cases.models.schemes import Step
from cases.rules import schemes as rules
from cases.rules.clocks import LONDON

NAME = "Clare’s Law (DVDS)"


@case_action("dvds.add", "add_entry")
def add_request(act, case, *, route, at_risk, subject, asked_at, applicant=""):
    """Record a request under the disclosure scheme; the 28 days for the whole of it run from when it was made."""
    refuse_closed(case)
    person, about = _party(case, at_risk), _party(case, subject)
    applicant = applicant if route == "third_party" else ""
    _check(rules.reasons_asked(route, applicant, person.role, about.role, asked_at, act.at))
    one = DvdsRequest.objects.create(
        case=case, agency_id=act.actor.agency_id, route=route, at_risk=person, subject=about, applicant=applicant, asked_at=asked_at, recorded_at=act.at,
        recorded_by_id=act.actor.user_id,
    )
    clocks.start(act, case, "dvds", agency=one.agency, owner=User.objects.get(pk=act.actor.user_id), started_at=asked_at, about=_subject(one))
    chronology.record(act, case, "order", f"{NAME}: request recorded", text=one.get_route_display(), happened_at=asked_at)
    return Change(
        subject=_subject(one), case=case, after={"route": route, "asked_at": asked_at.isoformat()}, result=one, led_to=f"/cases/{case.reference}/requests/{one.pk}/",
    )


@case_action("dvds.step", "add_entry")
def record_step(
    act, case, *, request_id, step, happened_at, audience, decision="", text="", told="", safe_way="", confidentiality_signed=None
):
    """Record a step of a request; the last one stops its clock. Nothing of the alleged perpetrator's past goes into the log."""
    refuse_closed(case)
    one = DvdsRequest.objects.filter(pk=request_id, case=case).first()
    if one is None:
        raise Http404
    done = list(one.steps.values_list("step", "happened_at", "decision"))
    _check(rules.reasons_step(step, [row[:2] for row in done], one.asked_at, happened_at, act.at))
    decided = next((row[2] for row in done if row[0] == Step.DECISION), "")
    _check(rules.reasons_step_lacks(step, decision, text, told, safe_way, confidentiality_signed, decided))
    row = DvdsStep.objects.create(
        case=case, request=one, agency_id=act.actor.agency_id, audience=audience, step=step, happened_at=happened_at,
        decision=decision if step == Step.DECISION else "", text=text, told=told if step == Step.TOLD else "", safe_way=safe_way if step == Step.TOLD else "",
        confidentiality_signed=confidentiality_signed if step == Step.TOLD else None, recorded_at=act.at, recorded_by_id=act.actor.user_id,
    )
    if step in (Step.TOLD, Step.WITHDRAWN):
        one.finished_at = happened_at
        one.save(update_fields=["finished_at"])
        met = step == Step.TOLD
        for clock in Clock.objects.filter(case=case, about=_subject(one), stopped_at=None).select_related("case"):
            clocks.stop(act, clock, ClockOutcome.MET if met else ClockOutcome.NOT_NEEDED, at=happened_at, reason="" if met else "The request was withdrawn")
    # That a step was taken is the partners'; what it found stays with the audience that its writer chose, on the request's own page.
    chronology.record(act, case, "order", f"{NAME}: {row.get_step_display()[:1].lower()}{row.get_step_display()[1:]}", happened_at=happened_at)
    return Change(
        subject=_subject(one), case=case, result=one, led_to=f"/cases/{case.reference}/requests/{one.pk}/",
        after={"step": step, "happened_at": happened_at.isoformat(), "decision": row.decision, "audience": audience},
    )


@case_action("marker.set", "add_entry")
def set_marker(act, case, *, party_id, mappa_category, mappa_level, is_iom, review_on, source):
    """Record how an alleged perpetrator is managed under MAPPA and IOM; what was recorded before is kept."""
    refuse_closed(case)
    party = _party(case, party_id)
    mappa_level = mappa_level if mappa_category != "none" else ""
    _check(rules.reasons_marker(party.role, mappa_category, mappa_level, review_on, act.at.astimezone(LONDON).date()))
    row = Marker.objects.create(
        case=case, party=party, mappa_category=mappa_category, mappa_level=mappa_level, is_iom=is_iom, review_on=review_on, source=source,
        agency_id=act.actor.agency_id, recorded_at=act.at, recorded_by_id=act.actor.user_id,
    )
    words = "Not under MAPPA" if mappa_category == "none" else f"MAPPA category {mappa_category}, level {mappa_level}"
    chronology.record(act, case, "order", words, text={True: "Under IOM", False: "Not under IOM", None: ""}[is_iom], audience=Audience.PARTNERS)
    return Change(
        subject=f"party:{party.pk}", case=case, result=row,
        after={"category": mappa_category, "level": mappa_level, "iom": is_iom, "review_on": review_on.isoformat() if review_on else None},
    )


def _subject(one):
    return f"dvds:{one.pk}"


def _party(case, party_id):
    party = Party.objects.filter(pk=party_id, case=case).select_related("person").first()
    if party is None:
        raise Http404
    return party


def _check(reasons):
    for field, reason in reasons.items():
        raise Refused(reason, code=f"scheme:{field}"[:40], field=field or None)
