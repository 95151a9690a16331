"""The rules of a homeless application: what each decision rests on, what they lead to, what stands in the way. They state; a person decides (Housing Act 1996, Part 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

SHORTEST_REASON = 20
REVIEW_DAYS = 21  # in which a review may be asked for (s202(3)): the law's, nobody's to agree

ELIGIBLE, HOMELESS, PRIORITY, INTERIM, CONNECTION, MAIN = "eligible", "homeless", "priority", "interim", "connection", "main"
PREVENTION, RELIEF, REVIEW = "prevention", "relief", "housing_review"
DUTIES = (PREVENTION, RELIEF)


@dataclass(frozen=True)
class Topic:
    """One thing to decide: its question, its answers, the rule that is stated beside it, and what has to be decided before."""

    label: str
    question: str
    answers: dict[str, str]
    rule: str
    source: str
    after: tuple[str, ...] = ()

    @property
    def law(self):
        """The source as whoever decides reads it: the law, without the numbers of our own documents."""
        return self.source.partition(";")[0]


TOPICS = {
    ELIGIBLE: Topic(
        "Eligibility", "Are they eligible for help?",
        {"yes": "Eligible", "no": "Not eligible", "unclear": "Being found out: help goes on until it is known"},
        "It depends on immigration and residence alone. Nobody has to prove the abuse, and nobody asks the alleged perpetrator.", "Housing Act 1996, s185; SEED-080, SEED-100",
    ),
    HOMELESS: Topic(
        "Homelessness", "Are they homeless, or threatened with it within 56 days?",
        {"homeless": "Homeless", "threatened": "Threatened with it within 56 days", "neither": "Neither"},
        "It is not reasonable to go on living in a home where that will probably lead to abuse against them or somebody of their household. "
        "Whoever lives in a refuge is homeless still.",
        "Housing Act 1996, ss175 to 177; SEED-100, SEED-106",
    ),
    PRIORITY: Topic(
        "Priority need", "Are they in priority need?",
        {"abuse": "Yes: homeless because of domestic abuse", "other": "Yes: for another reason", "no": "No"},
        "Whoever is homeless because they are a victim of domestic abuse is in priority need. No vulnerability has to be shown.",
        "Housing Act 1996, s189(1)(e); SEED-101", (HOMELESS,),
    ),
    INTERIM: Topic(
        "Somewhere to stay now", "Where do they stay while this is decided?",
        {
            "placed": "In accommodation that we found", "refuge": "In a refuge", "own": "Somewhere safe of their own choice", "refused": "They refused what was offered",
            "none": "Nothing is found yet",
        },
        "The duty begins with reason to believe that they may be homeless, eligible and in priority need. What is offered must be safe, suitable and affordable; "
        "check it against the places where the alleged perpetrator and those close to them live, work or go.", "Housing Act 1996, s188; SEED-102",
    ),
    CONNECTION: Topic(
        "Local connection", "Is the application kept here?",
        {"here": "Kept here", "referred": "Referred to another council"},
        "Nobody is referred to another council where they, or somebody who lives with them, would run the risk of abuse there. A move may be what makes them safe.",
        "Housing Act 1996, s198(2) and (2ZA); SEED-057", (HOMELESS,),
    ),
    MAIN: Topic(
        "Main duty", "Is the main duty owed?",
        {"owed": "Owed", "no_priority": "Not owed: no priority need", "intentional": "Not owed: intentionally homeless", "other": "Not owed: another reason"},
        "The decision is given in writing, with the reasons and the right to ask for a review within 21 days. Leaving because of abuse is never intentional homelessness.",
        "Housing Act 1996, ss184, 193 and 202", (ELIGIBLE, HOMELESS, PRIORITY),
    ),
}
LETTERS = {"handed": "Handed to them, alone", "safe_channel": "By a way that they have said is safe", "kept": "Kept for them to collect"}
# How a duty ends (domain 5.2, the published outcomes); our own codes, an outside code may stand beside them.
ENDINGS = {
    "secured": "Accommodation secured for six months or more",
    "homeless": "Became homeless",
    "days": "The 56 days are over",
    "withdrew": "They withdrew the application",
    "contact_lost": "Contact was lost",
    "refused": "They refused a suitable offer",
    "uncooperative": "They refused to co-operate, unreasonably",
    "ineligible": "No longer eligible",
    "deceased": "They have died",
}
NOT_OF_RELIEF = {"homeless"}


def duty_for(decisions: Mapping[str, str]) -> str:
    """The duty that what was decided calls for; "" while none does."""
    if decisions.get(ELIGIBLE) not in ("yes", "unclear"):
        return ""
    return {"homeless": RELIEF, "threatened": PREVENTION}.get(decisions.get(HOMELESS, ""), "")


def advice(decisions: Mapping[str, str]) -> list[str]:
    """What the rules say follows from what was decided so far. Nothing of it happens by itself."""
    found = []
    eligible, homeless, priority = (decisions.get(topic, "") for topic in (ELIGIBLE, HOMELESS, PRIORITY))
    if eligible == "no":
        found.append(
            "Not eligible ends no help: advice; a service for people with no recourse to public funds; children’s or adult social care (Children Act 1989, s17; Care Act 2014); "
            "the routes for migrant victims of domestic abuse; a refuge that takes them."
        )
        return found
    if duty := duty_for(decisions):
        found.append(f"The {duty} duty is owed: 56 days, with a Personalised Housing Plan (Housing Act 1996, s189A).")
    if homeless == "homeless" and not priority:
        found.append("If they are homeless because of domestic abuse, they are in priority need without more (s189(1)(e)).")
    if homeless == "homeless" and priority in ("abuse", "other") and decisions.get(INTERIM) in (None, "none"):
        found.append("They need somewhere safe to stay today (s188).")
    if homeless == "neither":
        found.append("Advice is owed to anybody. Ask again when anything changes, above all what the alleged perpetrator does.")
    if decisions.get(MAIN) == "owed":
        found.append("Temporary accommodation goes on until a suitable private tenancy or a home from the register is offered (s193; SEED-104).")
    return found


def reasons_decide(
    topic: str, answer: str, decisions: Mapping[str, str], *, why: str, is_safe: bool | None = None, is_suitable: bool | None = None, is_affordable: bool | None = None,
    areas_checked: bool | None = None, given_how: str = "", given_at: datetime | None = None, relief_runs: bool = False, at: datetime,
) -> dict[str, str]:
    """Why something cannot be decided like this, by the question that the reason belongs to."""
    spec = TOPICS[topic]
    if answer not in spec.answers:
        return {"answer": "Choose an answer."}
    if missing := [TOPICS[before].label.lower() for before in spec.after if before not in decisions]:
        return {"answer": f"Decide first on: {', '.join(missing)}."}
    reasons = {}
    if topic == PRIORITY and answer == "no" and decisions.get(HOMELESS) == "homeless" and len(why.strip()) < SHORTEST_REASON:
        reasons["why"] = f"Say why they are not homeless because of abuse, in {SHORTEST_REASON} characters or more."
    if topic == INTERIM and answer == "placed":
        if areas_checked is not True:
            reasons["areas_checked"] = "Check the place against the areas that are unsafe for them first."
        for name, held, words in (("is_safe", is_safe, "safe"), ("is_suitable", is_suitable, "suitable"), ("is_affordable", is_affordable, "affordable")):
            if held is not True:
                reasons[name] = f"What is offered must be {words}."
    if topic == CONNECTION and answer == "referred" and len(why.strip()) < SHORTEST_REASON:
        reasons["why"] = f"Say how you know that nobody would run the risk of abuse there, in {SHORTEST_REASON} characters or more."
    if topic == MAIN:
        if relief_runs:
            reasons["answer"] = "The relief duty still runs. End it first."
        if answer == "intentional" and decisions.get(PRIORITY) == "abuse":
            reasons["answer"] = "They left because of abuse: that is never intentional homelessness."
        if not given_how:
            reasons["given_how"] = "Say how they got the letter safely."
        if given_at is None:
            reasons["given_at"] = "Enter when they got the letter."
        elif given_at > at:
            reasons["given_at"] = "This must be now or in the past."
        if answer != "owed" and len(why.strip()) < SHORTEST_REASON:
            reasons["why"] = f"Say why, in {SHORTEST_REASON} characters or more. The letter gives the reasons too."
    if topic == ELIGIBLE and answer == "no" and len(why.strip()) < SHORTEST_REASON:
        reasons["why"] = f"Say why, in {SHORTEST_REASON} characters or more."
    return reasons


def reasons_end_duty(kind: str, ending: str, why: str, day_56: date, today: date) -> dict[str, str]:
    """Why a duty cannot end like this."""
    if ending not in ENDINGS or (kind == RELIEF and ending in NOT_OF_RELIEF):
        return {"ending": "Choose how it ended."}
    if ending == "days" and today <= day_56:
        return {"ending": f"The 56 days are not over before {day_56.day} {day_56:%B %Y} has passed."}
    if ending == "uncooperative" and len(why.strip()) < SHORTEST_REASON:
        return {"why": f"Say what was asked, whether it was safe for them, and that they were warned, in {SHORTEST_REASON} characters or more."}
    return {}


def last_day_for_review(given_on: date) -> date:
    """The last day on which a review may be asked for."""
    return given_on + timedelta(days=REVIEW_DAYS)


def reasons_ask_review(main: str, given_on: date | None, asked_on: date, today: date, why_late: str) -> dict[str, str]:
    """Why a review cannot be recorded as asked for. A late one may be taken all the same, with the reason."""
    if not main or given_on is None:
        return {"asked_on": "There is no decision on the main duty yet."}
    if asked_on > today:
        return {"asked_on": "This must be today or in the past."}
    if asked_on < given_on:
        return {"asked_on": "This is before they got the letter."}
    if asked_on > last_day_for_review(given_on) and len(why_late.strip()) < SHORTEST_REASON:
        last = last_day_for_review(given_on)
        return {"why_late": f"The last day was {last.day} {last:%B %Y}. Say why it is taken all the same, in {SHORTEST_REASON} characters or more."}
    return {}


def reasons_agree(steps_of_council: int, steps_of_applicant: int, agreed: bool, why_not: str) -> dict[str, str]:
    """Why the plan cannot be recorded as agreed: both sides have steps, or the reason why they did not agree is written down (s189A(6))."""
    if not steps_of_council or not steps_of_applicant:
        return {"": "The plan needs at least one step of ours and one of theirs."}
    if not agreed and len(why_not.strip()) < SHORTEST_REASON:
        return {"why_not": f"Say why they do not agree, in {SHORTEST_REASON} characters or more."}
    return {}
