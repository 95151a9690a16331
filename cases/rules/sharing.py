"""When a case may be shared with an agency, when a person or an agency may be barred from it, and what to warn of."""

from datetime import datetime

CONSENT = "consent"
# For those who may not read the bars of a case: it must not say that there is one.
NOT_WITH_THIS_AGENCY = "This case cannot be shared with this agency. Ask your manager."


def reasons_cannot_share(
    *, agency: str, level: str, is_lead: bool, is_barred: bool, may_know_bars: bool, is_active: bool, basis: str, consent_given: bool, ends_at: datetime | None, at: datetime
) -> dict[str, str]:
    """Why a case cannot be shared with an agency as proposed, by the question that the reason belongs to."""
    reasons = {}
    if is_lead:
        reasons["agency"] = f"{agency} leads this case and sees all of it already."
    elif is_barred:
        reasons["agency"] = f"{agency} is barred from this case. Lift the bar first." if may_know_bars else NOT_WITH_THIS_AGENCY
    elif not is_active:
        reasons["agency"] = f"{agency} is no longer part of the partnership."
    if level not in ("summary", "partner"):
        reasons["level"] = "Choose summary or partner. A meeting is shared by MARAC, and the lead does not change by sharing."
    if basis == "lead":
        reasons["basis"] = "Choose the basis on which this is shared."
    elif basis == CONSENT and not consent_given:
        reasons["basis"] = "The case does not record that the victim/survivor agreed. Record their consent first, or choose another basis."
    if ends_at is not None and ends_at <= at:
        reasons["ends_on"] = "The last day must be today or in the future."
    return reasons


def reasons_decision_incomplete(
    *, basis: str, necessity: str, risk_believed: str, restrictions: str, victim_told: bool | None, not_told_reason: str
) -> dict[str, str]:
    """What a decision to share without consent still lacks, by question (SEED-116 to SEED-119, domain 7.3)."""
    if basis == CONSENT:
        return {}
    reasons = {}
    if not necessity.strip():
        reasons["necessity"] = "Say why this agency needs it."
    if not risk_believed.strip():
        reasons["risk_believed"] = "Say which risk you believe there is, and to whom."
    if not restrictions.strip():
        reasons["restrictions"] = "Say what they may not do with it."
    if victim_told is None:
        reasons["victim_told"] = "Say whether the victim/survivor has been told."
    elif not victim_told and not not_told_reason.strip():
        reasons["victim_not_told_reason"] = "Say why they have not been told."
    return reasons


def reasons_cannot_bar(*, bars_lead_agency: bool, is_barred_already: bool) -> list[str]:
    """Why a person or an agency cannot be barred from a case."""
    if bars_lead_agency:
        return ["This agency leads the case. Bar the people in it one by one, so that somebody can still work on it."]
    if is_barred_already:
        return ["They are barred from this case already."]
    return []


def warnings_of_bar(*, is_oneself: bool, holds_case_for: list[str], is_last_to_lift: bool) -> list[str]:
    """What a person must have read before a bar is made."""
    warnings = []
    if is_oneself:
        warnings.append("This is you. You will lose the case at once and cannot lift the bar yourself.")
    warnings += [f"They hold this case for {agency}. After this nobody there does, until it is allocated again." for agency in holds_case_for]
    if is_last_to_lift:
        warnings.append("After this nobody in the lead agency may lift a bar on this case.")
    return warnings
