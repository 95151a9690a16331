"""Referrals out as pages show them: of a case, to one's own agency, and what the pathways ask of them. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F
from django.urls import reverse
from django.utils import timezone

from agencies.types import AREAS
from cases.access import visible_cases
from cases.compiled import Statement
from cases.extensions import Banner, NextAction, Panel
from cases.models import Consent, Grant, Party
from cases.models.case import CaseStatus, RiskLevel
from cases.models.people import Role
from referrals.directory import reading as directory
from referrals.directory.rules import Somebody, misfits
from referrals.models import OutState, ReferralOut
from referrals.onward import routing, rules

PAGE = 50
TAGS = {
    OutState.SENT: "blue", OutState.RECEIVED: "blue", OutState.TRIAGED: "blue", OutState.ACCEPTED: "green", OutState.DECLINED: "red", OutState.REPORTED: "purple",
    OutState.CLOSED: "grey", OutState.WITHDRAWN: "grey",
}


def _made(kind=None):
    """Whether a case has a referral of a kind that was made and neither declined nor taken back; takes the outer case."""

    def exists(case):
        found = ReferralOut.objects.filter(case=case, state__in=rules.UNDER_WAY)
        return Exists(found.filter(entry__kind=kind) if kind else found)

    return exists


# What the pathways ask: fact -> a function of the outer case (an OuterRef) that gives an Exists.
FACTS = {
    "referred_idva": _made("idva"),
    "referred_outreach": _made("outreach"),
    "referred_standard_support": _made("standard_support"),
    "referred_any": _made(),
}


@dataclass(frozen=True)
class OutRow:
    """One referral for a list, at the instant of the page."""

    one: ReferralOut
    at: datetime

    @property
    def name(self):
        return self.one.party.name

    @property
    def to(self):
        return self.one.version.name

    @property
    def is_late(self):
        return self.one.is_waiting and self.at > self.one.due_at

    @property
    def tag(self):
        if self.is_late:
            return ("No answer in time", "red")
        words = self.one.get_declined_because_display() or (self.one.get_outcome_display() if self.one.state in (OutState.REPORTED, OutState.CLOSED) else "")
        return (f"{self.one.get_state_display()}: {words[:1].lower()}{words[1:]}" if words else self.one.get_state_display(), TAGS[self.one.state])

    @property
    def url(self):
        return reverse("referral_out", args=[self.one.case.reference, self.one.pk])


# --- the page of a case: one statement for the panel, the proposals and the banner


_OF_CASE = Statement(
    out=lambda actor, case, at: ReferralOut.objects.filter(case=case).order_by("-pk").values(
        "id", "state", "due_at", "agency_id", "receiver_id", "outcome", kind=F("entry__kind"), to=F("version__name")
    ),
    types=lambda actor, case, at: Grant.objects.filter(content_object=case, ends_at=None).exclude(level="meeting").values("agency__type"),
)


def _of_case(actor, case, at):
    """What the case page needs of referrals out; asked once for a page, which draws it in several places."""
    if not hasattr(case, "referrals_out_read"):
        case.referrals_out_read = _OF_CASE(actor, case, at)
    return case.referrals_out_read


def context(actor, case):
    """The line on the case page."""
    if actor.agency_id is None:
        return None
    found = _of_case(actor, case, timezone.now())["out"]
    waiting = sum(1 for row in found if row["state"] in rules.WAITING)
    return {"case": case, "count": len(found), "waiting": waiting, "latest": found[0] if found else None, "state": OutState(found[0]["state"]).label if found else ""}


PANEL = Panel("referrals_out", "referrals/out/panel.html", context)


def banner(actor, case, capabilities, at):
    """Who sees no more than the summary reads here that the case was brought to their service, and waits for them."""
    if "receive_referrals" not in capabilities or "see_case" in capabilities:
        return None
    waiting = [row for row in _of_case(actor, case, at)["out"] if row["receiver_id"] == actor.agency_id and row["state"] in rules.WAITING]
    if not waiting:
        return None
    links = tuple((f"Read it and answer: {row['to']}", reverse("referral_out", args=[case.reference, row["id"]])) for row in waiting)
    return Banner("A referral to your service waits for an answer", (), links)


def next_actions(actor, case, capabilities, at):
    """Answer what came in, chase what is late, read what became of it; and the support to which the signed level leads. One query with the line on the page."""
    if not case.is_open or not capabilities & {"receive_referrals", "add_entry"}:
        return []
    read, actions = _of_case(actor, case, at), []
    for row in read["out"]:
        url, due_at = reverse("referral_out", args=[case.reference, row["id"]]), datetime.fromisoformat(row["due_at"])
        if row["state"] in rules.WAITING and row["receiver_id"] == actor.agency_id and "receive_referrals" in capabilities:
            actions.append(NextAction("Answer the referral to your service", url, f"{row['to']}.", due_at, is_urgent=True))
        elif row["agency_id"] == actor.agency_id and "add_entry" in capabilities:
            if row["state"] in rules.WAITING and at > due_at:
                actions.append(NextAction("Chase the answer to a referral", url, f"{row['to']} has not answered in its time.", due_at, is_urgent=True))
            elif row["state"] == OutState.REPORTED:
                actions.append(NextAction("Read what became of a referral, and close it", url, f"{row['to']}: {rules.OUTCOMES[row['outcome']].lower()}."))
    if "share_case" in capabilities:
        actions += [NextAction(f"Refer to {route.to}", reverse("referrals_out", args=[case.reference]), route.why) for route in _wanted(case, read)]
    return actions


def _wanted(case, read):
    under_way = {row["kind"] for row in read["out"] if row["state"] in rules.UNDER_WAY}
    return routing.wanted(case.risk_level, under_way, {row["agency__type"] for row in read["types"]})


# --- the page of a case's referrals


def of_case(actor, case, at):
    """The referrals out of a case, the newest first."""
    return [OutRow(one, at) for one in ReferralOut.objects.filter(case=case).select_related("party__person", "case", "version", "agency", "receiver")]


def proposals(actor, case, at):
    """For each route that the signed level leads to and nobody has gone: why, and the services of the directory that fit."""
    wanted = _wanted(case, _of_case(actor, case, at))
    rows = directory.rows(at) if wanted else []
    one = Somebody(case.risk_level, "", None, case.area)
    return [(route, [row for row in rows if row.entry.kind == route.kind and not row.takes_nobody and not misfits(row.version.criteria, one, AREAS)]) for route in wanted]


def services(at):
    """The services that are referred to from a case, those that take people, by kind."""
    return [row for row in directory.rows(at) if not row.takes_nobody and row.entry.kind not in rules.ELSEWHERE]


def people(case):
    """Who on a case can be referred: everybody but the alleged perpetrator, for whom there is another page."""
    return list(Party.objects.filter(case=case).exclude(role=Role.PERPETRATOR).select_related("person").order_by("role", "pk"))


def victim_first(parties):
    return sorted(parties, key=lambda party: party.role != Role.VICTIM)


def consent_in_words(case):
    """What the case records last of what may be shared."""
    latest = Consent.objects.filter(case=case, party__role=Role.VICTIM).first()
    if latest is None:
        return "The case does not record yet what the victim/survivor said about sharing."
    return f"Consent: {latest.get_state_display().lower()}.{f' “{latest.scope}”' if latest.scope else ''}"


def one_of(case, referral_id):
    """A referral of a case; None where the case has no such referral."""
    return (
        ReferralOut.objects.filter(pk=referral_id, case=case)
        .select_related("party__person", "case", "version", "entry", "agency", "told_by", "receiver", "recorded_by", "decision_now", "decision_then")
        .first()
    )


def may_read_words(actor, one):
    """What was said is for those who said it, those to whom it was said, and whoever answers for it now."""
    return actor.agency_id in (one.told_by_id, one.receiver_id, one.agency_id)


# --- the desk of a service


def incoming(actor, at, *, after=0, settled=False):
    """The referrals to one's own agency that wait for an answer (or, settled, were accepted), what is due first at the top, and whether there are more."""
    states = ["accepted", "reported"] if settled else rules.WAITING
    found = (
        ReferralOut.objects.filter(receiver=actor.agency_id, state__in=states, case__in=visible_cases(actor, "receive_referrals", at), case__status=CaseStatus.OPEN)
        .select_related("party__person", "case", "version", "told_by")
        .order_by("due_at", "pk")[after:after + PAGE + 1]
    )
    rows = [OutRow(one, at) for one in found]
    return rows[:PAGE], len(rows) > PAGE


def reasons_cannot_close(case, at):
    """Why a case cannot close: a service has not said yet whether it takes somebody. (What runs as a promise says so itself.)"""
    waiting = ReferralOut.objects.filter(case=case, state__in=rules.WAITING).exists()
    return ["A referral waits for the answer of a service. Wait for it, or take the referral back, first."] if waiting else []


def level_in_words(case):
    return RiskLevel(case.risk_level).label if case.risk_level else "Not assessed yet"
