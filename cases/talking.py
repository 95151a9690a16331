"""How the victim/survivor wants to be talked with, whichever way they are reached: language, interpreter, a woman or a man (domain 8.1)."""

from cases.models import Party
from cases.models.people import Interpreter, Role, WorkerGender

FACTS = ("speaks", "interpreter", "interpreter_note", "worker_gender")
_THROUGH = {
    Interpreter.NONE: "No interpreter is needed",
    Interpreter.SPOKEN: "Through an interpreter: a professional, never family, friends or children",
    Interpreter.BSL: "Through a British Sign Language interpreter: a professional, never family, friends or children",
    Interpreter.RELAY: "Through a relay service, by text or video",
}
_WITH = {WorkerGender.WOMAN: "Wants to talk with a woman", WorkerGender.MAN: "Wants to talk with a man"}


def in_words(row):
    """What to know before anybody dials, line by line; nothing where nobody has asked."""
    note = f"About interpreters: {row['interpreter_note']}" if row["interpreter_note"] else ""
    lines = [f"Language: {row['speaks']}" if row["speaks"] else "", _THROUGH.get(row["interpreter"], ""), note, _WITH.get(row["worker_gender"], "")]
    return [line for line in lines if line]


def of_case(case):
    """The same of a case, for pages that show a way of contact by itself. One query."""
    return [line for row in Party.objects.filter(case=case, role=Role.VICTIM).values(*FACTS) for line in in_words(row)]
