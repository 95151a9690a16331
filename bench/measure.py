"""The figures that are taken inside one process, on the database of one scale: worklist, case page, visible cases, sweep."""

import json
import sys

import django

from bench import due_by_hand, scale
from bench.measuring import in_turns, replay, row, statements


def main():
    django.setup()
    rows = [worklist(), my_work(), case_page(), *visible(), search(), matching(), sweep()]
    print(json.dumps(rows))
    return 0


def _worker():
    """A worker whose agency holds a fourth of all cases (ten of forty)."""
    from agencies.actors import actor_for
    from agencies.models import User

    user = User.objects.get(email="worker3@agency07.example.org")
    return user, actor_for(user)


_WORKLIST = """
    SELECT g.standing, g.next_due_at, c.id, c.reference, c.risk_level, a.short_name, w.full_name, p.given_name, p.family_name, k.kind, k.started_at, k.due_at
      FROM cases_grant g
      JOIN cases_case c ON c.id = g.content_object_id AND c.status = 'open'
      JOIN agencies_agency a ON a.id = c.lead_agency_id
      LEFT JOIN agencies_user w ON w.id = g.worker_id
      LEFT JOIN cases_party v ON v.case_id = c.id AND v.role = 'victim'
      LEFT JOIN cases_person p ON p.id = v.person_id
      LEFT JOIN LATERAL (SELECT kind, started_at, due_at FROM cases_clock WHERE case_id = c.id AND stopped_at IS NULL ORDER BY due_at LIMIT 1) k ON true
     WHERE g.agency_id = %s AND g.level IN ('summary', 'partner', 'lead') AND g.started_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())
       AND NOT EXISTS (SELECT 1 FROM cases_exclusion e WHERE e.case_id = c.id AND e.lifted_at IS NULL AND (e.user_id = %s OR e.agency_id = %s))
     ORDER BY g.standing, g.next_due_at NULLS LAST, g.content_object_id LIMIT 26
"""


def worklist():
    """The first page of the whole agency's list, what is due first at the top."""
    from django.db import connection

    from cases import work

    _, actor = _worker()
    with statements() as found:
        page = work.worklist(actor, whose=work.AGENCY)
    assert len(page.rows) == work.PAGE

    def floor():
        with connection.connection.cursor() as cursor:
            cursor.execute(_WORKLIST, [actor.agency_id, actor.user_id, actor.agency_id])
            assert len(cursor.fetchall()) == work.PAGE + 1

    ours_ms, floor_ms = in_turns(lambda: replay(found), floor)
    return row("worklist", scale(), ours_ms, floor_ms, len(found))


def search():
    """A surname in a wrong spelling, among what the worker may see: fetched, opened and judged, beside the bare rows by the same index."""
    from django.db import connection

    from cases.search import find
    from vault.tokens import tokens_to_find

    _, actor = _worker()
    typed = "Quarhirst"
    with statements() as found:
        hits = find(actor, typed)
    assert any(hit.name.endswith("Quarhurst") for hit in hits), hits[:3]
    marks = _likely(typed, tokens_to_find)

    def floor():
        with connection.connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.reference, p.given_name, p.family_name, y.role FROM cases_person p JOIN cases_party y ON y.person_id = p.id JOIN cases_case c ON c.id = y.case_id"
                " JOIN cases_grant g ON g.content_object_id = c.id AND g.agency_id = %s AND g.level IN ('partner', 'lead') WHERE p.tokens && %s::bigint[] LIMIT 200",
                [actor.agency_id, marks],
            )
            assert cursor.fetchall()

    ours_ms, floor_ms = in_turns(lambda: find(actor, typed), floor)
    return row("search", scale(), ours_ms, floor_ms, len(found))


def matching():
    """Somebody who is being written down, against everybody whom the worker may see: fetched, opened and judged, beside the bare rows by the same index."""
    from django.db import connection
    from django.utils import timezone

    from cases.matching import candidates
    from cases.models import Grant, Party
    from cases.rules import spelling
    from cases.rules.matching import Profile
    from vault.tokens import tokens_to_find

    _, actor = _worker()
    led = Grant.objects.filter(agency=actor.agency_id, level="lead").values("content_object")
    known = Party.objects.filter(role="victim", case__in=led).select_related("person").order_by("pk")[7].person
    described = Profile(known.given_name, known.family_name, "", known.date_of_birth)
    with statements() as found:
        assert candidates(actor, described, timezone.now())
    marks = [[token for mark in spelling.alike(word) for token in tokens_to_find(mark)] for word in spelling.words(known.given_name, known.family_name)]

    def floor():
        with connection.connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.reference, p.given_name, p.family_name, p.date_of_birth FROM cases_person p JOIN cases_party y ON y.person_id = p.id AND y.role = 'victim'"
                " JOIN cases_case c ON c.id = y.case_id JOIN cases_grant g ON g.content_object_id = c.id AND g.agency_id = %s"
                " WHERE p.tokens && %s::bigint[] AND p.tokens && %s::bigint[] LIMIT 60",
                [actor.agency_id, *marks],
            )
            assert cursor.fetchall()

    ours_ms, floor_ms = in_turns(lambda: candidates(actor, described, timezone.now()), floor)
    return row("matching", scale(), ours_ms, floor_ms, len(found))


def _likely(typed, tokens_to_find):
    """The tokens by which candidates are found: a letter away, or sounding the same."""
    from cases.rules import spelling

    (word,) = spelling.words(typed)
    return [token for mark in spelling.alike(word) for token in tokens_to_find(mark)]


def my_work():
    """The first page of everything that is due by one worker, of every kind."""
    from django.db import connection
    from django.utils import timezone

    from cases import due

    _, actor = _worker()
    with statements() as found:
        page = due.everything_due(actor, timezone.now())
    assert page.items
    sql, lines = due_by_hand.first_page(), due_by_hand.LINES
    values = {"agency": actor.agency_id, "user": actor.user_id}

    def floor():
        with connection.connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows = cursor.fetchall()
            assert len(rows[: due.PAGE]) == len(page.items)
            cursor.execute(lines, values | {"cases": [row[4] for row in rows]})
            cursor.fetchall()

    floor()
    ours_ms, floor_ms = in_turns(lambda: replay(found), floor)
    return row("my_work", scale(), ours_ms, floor_ms, len(found))


_CASE = [
    ("SELECT c.*, a.* FROM cases_case c JOIN agencies_agency a ON a.id = c.lead_agency_id WHERE c.id = %(case)s", ()),
    ("SELECT y.*, p.* FROM cases_party y JOIN cases_person p ON p.id = y.person_id WHERE y.case_id = %(case)s", ()),
    (
        "SELECT k.*, a.short_name, u.full_name FROM cases_clock k JOIN agencies_agency a ON a.id = k.agency_id"
        " LEFT JOIN agencies_user u ON u.id = k.owner_id WHERE k.case_id = %(case)s",
        (),
    ),
    (
        "SELECT e.*, a.short_name, u.full_name FROM cases_entry e JOIN agencies_agency a ON a.id = e.agency_id LEFT JOIN agencies_user u ON u.id = e.author_id"
        " WHERE e.case_id = %(case)s AND (e.audience = 'partners' OR e.agency_id = %(agency)s) ORDER BY e.happened_at DESC, e.id DESC LIMIT 21",
        (),
    ),
    ("SELECT * FROM cases_safecontact WHERE case_id = %(case)s AND ended_at IS NULL", ()),
    ("SELECT * FROM cases_safewindow WHERE case_id = %(case)s", ()),
    (
        "SELECT g.*, a.*, u.full_name FROM cases_grant g JOIN agencies_agency a ON a.id = g.agency_id"
        " LEFT JOIN agencies_user u ON u.id = g.worker_id WHERE g.content_object_id = %(case)s",
        (),
    ),
    ("SELECT * FROM cases_address WHERE case_id = %(case)s", ()),
    ("SELECT * FROM cases_consent WHERE case_id = %(case)s ORDER BY recorded_at DESC LIMIT 1", ()),
    ("SELECT * FROM cases_task WHERE case_id = %(case)s AND done_at IS NULL", ()),
    ("SELECT * FROM cases_assessment WHERE case_id = %(case)s", ()),
    ("SELECT * FROM cases_contactattempt WHERE case_id = %(case)s ORDER BY at DESC LIMIT 5", ()),
]


def case_page():
    """Everything on the page of a case with 200 entries, 10 clocks and 6 people."""
    from django.db import connection
    from django.utils import timezone

    from agencies.actors import actor_for
    from agencies.models import User
    from cases.case_page import case_page_facts
    from cases.models import Case, Grant

    case = Case.objects.select_related("lead_agency").get(pk=1)
    actor = actor_for(User.objects.get(pk=Grant.objects.get(content_object=case, level="lead").worker_id))

    def ours():
        return case_page_facts(actor, case, timezone.now())

    with statements() as found:
        ours()
    values = {"case": 1, "agency": actor.agency_id}

    def floor():
        with connection.connection.cursor() as cursor:
            for sql, _ in _CASE:
                cursor.execute(sql, values)
                cursor.fetchall()

    ours_ms, floor_ms = in_turns(lambda: replay(found), floor)
    return row("case_page", scale(), ours_ms, floor_ms, len(found))


_VISIBLE = """
      FROM cases_case c WHERE EXISTS (SELECT 1 FROM cases_grant g WHERE g.content_object_id = c.id AND g.agency_id = %s
       AND g.level IN ('summary', 'partner', 'lead') AND g.started_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now()))
       AND NOT EXISTS (SELECT 1 FROM cases_exclusion e WHERE e.case_id = c.id AND e.lifted_at IS NULL AND (e.user_id = %s OR e.agency_id = %s))
"""


def visible():
    """A page of what one may see and the count of it: ours, guardian's own shortcut, and a join by hand."""
    from django.db import connection
    from guardian.shortcuts import get_objects_for_user

    from cases.access import count_visible, visible_cases
    from cases.models import Case

    user, actor = _worker()

    def ours():
        return list(visible_cases(actor).order_by("-opened_at")[:25]), count_visible(actor)

    def guardian():
        queryset = get_objects_for_user(user, ["summary_case", "partner_case", "lead_case"], Case, any_perm=True, with_superuser=False, accept_global_perms=False)
        return list(queryset.order_by("-opened_at")[:25]), queryset.count()

    def raw():
        values = [actor.agency_id, actor.user_id, actor.agency_id]
        with connection.connection.cursor() as cursor:
            cursor.execute(f"SELECT c.* {_VISIBLE} ORDER BY c.opened_at DESC LIMIT 25", values)
            cursor.fetchall()
            cursor.execute(f"SELECT count(*) {_VISIBLE}", values)
            cursor.fetchall()

    with statements() as found:
        page, count = ours()
    assert len(page) == 25
    assert count == visible_cases(actor).count()
    ours_ms, guardian_ms = in_turns(ours, guardian, rounds=15)
    again_ms, raw_ms = in_turns(lambda: replay(found), raw, rounds=15)
    return [
        row("visible_cases", scale(), ours_ms, guardian_ms, len(found), floor="guardian get_objects_for_user"),
        row("visible_cases_raw", scale(), again_ms, raw_ms, len(found), floor="the same join by hand"),
    ]


def sweep():
    """A thousand clocks come due among all that run; each round is rolled back."""
    from django.db import connection, transaction

    from cases import clocks
    from cases.models import Clock

    # The instant at which exactly a thousand are due; the data is spread over the microseconds, so that no two share one.
    at = Clock.objects.filter(stopped_at=None, next_stage_at__isnull=False).order_by("next_stage_at").values_list("next_stage_at", flat=True)[999]

    class Undo(Exception):
        """Ends a round."""

    def ours():
        try:
            with transaction.atomic():
                assert clocks.sweep(at, batch=1001) == 1000
                raise Undo
        except Undo:
            pass

    def floor():
        try:
            with transaction.atomic(), connection.connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE cases_clock SET next_stage = 'five_sixths', next_stage_at = started_at + (due_at - started_at) * 5 / 6"
                    " WHERE stopped_at IS NULL AND next_stage_at <= %s RETURNING id",
                    [at],
                )
                moved = cursor.fetchall()
                assert len(moved) == 1000
                cursor.execute(
                    "INSERT INTO audit_event (at, verb, outcome, actor, role, case_reference, subject, before, after, reason, channel, request_id)"
                    " SELECT %s, 'clock.stage', 'done', 'system:sweep', '', '', 'clock:' || id, '{}', '{}', '', 'system', '' FROM unnest(%s::bigint[]) AS id",
                    [at, [one for (one,) in moved]],
                )
                raise Undo
        except Undo:
            pass

    with statements() as found:
        ours()
    ours_ms, floor_ms = in_turns(ours, floor, rounds=11)
    return row("sweep", scale(), ours_ms, floor_ms, len(found))


if __name__ == "__main__":
    sys.exit(main())
