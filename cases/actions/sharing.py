"""Who sees a case: sharing it, ending that, barring from it, lifting a bar, and saying who holds it."""

from agencies.gate import Change, Refused, inside
from cases import clocks, extensions, matching
from cases.access import agencies_seeing, agencies_shut_out, capabilities_on
from cases.actions.ask_to_assess import ASKED
from cases.chronology import record
from cases.gate import case_action
from cases.levels import LEVELS
from cases.models import Clock, Exclusion, Grant, Notification, SharingDecision, Task
from cases.models.chronology import Audience
from cases.opening import give_grant
from cases.rules import sharing as rules
from cases.rules.clocks import reasons_cannot_move_on
from cases.sharing import can_lift_after, consent_given, workers_for


def level_name(level):
    """The first word of a level, as practitioners say it."""
    return LEVELS[level][0].split(":")[0]


@case_action("share.give", "share_case")
def share(
    act, case, *, agency, level, basis, ends_at=None, necessity="", risk_believed="", restrictions="", victim_told=None, victim_not_told_reason="", led_to=""
):
    """Decide that an agency receives a case at a level, and give it the grant."""
    barred = Exclusion.objects.filter(case=case, agency=agency, lifted_at=None).exists()
    reasons = rules.reasons_cannot_share(
        agency=agency.name, level=level, is_lead=agency.pk == case.lead_agency_id, is_barred=barred,
        may_know_bars="exclude" in capabilities_on(act.actor, case, act.at), is_active=agency.is_active, basis=basis,
        consent_given=consent_given(case), ends_at=ends_at, at=act.at,
    ) | rules.reasons_decision_incomplete(
        basis=basis, necessity=necessity, risk_believed=risk_believed, restrictions=restrictions, victim_told=victim_told,
        not_told_reason=victim_not_told_reason,
    )
    for field, reason in reasons.items():
        raise Refused(reason, code=f"share:{field}", field=field)
    decision = SharingDecision.objects.create(
        case=case, recipient=agency, level=level, basis=basis, necessity=necessity, risk_believed=risk_believed, restrictions=restrictions,
        victim_told=victim_told, victim_not_told_reason=victim_not_told_reason, decided_at=act.at, decided_by_id=act.actor.user_id,
        deciding_agency_id=act.actor.agency_id,
    )
    grant = give_grant(act, case, agency, level, decision, ends_at=ends_at)
    # Whoever can only read that the case exists can do nothing on it any more.
    passed = {} if "add_entry" in LEVELS[level][1] else pass_to_lead(act, case, agency.pk)
    record(act, case, "sharing", f"Shared with {agency.name}: {level_name(level).lower()} level")
    after = {"level": level, "basis": basis, "decision": decision.pk, "grant": grant.pk, **passed}
    return Change(subject=f"agency:{agency.pk}", case=case, after=after, result=grant, led_to=led_to)


@case_action("share.end", "share_case")
def end_share(act, case, *, grant, reason, led_to=""):
    """End what an agency sees of a case, from the next request on; what it still had to do passes to the lead agency."""
    held = agencies_seeing(case, act.at).filter(pk=grant).first() or Grant.objects.filter(pk=grant, content_object=case).first()
    if held is None or (held.ends_at is not None and held.ends_at <= act.at):
        raise Refused("This agency does not see the case any more.", code="share:over")
    if held.level == "lead":
        raise Refused("The lead agency’s own grant cannot be ended.", code="share:lead")
    if held.level == "meeting":
        raise Refused("MARAC ends what a meeting sees.", code="share:meeting")
    Grant.objects.filter(pk=held.pk).update(ends_at=act.at, worker=None)
    passed = pass_to_lead(act, case, held.agency_id)
    record(act, case, "sharing", f"No longer shared with {held.agency.name}", text=reason, audience=Audience.AGENCY)
    return Change(
        subject=f"agency:{held.agency_id}", case=case, before={"level": held.level}, after={"ends_at": act.at.isoformat(), **passed}, led_to=led_to
    )


@case_action("bar.make", "exclude")
def bar(act, case, *, user=None, agency=None, reason, understood=False, led_to=""):
    """Bar a person, or a whole agency, from a case. It beats every grant at once."""
    if (user is None) == (agency is None):
        raise Refused("Choose a person or an agency.", code="bar:whom", field="whom")
    already = Exclusion.objects.filter(case=case, user=user, agency=agency, lifted_at=None).exists()
    refused = rules.reasons_cannot_bar(bars_lead_agency=agency is not None and agency.pk == case.lead_agency_id, is_barred_already=already)
    if refused:
        raise Refused(refused, code="bar:rule", field="whom")
    if bar_warnings(act.actor, case, user=user) and not understood:
        raise Refused("Say that you have read what this does.", code="bar:ask", field="understood")
    made = Exclusion.objects.create(case=case, user=user, agency=agency, reason=reason, made_at=act.at, made_by_id=act.actor.user_id)
    if user is not None:
        # Nobody holds a case, a promise or an action that they may not see.
        Grant.objects.filter(content_object=case, worker=user).update(worker=None)
        Clock.objects.filter(case=case, owner=user, stopped_at=None).update(owner=None)
        Task.objects.filter(case=case, owner=user, done_at=None).update(owner=None)
    passed = pass_to_lead(act, case, agency.pk) if agency is not None else {}
    matching.untell(act, case, agencies_shut_out(case))
    whom = f"user:{user.pk}" if user else f"agency:{agency.pk}"
    return Change(subject=whom, case=case, after={"exclusion": made.pk, **passed}, result=made, led_to=led_to)


@case_action("bar.lift", "exclude")
def lift_bar(act, case, *, exclusion, reason, led_to=""):
    """Lift a bar from a case: what the grants allow holds again."""
    held = Exclusion.objects.filter(pk=exclusion, case=case, lifted_at=None).first()
    if held is None:
        raise Refused("This bar has been lifted already.", code="bar:lifted")
    if not reason.strip():
        raise Refused("Say why the bar can be lifted.", code="bar:reason", field="reason")
    Exclusion.objects.filter(pk=held.pk).update(lifted_at=act.at, lifted_by_id=act.actor.user_id, lifted_reason=reason)
    return Change(
        subject=f"user:{held.user_id}" if held.user_id else f"agency:{held.agency_id}", case=case, after={"exclusion": held.pk, "lifted": True},
        led_to=led_to,
    )


@case_action("case.allocate", "allocate")
def allocate(act, case, *, worker, was=None, reason="", led_to=""):
    """Say who in one's own agency holds a case; that agency's running promises change hands with it."""
    own = Grant.objects.filter(content_object=case, agency=act.actor.agency_id).exclude(level="meeting").select_related("worker").get()
    if own.worker_id != was:
        holder = own.worker.full_name if own.worker else "nobody"
        raise Refused(f"Somebody else changed this after you opened the page: {holder} holds the case now. Check, then save again.", code="stale", field="worker")
    if worker.pk == own.worker_id:
        raise Refused(f"{worker.full_name} holds this case already.", code="allocate:same", field="worker")
    missed = [clock for clock in clocks.missed_without_reason(case, act.at) if clock.agency_id == act.actor.agency_id]
    if reasons := reasons_cannot_move_on(len(missed)):
        raise Refused(reasons, code="breach")
    if worker.pk not in {person.pk for person, _ in workers_for(case, act.actor.agency_id)}:
        raise Refused("This person cannot hold the case. Choose somebody from the list.", code="allocate:whom", field="worker")
    Grant.objects.filter(pk=own.pk).update(worker=worker)
    Clock.objects.filter(case=case, agency=act.actor.agency_id, stopped_at=None).update(owner=worker)
    # Whoever was asked to assess stays asked: not everybody who can hold a case may assess.
    Task.objects.filter(case=case, agency=act.actor.agency_id, done_at=None, owner=own.worker_id).exclude(kind=ASKED).update(owner=worker)
    if worker.pk != act.actor.user_id:
        Notification.objects.create(user=worker, case=case, kind="case.allocated", at=act.at)
    if own.worker_id not in (None, act.actor.user_id):
        Notification.objects.create(user_id=own.worker_id, case=case, kind="case.handed_over", at=act.at)
    record(act, case, "case", f"{worker.full_name} holds this case for {act.actor.agency_name}")
    if reason:
        record(act, case, "note", f"Why {worker.full_name} holds this case now", text=reason, audience=Audience.AGENCY)
    return Change(subject=f"user:{worker.pk}", case=case, before={"worker": own.worker_id}, after={"worker": worker.pk}, led_to=led_to)


def bar_warnings(actor, case, *, user):
    """What a person must read before this bar is made; empty where nothing is unusual about it."""
    if user is None:
        return []
    held = Grant.objects.filter(content_object=case, worker=user).exclude(level="meeting").select_related("agency")
    is_lead = case.lead_agency.memberships.filter(user=user, ended_at=None).exists()
    return rules.warnings_of_bar(
        is_oneself=user.pk == actor.user_id,
        holds_case_for=[grant.agency.name for grant in held],
        is_last_to_lift=is_lead and not can_lift_after(case, without=user),
    )


def pass_to_lead(act, case, agency_id):
    """An agency that may not see a case any more cannot keep a promise on it: the lead agency keeps it instead. Inside a gate."""
    assert inside(), "work is passed on inside a gate"
    lead = Grant.objects.filter(content_object=case, agency=case.lead_agency_id).exclude(level="meeting").first()
    holder = lead.worker_id if lead else None
    passed = {"clocks": [], "tasks": []}
    for clock in Clock.objects.filter(case=case, agency=agency_id, stopped_at=None):
        if Clock.objects.filter(case=case, agency=case.lead_agency_id, kind=clock.kind, about=clock.about, stopped_at=None).exists():
            clocks.stop(act, clock, "not_needed", reason="The sharing ended; the lead agency has the same promise running.")
            if clock.is_breached(act.at):
                # Somebody must be left who can say why it was missed.
                Clock.objects.filter(pk=clock.pk).update(agency=case.lead_agency_id, owner=holder)
        else:
            Clock.objects.filter(pk=clock.pk).update(agency=case.lead_agency_id, owner=holder)
            passed["clocks"].append(clock.pk)
    # What somebody there was asked is theirs alone, words and all: it ends with the sharing.
    Task.objects.filter(case=case, agency=agency_id, kind=ASKED, done_at=None).update(
        done_at=act.at, done_by=act.actor.user_id, outcome="Not needed: the sharing ended."
    )
    for task in Task.objects.filter(case=case, agency=agency_id, done_at=None):
        if not Task.objects.filter(case=case, agency=case.lead_agency_id, kind=task.kind, origin=task.origin).exists():
            Task.objects.filter(pk=task.pk).update(agency=case.lead_agency_id, owner=holder)
            passed["tasks"].append(task.pk)
    for work in extensions.WORK:
        passed[work.name] = work.pass_on(act, case, agency_id)
    return {name: ids for name, ids in passed.items() if ids}

