"""Who is on record already in the invented partnership: a disclosure that joins an open case, one that another agency must hear of, two records of one man."""

from copy import deepcopy
from datetime import timedelta

from cases import merging
from cases.actions.contact import record_contact
from cases.actions.merging import decide_merge, propose_merge
from cases.models.people import Role
from config.demo_in_full import NUMBER
from config.demo_protection import at
from referrals.actions import join_disclosure, log_disclosure, save_page, start_disclosure

MAN = {"known": "yes", "given_name": "Jago", "family_name": "Thistlewood", "relationship": "ex_partner", "lives_with_victim": "no"}


class KnownAlready:
    """The part of an invented world in which people come a second time."""

    def open_plainly(self, persona, number, ago, *, reached=timedelta(hours=5), late="", route="direct", yes=None, **said):
        """A case with its first contact and, where `yes` says how many, its DASH; the answers may say something else than usual."""
        opened, actor = self.now - ago, self.actor(persona)
        answers = self.answers(number, opened - timedelta(minutes=20), route)
        for page, its in said.items():
            answers[page] = answers.get(page, {}) | its
        with at(opened):
            case = log_disclosure(actor, answers=answers).case
        with at(opened + reached + timedelta(minutes=10)):
            record_contact(
                actor, case, at=opened + reached, outcome="reached", channel="in_person", talked_it_through=True, audience="partners", note="Met at the library.",
                breach_reason=late,
            )
        if yes is not None:
            assessor = actor if actor.may("assess_risk") else self.actor("specialist_da_officer")
            with at(opened + reached + timedelta(hours=3)):
                self.assess(assessor, case, yes=yes)
        return case, answers

    def joined(self):
        """Another officer hears of it again from a neighbour: it joins the open case, and says something else about where he lives."""
        case, answers = self.open_plainly(
            "housing_officer", 71, timedelta(days=20), yes=6, reached=timedelta(hours=60), late="Her telephone was off for two days, and she was at work.",
            perpetrator={"lives_with_victim": "no"},
        )
        with at(self.now - timedelta(days=9)):
            self.share_for_safety(case, "vale_probation", necessity="He is supervised there, and comes each Monday.")
        heard = self.now - timedelta(hours=6)
        again, actor = deepcopy(answers), self.actor("other_housing_officer")
        again["route"] = {"route": "signs", "reporter": "neighbour"}
        again["received"] = {"received_at": (heard - timedelta(minutes=30)).isoformat()}
        again["account"] = {"account": "Shouting through the wall on three nights; his car stands outside again each morning.", "audience": "partners"}
        again["perpetrator"] |= {"lives_with_victim": "yes"}
        with at(heard):
            draft = start_disclosure(actor, answers=again["danger"])
            for page, said in again.items():
                draft = save_page(actor, reference=draft.reference, page=page, answers=said, revision=draft.revision)
            join_disclosure(actor, case, draft=draft.reference, draft_revision=draft.revision)

    def elsewhere(self):
        """She rings the helpline, which may not see her case: the helpline learns nothing, and whoever leads the case hears of it."""
        heard, her = self.now - timedelta(hours=3), self.her.person
        answers = self.answers(NUMBER, heard - timedelta(minutes=10), "direct")
        answers["victim"] |= {"given_name": her.given_name, "family_name": her.family_name, "date_of_birth": her.date_of_birth.isoformat()}
        answers["account"] |= {"account": "Rang from a call box: he has found out which bus she takes."}
        with at(heard):
            log_disclosure(self.actor("call_handler"), answers=answers)

    def one_person(self):
        """One man on three cases: two records are one by now, and of the third a second person has yet to decide."""
        first, _ = self.open_plainly("housing_officer", 72, timedelta(days=150), yes=4, perpetrator=MAN | {"date_of_birth": "1984-03-14"})
        second, _ = self.open_plainly("other_housing_officer", 73, timedelta(days=21), yes=12, perpetrator=MAN)
        third, _ = self.open_plainly("specialist_da_officer", 74, timedelta(days=4), perpetrator=MAN)
        with at(self.now - timedelta(days=14)):
            proposed = self.propose("other_housing_officer", second, first, "She named him, and showed his photograph on her telephone.")
        with at(self.now - timedelta(days=13)):
            decide_merge(
                self.actor("housing_manager"), second, merge_id=proposed.pk, decision="approved", reason="Both named the same employer and the same car.",
                opened_with=merging.Pair(proposed.kept, proposed.absorbed).mark(),
            )
        with at(self.now - timedelta(hours=20)):
            self.propose("specialist_da_officer", third, first, "Same name, and the same scar that the other file speaks of.")

    def propose(self, persona, case, other, why):
        him, same = (one.parties.select_related("person").get(role=Role.PERPETRATOR) for one in (case, other))
        pair = merging.pair_of(him.person, same.person)
        holds = dict.fromkeys(merging.rules.to_ask(*pair.facts()), merging.rules.KEPT)
        return propose_merge(self.actor(persona), case, party_id=him.pk, other_id=same.pk, holds=holds, reason=why, opened_with=pair.mark())
