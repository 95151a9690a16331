"""Which assessments a person may read: signed ones with the case, drafts with the agency that writes them. And what a page shows of one."""

import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q
from django.http import Http404

from cases.dash import Item, Section, question_set
from cases.models import Answer, Assessment
from cases.models.assessment import Said, Source
from cases.rules import dash as rules


def readable_assessments(actor, case):
    """The assessments of a case (already opened with see_case) that this actor may read, the latest first."""
    return (
        Assessment.objects.filter(Q(signed_at__isnull=False) | Q(agency=actor.agency_id), case=case)
        .select_related("agency", "signed_by", "decided_by", "started_by")
        .order_by("-started_at", "-id")
    )


def assessment_to_read(actor, case, number):
    """One of them. Raises Http404 for another agency's draft and for what is not there."""
    assessment = readable_assessments(actor, case).filter(pk=number).first()
    if assessment is None:
        raise Http404
    return assessment


def draft_of(actor, case):
    """The draft that the actor's agency has open on this case, if any."""
    return Assessment.objects.filter(case=case, agency=actor.agency_id, signed_at=None).first()


def questions_of(assessment):
    """The question set under which an assessment was made."""
    return question_set(assessment.tool, assessment.version)


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
        return self.answer.said in rules.SAID

    @property
    def said_label(self):
        return Said(self.answer.said).label if self.is_answered else ""

    @property
    def source_label(self):
        label = Source(self.answer.source).label if self.answer.source else ""
        return label[:1].lower() + label[1:]


def lines_of(assessment, answers=None, previous=None):
    """Every item of an assessment in order, each with its answer; `previous` is an earlier assessment to compare with."""
    questions = questions_of(assessment)
    kept = {answer.item: answer for answer in (assessment.answers.all() if answers is None else answers)}
    earlier = said_in(previous.answers.all()) if previous else {}
    found = []
    for section in questions.sections:
        for item in section.items:
            answer = kept.get(item.number) or Answer(item=item.number, source="")
            was = earlier.get(item.number, "")
            found.append(Line(item, section, answer, Said(was).label if was in rules.SAID and was != answer.said else ""))
    return found


def previous_signed(assessment):
    """The assessment of the same tool that was signed last before this one was, for showing what has changed."""
    earlier = Assessment.objects.filter(case=assessment.case_id, tool=assessment.tool, version=assessment.version, signed_at__isnull=False)
    if assessment.signed_at:
        earlier = earlier.filter(signed_at__lt=assessment.signed_at)
    return earlier.order_by("-signed_at", "-id").prefetch_related("answers").first()
