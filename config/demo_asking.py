"""What was asked of the invented helpline in writing: one waits, one may not be answered, and of one notes were opened. Nobody here exists."""

from datetime import timedelta
from uuid import uuid4

from config.demo_protection import at
from referrals.asking.actions import open_asked, record_answer, send_request


class Asking:
    """The part of an invented world that writes to the line without an account."""

    def asked_in_writing(self):
        """Three who wrote today."""
        handler = self.actor("call_handler")
        self.wrote = self.ask(
            hours=0.5, safe="windows", formats=["interpreter"], danger="not_known",
            said={
                "caller": {"name": "Leocadia", "value": "+447700900417"},
                "reach": {"safe": "windows", "when": "In the mornings until eleven. Say that it is about the school run.", "ask_for": "Lea", "voicemail": "no"},
                "needs": {"language": "Portuguese", "area": "Chesterfield"}, "account": {"text": "He has my passport and says that he will send me home without the children."},
            },
        )
        self.asked_quiet = self.ask(
            hours=1, who="other", they_know="no", reach_by="none", safe="no",
            said={"caller": {"name": "A neighbour"}, "about": {"name": "Ottoline"}, "reach": {"safe": "no"}, "account": {"text": "I hear it through the wall most nights."}},
        )
        with_notes = self.ask(
            hours=3, who="professional", reach_by="email", safe="any",
            said={
                "caller": {"name": "Peregrine Aske", "organisation": "Larkfield Primary School", "value": "office@example.org"}, "about": {"name": "Clementina"},
                "reach": {"safe": "any"}, "account": {"text": "A mother told us at the gate that she may not go home alone."},
            },
        )
        with at(self.now - timedelta(hours=2)):
            record_answer(handler, number=with_notes.pk, happened_at=self.now - timedelta(hours=2, minutes=5), outcome="written", note="Asked when she can be rung.")
            open_asked(handler, number=with_notes.pk)

    def ask(self, *, hours, who="self", danger="no", reach_by="phone", safe="any", they_know="", formats=(), said):
        """Somebody asked so many hours ago."""
        with at(self.now - timedelta(hours=hours)):
            return send_request(
                self.agencies["county_helpline"], form_token=uuid4(), who=who, danger=danger, reach_by=reach_by, safe=safe, they_know=they_know, formats=list(formats), said=said,
            )
