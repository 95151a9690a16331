"""The invented helpline at work: a day with messages that were returned in time, late and not yet, and the months before it. Nobody here exists."""

from datetime import time, timedelta

from config.demo_protection import at
from referrals.calls.actions import begin_quiet_call, finish_quiet_call, log_call, open_notes, record_attempt, set_hours

FROM_A_SURGERY = {
    "caller": "professional", "professional_type": "health",
    "said": {"caller": {"name": "Dr Lovelace", "organisation": "Mill Lane Surgery", "number": "+441632960071"}},
}
REACH = {"safe": "any", "voicemail": "no", "ask_for": "Wilhelmina", "when": "Say that it is the library", "code_word": "marigold"}
MONTHS = [14, 11, 12, 9, 10, 8]  # calls in each of the months before, the latest first


class Calls:
    """The part of an invented world that answers the telephone."""

    def line_day(self):
        """Today on the line; the hour to return a message runs at any time of day there."""
        handler, lead = self.actor("call_handler"), self.actor("helpline_lead")
        with at(self.now - timedelta(days=300)):
            set_hours(
                lead, days=[0, 1, 2, 3, 4], opens=time(8), closes=time(18), on_bank_holidays=False, other_line="County out-of-hours line", counts_from="left",
                reason="Agreed with the commissioner: messages are returned at any hour.",
            )
        self.kept = self.message(handler, hours=5, name="Wilhelmina Sparrowhawk", reach=REACH)
        self.returned(handler, self.kept, minutes=40)
        late = self.message(handler, hours=4, name="Ambrosine Tuckwell", reach=REACH | {"ask_for": "Ambrosine"})
        self.returned(handler, late, minutes=75, why_late="Both of us were on long calls, one with the police on the other line.")
        self.overdue = self.message(handler, hours=3, name="", reach={"safe": "unknown", "voicemail": "unknown"})
        with at(self.now - timedelta(hours=2, minutes=30)):
            record_attempt(handler, number=self.overdue.pk, happened_at=self.now - timedelta(hours=2, minutes=30), outcome="no_answer", note="Rang for a minute.")
        self.waiting_call = self.message(handler, hours=0.4, name="Philomena Quince", reach=REACH | {"ask_for": "Phil"})
        self.unsafe = self.message(handler, hours=0.2, name="Hester", reach={"safe": "no", "voicemail": "no"})
        talked = self.call(
            handler, hours=1.5, caller="victim", danger="no", concern="high", advice=["listening", "safety"],
            said={
                "caller": {"name": "Wilhelmina Sparrowhawk", "number": "+447700900061"}, "reach": REACH,
                "account": {"text": "He has found out where she works. She wants to know what she can do before Friday."},
            },
        )
        with at(self.now - timedelta(hours=1, minutes=20)):
            open_notes(handler, number=talked.pk)
        self.talked = self.call(
            handler, hours=2.2, caller="family", danger="no", concern="medium", advice=["process"], signposts=["advocate"], outcome="signposted",
            said={"caller": {"name": "Her sister"}, "victim": {"given_name": "Rosamund"}, "account": {"text": "Worried since the summer; has not said so to her yet."}},
        )
        self.call(handler, hours=2, danger="no", could_be_mail=True, outcome="information", **FROM_A_SURGERY)
        self.call(handler, hours=1.8, danger="no", could_be_mail=False, outcome="signposted", **FROM_A_SURGERY)
        self.call(handler, hours=1, result="abandoned")
        with at(self.now - timedelta(minutes=50)):
            one = begin_quiet_call(handler, opened_at=self.now - timedelta(minutes=55), is_fishing=False, said={"caller": {"name": "Would not say"}})
            finish_quiet_call(handler, number=one.pk, danger="no", words="Wants to know whether she rang.", threats="", whereabouts="", gave_programme=True)
        with at(self.now - timedelta(minutes=8)):
            self.quiet = begin_quiet_call(handler, opened_at=self.now - timedelta(minutes=9), is_fishing=True, said={"caller": {"name": "Said that she is an aunt"}})

    def line_months(self):
        """The months before, for the share of professionals (SEED-175)."""
        handler = self.actor("call_handler")
        for month, calls in enumerate(MONTHS):
            for number in range(calls):
                days = 1 + month * 29 + number * 2
                if number % 4 == 3:
                    self.call(handler, hours=24 * days, caller="victim", danger="no", concern=["standard", "medium", "high"][number % 3], outcome="support")
                elif number % 7 == 5:
                    self.call(handler, hours=24 * days, result="abandoned")
                else:
                    self.call(handler, hours=24 * days, danger="no", could_be_mail=number % 3 == 0, outcome="information", **FROM_A_SURGERY)

    def call(self, handler, *, hours, result="answered", said=None, **facts):
        """A call that began so many hours ago and was logged eight minutes later."""
        began = self.now - timedelta(hours=hours)
        with at(began + timedelta(minutes=8)):
            return log_call(handler, opened_at=began, result=result, said=said or {}, **facts)

    def message(self, handler, *, hours, name, reach):
        """A message that was left so many hours ago, found five minutes later."""
        left = self.now - timedelta(hours=hours)
        said = {"caller": {"name": name, "number": "+447700900062"} if name else {"number": "+447700900063"}, "reach": reach}
        with at(left + timedelta(minutes=5)):
            return log_call(handler, opened_at=left + timedelta(minutes=4), result="message", left_at=left, caller="victim" if name else "", said=said)

    def returned(self, handler, call, *, minutes, why_late=""):
        """The message was returned so long after it was left."""
        when = call.received_at + timedelta(minutes=minutes)
        with at(when + timedelta(minutes=3)):
            record_attempt(handler, number=call.pk, happened_at=when, outcome="reached", why_late=why_late)
