"""What the tests of a DASH do again and again: save answers, decide as a second person, read the log, send its forms."""

import re
from uuid import uuid4

from django.urls import reverse

from audit.models import Event
from cases.actions import assessment as actions
from cases.dash.reading import Given, mark_of

LONG = "Escalating fast since the separation; she expects to be killed."


def lowered(people, case, persona="specialist_da_officer"):
    """A signed DASH whose score says high, for which somebody proposed medium: a second person decides."""
    actor = people.actor(persona)
    draft = actions.start_assessment(actor, case, with_victim=True)
    given = {number: Given("yes" if number < 15 else "no", "victim", "") for number in range(1, 25)}
    actions.save_answers(actor, case, assessment_id=draft.pk, given=given, opened_with=mark_of(draft.answers.all()))
    draft.refresh_from_db()
    facts = {"final_level": "medium", "level_basis": "judgement", "rationale": "He has left the country and she has moved."}
    return actions.sign_assessment(actor, case, assessment_id=draft.pk, assessment_revision=draft.revision, **facts)


def events(verb):
    return Event.objects.filter(verb=verb)


def save(people, draft, given, mark=None, persona="specialist_da_officer"):
    stored = draft.answers.filter(item__in=list(given))
    return actions.save_answers(
        people.actor(persona), draft.case, assessment_id=draft.pk, given=given, opened_with=mark_of(stored) if mark is None else mark
    )


def decide(people, signed, decision="approved", persona="housing_manager", reason="Seen together on a visit.", **facts):
    return actions.decide_downgrade(people.actor(persona), signed.case, assessment_id=signed.pk, decision=decision, reason=reason, **facts)


# --- its pages

def url(name, case, *args):
    return reverse(name, args=[case.reference, *args])


def part_url(draft, part, query=""):
    return url("assessment_page", draft.case, draft.pk, f"part-{part}") + query


def fields(draft, numbers, said="no", comment="", **changes):
    """What the form of a part sends."""
    stored = draft.answers.filter(item__in=list(numbers))
    sent = {"opened_with": mark_of(stored)}
    for number in numbers:
        sent |= {f"said_{number}": said, f"source_{number}": "victim", f"comment_{number}": comment}
    return sent | changes


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


PAGES = ["assessment_start", "assessment_page", "assessment_do_now", "assessment_annotate", "assessment_check", "assessment_sign", "assessment", "assessment_decide"]


def paths_of(assessment):
    part = [assessment.pk, "part-3"]
    arguments = {"assessment_start": [], "assessment_page": part, "assessment_do_now": part}
    return {name: url(name, assessment.case, *arguments.get(name, [assessment.pk])) for name in PAGES}


def level(draft, **changes):
    draft.refresh_from_db()
    return {"final_level": "standard", "level_basis": "score", "rationale": "", "revision": draft.revision, "once": uuid4()} | changes
