"""Which assessments a person may read: signed ones with the case, drafts with the agency that writes them. And what a page shows of one."""

import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q
from django.http import Http404

from cases.dash import FOLLOW_ON, RIC24, Item, Section
from cases.dash.wording import questions_under
from cases.models import Answer, Assessment
from cases.models.assessment import Source
from cases.models.chronology import Audience


def readable_assessments(actor, case):
    """The assessments of a case (already opened with see_case) that this actor may read, the latest first."""
    return (
        Assessment.objects.filter(may_read(actor), case=case)
        .select_related("agency", "signed_by", "decided_by", "started_by")
        .order_by("-started_at", "-id")
    )


def may_read(actor):
    """Signed ones that are for partners, and all of one's own agency."""
    return Q(signed_at__isnull=False, audience=Audience.PARTNERS) | Q(agency=actor.agency_id)


def assessment_to_read(actor, case, number):
    """One of them. Raises Http404 for another agency's draft and for what is not there."""
    assessment = readable_assessments(actor, case).filter(pk=number).first()
    if assessment is None:
        raise Http404
    return assessment


def draft_of(actor, case, tool=RIC24):
    """The draft under this tool that the actor's agency has open on this case, if any."""
    return Assessment.objects.filter(case=case, agency=actor.agency_id, tool=tool, signed_at=None).first()


def questions_of(assessment):
    """The question set, in the words, under which an assessment was made."""
    return questions_under(assessment.tool, assessment.version, assessment.wording_id)


def said_in(answers) -> dict[int, str]:
    """Answers by item number, for the rules."""
    return {answer.item: answer.said for answer in answers}


class Given(NamedTuple):
    """An answer as somebody gave it."""

    said: str = ""
    source: str = Source.VICTIM.value
    comment: str = ""


def mark_of(answers):
    """A short mark of these answers: a form carries it, so that a save can tell whether they changed since the form was opened."""
    facts = [[answer.item, answer.said, answer.source, answer.comment] for answer in sorted(answers, key=lambda answer: answer.item)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Line:
    """One item with its answer, and what the assessment before said where that was different."""

    item: Item
    section: Section
    answer: Answer
    before: str = ""

    @property
    def is_answered(self):
        return self.answer.said in self.item.choices

    @property
    def said_label(self):
        return self.item.choices.get(self.answer.said, "")

    @property
    def source_label(self):
        label = Source(self.answer.source).label if self.answer.source else ""
        return label[:1].lower() + label[1:]


def lines_of(assessment, answers=None, previous=None):
    """Every item of an assessment in order, each with its answer; `previous` is an earlier assessment to compare with."""
    questions = questions_of(assessment)
    kept = {answer.item: answer for answer in (assessment.answers.all() if answers is None else answers)}
    earlier = questions_of(previous).in_common(said_in(previous.answers.all())) if previous else {}
    found = []
    for section in questions.sections:
        for item in section.items:
            answer = kept.get(item.number) or Answer(item=item.number, source="")
            was = earlier.get(item.common, "")
            found.append(Line(item, section, answer, item.choices[was] if was in item.choices and was != answer.said else ""))
    return found


def previous_signed(assessment):
    """The assessment that was signed last before this one was, for showing what has changed: of any tool that leads to a level, else of the same one."""
    earlier = Assessment.objects.filter(case=assessment.case_id, signed_at__isnull=False)
    earlier = earlier.exclude(tool__in=FOLLOW_ON) if assessment.gives_level else earlier.filter(tool=assessment.tool)
    # Whoever reads this one reads what it is compared with: what an agency keeps to itself stands beside nothing that it shares.
    readers = Q(audience=Audience.PARTNERS)
    if assessment.audience == Audience.AGENCY:
        readers |= Q(agency=assessment.agency_id)
    earlier = earlier.filter(readers)
    if assessment.signed_at:
        earlier = earlier.filter(signed_at__lt=assessment.signed_at)
    return earlier.order_by("-signed_at", "-id").prefetch_related("answers").first()
