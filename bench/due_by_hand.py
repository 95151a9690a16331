"""Everything that is due by one worker, as somebody would write it in SQL by hand: the floor of the row `my_work`."""

_MAY_BE_READ = """
       AND EXISTS (SELECT 1 FROM cases_grant g WHERE g.content_object_id = {row}.case_id AND g.agency_id = %(agency)s AND g.level IN ('partner', 'lead')
                   AND g.started_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now()) {holder})
       AND NOT EXISTS (SELECT 1 FROM cases_exclusion e WHERE e.case_id = {row}.case_id AND e.lifted_at IS NULL AND (e.user_id = %(user)s OR e.agency_id = %(agency)s))
       AND EXISTS (SELECT 1 FROM cases_case c WHERE c.id = {row}.case_id AND c.status = 'open' {duty})
"""
_SEEN, _HELD = "", "AND g.worker_id = %(user)s"
_SOON = "<= now() + interval '28 days'"
_RANK = "CASE WHEN k.due_at < now() + interval '1 day' THEN 0 ELSE 1 END"
# Due by the agency that wrote it, and by the one that leads the case.
_DUTY = dict.fromkeys("pfm", "AND ({row}.agency_id = %(agency)s OR c.lead_agency_id = %(agency)s)")
# (whose cases, its short name, the columns, the table, which rows)
_KINDS = [
    (_SEEN, "k", f"{_RANK}, k.due_at, 0, k.id, k.case_id, k.owner_id, k.kind", "cases_clock k", "k.stopped_at IS NULL AND k.owner_id = %(user)s"),
    (
        _HELD, "k", f"{_RANK}, k.due_at, 0, k.id, k.case_id, NULL::bigint, k.kind", "cases_clock k",
        "k.stopped_at IS NULL AND k.owner_id IS NULL AND k.agency_id = %(agency)s",
    ),
    (_SEEN, "t", "1, t.due_at, 1, t.id, t.case_id, t.owner_id, t.title", "cases_task t", "t.done_at IS NULL AND t.raised_at <= now() AND t.owner_id = %(user)s"),
    (
        _HELD, "t", "1, t.due_at, 1, t.id, t.case_id, NULL::bigint, t.title", "cases_task t",
        "t.done_at IS NULL AND t.raised_at <= now() AND t.owner_id IS NULL AND t.agency_id = %(agency)s",
    ),
    (
        _HELD, "p", "1, (p.review_on + 1)::timestamptz, 2, p.id, p.case_id, NULL::bigint, ''", "cases_safetyplan p",
        f"p.review_on {_SOON} AND NOT EXISTS (SELECT 1 FROM cases_safetyplan n WHERE n.case_id = p.case_id AND n.number > p.number)",
    ),
    (
        _HELD, "f", "1, (f.review_on + 1)::timestamptz, 3, f.id, f.case_id, NULL::bigint, f.kind", "cases_safetyflag f",
        f"f.removed_at IS NULL AND f.review_on {_SOON}",
    ),
    (
        _HELD, "s", "1, s.verified_at + interval '30 days', 4, s.id, s.case_id, NULL::bigint, s.channel", "cases_safecontact s JOIN cases_case h ON h.id = s.case_id",
        "s.ended_at IS NULL AND s.is_safe = 'yes' AND h.risk_level = 'high' AND h.lead_agency_id = %(agency)s AND s.verified_at <= now() - interval '23 days'",
    ),
    (
        _HELD, "w", "1, (w.ends_on + 1)::timestamptz, 5, w.id, w.case_id, NULL::bigint, o.kind", "cases_orderwording w JOIN cases_order o ON o.id = w.order_id",
        f"o.state = 'made' AND w.ends_on {_SOON} AND NOT EXISTS (SELECT 1 FROM cases_orderwording n WHERE n.replaces_id = w.id)",
    ),
    (_HELD, "m", "1, (m.review_on + 1)::timestamptz, 6, m.id, m.case_id, NULL::bigint, ''", "cases_marker m", f"m.review_on {_SOON}"),
    (
        _SEEN, "n", "2, n.at, 8, n.id, n.case_id, NULL::bigint, n.kind", "cases_notification n",
        "n.user_id = %(user)s AND n.read_at IS NULL AND n.clock_id IS NULL",
    ),
]
# Whose case each line is.
LINES = """
    SELECT c.reference, c.risk_level, p.given_name, p.family_name, u.full_name
      FROM cases_case c LEFT JOIN cases_party v ON v.case_id = c.id AND v.role = 'victim' LEFT JOIN cases_person p ON p.id = v.person_id
      JOIN cases_grant g ON g.content_object_id = c.id AND g.agency_id = %(agency)s AND g.level <> 'meeting' LEFT JOIN agencies_user u ON u.id = g.worker_id
     WHERE c.id = ANY(%(cases)s)
"""


def first_page():
    """The first 26 lines of all kinds."""
    parts = [
        f"(SELECT {columns} FROM {table} WHERE {which} {_MAY_BE_READ.format(row=short, holder=whose, duty=_DUTY.get(short, '').format(row=short))}"
        " ORDER BY 2, 4 LIMIT 26)"
        for whose, short, columns, table, which in _KINDS
    ]
    return f"{' UNION ALL '.join(parts)} ORDER BY 1, 2, 3, 4 LIMIT 26"
