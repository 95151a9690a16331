"""What the invented partnership does to keep people safe: flags, safety plans, orders; and how it is told as if it were then."""

from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

from django.utils import timezone

from cases import plans
from cases.actions.flags import raise_flag
from cases.actions.order_breaches import log_breach
from cases.actions.orders import add_order
from cases.actions.plan import finish_plan, save_plan, start_plan
from cases.actions.schemes import add_request, set_marker
from cases.rules import plan as writing
from cases.rules.clocks import LONDON
from config.invented import PLAN


@contextmanager
def at(instant):
    """Do what follows as if it were this instant: the invented months before today."""
    with mock.patch("django.utils.timezone.now", lambda: instant):
        yield


class Protection:
    """The part of an invented world that protects somebody."""

    def protect(self, actor, case, number):
        """An order of each common kind: long, about to end, not served, only applied for; some breached; now and then Clare's Law and MAPPA."""
        began, today = timezone.localdate(), self.now.astimezone(LONDON).date()
        him, her = (case.parties.get(role=role).pk for role in ("perpetrator", "victim"))
        kind, ends_on, served = [
            ("non_molestation", began + timedelta(days=364), True),
            ("bail", max(today, began) + timedelta(days=5 + number % 20), True),
            ("restraining_conviction", None, False),
            ("occupation", began + timedelta(days=180), True),
        ][number // 4 % 4]
        order = add_order(
            actor,
            case,
            kind=kind,
            state="made",
            respondent=him,
            protected=[her],
            court="Vale Magistrates" if kind == "bail" else "Vale Combined Court",
            case_number=f"ZZ26F{number:05}",
            terms="Not to contact her in any way, and not to come within 100 metres of her home or her work.",
            starts_on=began,
            ends_on=ends_on,
            served_at=timezone.now() if served else None,
            police_informed=served or None,
        )
        if number % 12 == 1:
            log_breach(
                actor,
                case,
                order_id=order.pk,
                happened_at=timezone.now(),
                what="He sent eleven messages through his sister’s account.",
                audience="partners",
                is_reported=True,
                police_reference=f"ZZ-{number:04}",
                done_about_it="She has kept the messages; the officer in charge has copies.",
            )
        if number == 5:
            add_request(actor, case, route="victim", at_risk=her, subject=him, asked_at=timezone.now())
        if number % 12 == 5:
            review_on = today + timedelta(days=40)
            set_marker(actor, case, party_id=him, mappa_category="2", mappa_level="2", is_iom=True, review_on=review_on, source="Probation, case manager")

    def flag(self, actor, case, when, kind):
        """What whoever goes there must know; of the older ones the review is overdue."""
        with at(when):
            day = when.astimezone(LONDON).date() + timedelta(days=28)
            raise_flag(actor, case, kind=kind, reason="He came to the office twice and shouted at the receptionist.", review_on=day)

    def make_plan(self, actor, case, when):
        """A safety plan that was talked over with her; the second time round one thing in it has changed."""
        with at(when):
            newest = plans.newest(case)
            draft = start_plan(actor, case)
            texts = {code: text for code, text in PLAN[1 if newest else 0].items() if writing.may_read(code, actor.capabilities)}
            draft = save_plan(actor, case, texts=texts, opened_with=plans.mark_of({code: getattr(draft, code) for code in texts}))
            day = when.astimezone(LONDON).date()
            finish_plan(
                actor, case, draft_revision=draft.revision, newest_seen=newest.number if newest else 0, is_agreed=True, agreed_on=day, agreed_with=actor.name,
                has_copy=bool(newest), copy_kept="In her locker at work, which only she opens." if newest else "", review_on=day + timedelta(days=28),
            )
