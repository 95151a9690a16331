"""The data of the bench: loaded by COPY as the owner, the same at every run."""

import random
import sys
import time
from datetime import UTC, date, datetime, timedelta

import django
import psycopg

from bench import AGENCIES, CLOCKS_A_CASE, ENTRIES_A_CASE, GRANTS_A_CASE, SCALES, WORKERS_AN_AGENCY, scale

NOW = datetime.now(UTC).replace(microsecond=0)
EMPTY = {"character varying": "", "text": "", "bytea": b"", "ARRAY": []}
GIVEN = [
    first + last
    for first in ("A", "Be", "Ca", "Di", "El", "Fa", "Gre", "Ha", "I", "Jo", "Ke", "Lo", "Ma", "Ni", "O", "Pri")
    for last in ("da", "na", "rys", "lla", "mi", "ra", "sha", "ya", "tta")
]
FAMILY = [
    first + last
    for last in ("down", "hall", "way", "more", "wood", "row", "ley", "ford", "stone", "ham", "ton", "field", "worth", "by", "croft", "shaw", "well", "dale", "hurst", "combe")
    for first in (
        "Ash", "Birch", "Callo", "Dun", "El", "Far", "Gra", "Hol", "Iver", "Jess", "Kett", "Lark", "Moss", "Nett", "Oak", "Pen", "Quar", "Red", "Stan", "Thorn", "Under",
        "Vale", "Whit", "Yard", "Bram", "Clay", "Dray", "Ems", "Fox", "Gold", "Haw", "Ing", "Kirk", "Lang", "Mill", "North", "Over", "Pick", "Rams", "Sand",
    )
]
GIVEN_WEIGHTS, FAMILY_WEIGHTS = ([1 / (place + 8) for place in range(len(names))] for names in (GIVEN, FAMILY))


class Loader:
    """COPY into one table after another, with a line of progress for each."""

    def __init__(self, connection):
        self.connection = connection
        self.started = time.monotonic()

    def load(self, table, columns, rows):
        with self.connection.cursor() as cursor:
            # A column of text, bytes or tokens that is not spoken of is empty, as the models leave it.
            cursor.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL"
                " AND is_identity = 'NO' AND data_type = ANY(%s)",
                [table, list(EMPTY)],
            )
            left_out = [(name, EMPTY[kind]) for name, kind in cursor.fetchall() if name not in columns]
            empty, blank = [name for name, _ in left_out], tuple(value for _, value in left_out)
            with cursor.copy(f"COPY {table} ({', '.join([*columns, *empty])}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, *blank))
            # The triggers of the tables to come look things up here; without its statistics they would read all of it for each row.
            cursor.execute(f"ANALYZE {table}")
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1)) FROM {table}")
            cursor.execute(f"SELECT count(*) FROM {table}")
            print(f"  {cursor.fetchone()[0]:>9,} {table}  ({time.monotonic() - self.started:.0f} s)", flush=True)


def main():
    django.setup()
    from django.conf import settings
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Group, Permission
    from django.db import connection as django_connection

    from agencies.founding import enrol, found_agency
    from agencies.models import Agency, User
    from config.database_roles import become_owner

    count = SCALES[scale()]
    dice = random.Random(2026)
    give_back = become_owner(django_connection)
    for number in range(AGENCIES):
        agency = found_agency(f"Agency {number:02}", "housing" if number % 3 else "idva", slug=f"agency-{number:02}")
        for worker in range(WORKERS_AN_AGENCY):
            user = enrol(f"worker{worker}@agency{number:02}.example.org", f"Worker {worker} of {number:02}", agency, "idva")
            user.groups.add(agency.group)  # for guardian's own shortcut, beside which ours is measured
    enrol("nobody@example.org", "Nobody Much", Agency.objects.first(), "information_governance")
    User.objects.update(password=make_password("bench bench bench"))
    agencies = list(Agency.objects.order_by("id").values_list("id", "group_id"))
    workers = {agency: list(User.objects.filter(memberships__agency=agency, memberships__role="idva").order_by("id").values_list("id", flat=True)) for agency, _ in agencies}
    permission = dict(Permission.objects.filter(codename__in=["lead_case", "partner_case"]).values_list("codename", "id"))
    assert Group.objects.exists()
    give_back()
    with psycopg.connect(settings.DATABASE_OWNER_URL) as connection:
        fill(Loader(connection), count, agencies, workers, permission, dice)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    return 0


def references(count):
    """Distinct references in the shape of the real ones."""
    letters = "23456789CDFGHJKLMNPQRTVWXY"
    for number in range(count):
        left, out = number * 104_729 + 17, []
        for _ in range(8):
            left, rest = divmod(left, len(letters))
            out.append(letters[rest])
        word = "".join(out)
        yield f"{word[:4]}-{word[4:]}"


def somebody(number, dice):
    """A person with names as unevenly spread as real ones: a few surnames are everywhere, most are rare."""
    from cases.models import Person

    (given,), (family,) = dice.choices(GIVEN, GIVEN_WEIGHTS), dice.choices(FAMILY, FAMILY_WEIGHTS)
    return Person(id=number, given_name=given, family_name=family, date_of_birth=date(1970 + number % 35, 1 + number % 12, 1 + number % 28), sex="unknown", recorded_at=NOW)


def stored(row, columns):
    """A row as its model would store it: what identifies people sealed, with its tokens."""
    from vault.fields import ReadOff, Sealed, Tokens

    def value(field):
        if isinstance(field, Tokens | ReadOff):
            return field.pre_save(row, add=True)
        return field.sealed(getattr(row, field.attname)) if isinstance(field, Sealed) else getattr(row, field.attname)

    return tuple(value(row._meta.get_field(name)) for name in columns)


def fill(loader, count, agencies, workers, permission, dice):
    names = list(references(count))
    cases = range(1, count + 1)
    holders = {case: dice.sample(agencies, GRANTS_A_CASE) for case in cases}
    opened = {case: NOW - timedelta(hours=dice.randrange(24 * 700)) for case in cases}
    first = {case: workers[holders[case][0][0]][case % WORKERS_AN_AGENCY] for case in cases}
    risks = ["high", "medium", "standard", "standard", ""]
    loader.load(
        "cases_case",
        ["id", "reference", "lead_agency_id", "status", "pathway", "area", "opened_at", "opened_by_id", "closing_reason", "risk_level", "has_stalking_element", "revision"],
        ((case, names[case - 1], holders[case][0][0], "open", "tenant", "bolsover", opened[case], first[case], "", risks[case % 5], False, 0) for case in cases),
    )
    people = ["id", "given_name", "family_name", "also_known_as", "date_of_birth", "birth_year", "tokens", "sex", "recorded_at"]
    loader.load("cases_person", people, (stored(somebody(person, dice), people) for person in range(1, count * 3 + 1)))
    roles = ["victim", "perpetrator", "child"]
    loader.load(
        "cases_party",
        ["id", "case_id", "person_id", "role", "relationship", "is_unborn", "added_at"],
        ((person, (person - 1) // 3 + 1, person, roles[(person - 1) % 3], "unknown", False, NOW) for person in range(1, count * 3 + 1)),
    )
    loader.load(
        "cases_sharingdecision",
        [
            "id",
            "case_id",
            "recipient_id",
            "level",
            "basis",
            "necessity",
            "risk_believed",
            "restrictions",
            "victim_not_told_reason",
            "decided_at",
            "decided_by_id",
            "deciding_agency_id",
        ],
        ((case, case, holders[case][0][0], "lead", "lead", "", "", "", "", opened[case], first[case], holders[case][0][0]) for case in cases),
    )
    # Five agencies run both kinds of clock on each case; a few promises are missed, the rest are to come.
    due = {}

    def clocks():
        number = 0
        for case in cases:
            for place in range(CLOCKS_A_CASE):
                number += 1
                agency = holders[case][place // 2][0]
                start = NOW - timedelta(hours=60 if number % 200 == 0 else 1, microseconds=dice.randrange(18 * 3600 * 10**6))
                end = start + timedelta(hours=48)
                due[case] = min(due.get(case, end), end)
                stage, stage_at = ("half", start + (end - start) / 2) if end > NOW else ("", None)
                yield (
                    number,
                    case,
                    ("contact", "discussion")[place % 2],
                    agency,
                    workers[agency][case % WORKERS_AN_AGENCY],
                    start,
                    end,
                    "48 elapsed hours (bench)",
                    "",
                    "",
                    "",
                    stage,
                    stage_at,
                )

    loader.load(
        "cases_clock",
        ["id", "case_id", "kind", "agency_id", "owner_id", "started_at", "due_at", "basis", "outcome", "outcome_reason", "breach_reason", "next_stage", "next_stage_at"],
        clocks(),
    )

    def grants():
        number = 0
        for case in cases:
            for place, (agency, group) in enumerate(holders[case]):
                number += 1
                level = "partner" if place else "lead"
                yield (number, case, agency, group, permission[f"{level}_case"], level, case, opened[case], workers[agency][case % WORKERS_AN_AGENCY], due[case])

    # The triggers that keep a case's place on the worklist look it up for each row; over all rows at once it takes a fraction.
    loader.connection.execute("ALTER TABLE cases_grant DISABLE TRIGGER USER")
    loader.load(
        "cases_grant",
        ["id", "content_object_id", "agency_id", "group_id", "permission_id", "level", "decision_id", "started_at", "worker_id", "next_due_at"],
        grants(),
    )
    loader.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with keys still to be checked cannot be altered
    loader.connection.execute("SET CONSTRAINTS ALL DEFERRED")
    loader.connection.execute("ALTER TABLE cases_grant ENABLE TRIGGER USER")
    loader.connection.execute("UPDATE cases_grant SET standing = standing")
    kinds = ["contact", "note", "risk", "sharing"]

    def entries():
        number = 0
        for case in cases:
            for _ in range(200 if case == 1 else ENTRIES_A_CASE):
                number += 1
                agency = holders[case][number % GRANTS_A_CASE][0]
                at = opened[case] + timedelta(minutes=number % 9000)
                yield (number, case, agency, workers[agency][0], "partners" if number % 4 else "agency", kinds[number % 4], "What happened", "A few words about it.", at, at)

    loader.load("cases_entry", ["id", "case_id", "agency_id", "author_id", "audience", "kind", "title", "text", "happened_at", "recorded_at"], entries())
    from cases.models import SafeContact

    number, word = stored(SafeContact(value="07700 900123", code_word="bluebell"), ["value", "code_word"])
    loader.load(
        "cases_safecontact",
        ["id", "case_id", "party_id", "channel", "value", "is_safe", "times", "voicemail", "how", "code_word", "recorded_at", "verified_at", "verified_by_id"],
        ((case, case, (case - 1) * 3 + 1, "phone", number, "yes", "windows", "no", "Ask for Ada", word, NOW, NOW, first[case]) for case in cases),
    )
    loader.load(
        "cases_safewindow",
        ["id", "case_id", "contact_id", "weekday", "starts", "ends"],
        ((case, case, case, case % 7, "12:00", "13:00") for case in cases),
    )
    # What is due besides promises: an action on each case, of every fifth a flag to review, of every third a plan.
    held_by = {case: workers[holders[case][0][0]][case % WORKERS_AN_AGENCY] for case in cases}
    loader.load(
        "cases_task",
        ["id", "case_id", "agency_id", "owner_id", "kind", "origin", "title", "why", "due_at", "raised_at", "outcome"],
        (
            (case, case, holders[case][0][0], held_by[case], "note", f"bench:{case}", "Ring the school", "", NOW + timedelta(hours=case % 400 - 100), opened[case], "")
            for case in cases
        ),
    )
    reviewed = [case for case in cases if case % 5 == 0]
    loader.load(
        "cases_safetyflag",
        ["id", "case_id", "kind", "agency_id", "reason", "raised_at", "raised_by_id", "review_on"],
        ((number, case, "dogs", holders[case][0][0], "Two dogs", NOW, held_by[case], NOW.date() + timedelta(days=case % 56)) for number, case in enumerate(reviewed, 1)),
    )
    planned = [case for case in cases if case % 3 == 0]
    loader.load(
        "cases_safetyplan",
        [
            "id", "case_id", "agency_id", "started_at", "started_by_id", "revision", "number", "finished_at", "finished_by_id", "is_agreed", "agreed_on", "agreed_with",
            "has_copy", "wants_address", "review_on",
        ],
        (
            (
                number, case, holders[case][0][0], NOW, held_by[case], 1, 1, NOW, held_by[case], True, NOW.date(), "Ada", False, False,
                NOW.date() + timedelta(days=case % 84),
            )
            for number, case in enumerate(planned, 1)
        ),
    )
    # One case in a hundred bars somebody: the anti-join has something to do.
    barred = [case for case in cases if case % 100 == 0]
    loader.load(
        "cases_exclusion",
        ["id", "case_id", "user_id", "reason", "made_at", "made_by_id"],
        ((number, case, workers[holders[case][1][0]][0], "neighbour", NOW, first[case]) for number, case in enumerate(barred, 1)),
    )
    # Case 1 is the one whose page is measured: six people (three more than the others).
    extra = count * 3
    loader.load(
        "cases_person",
        people,
        (stored(somebody(extra + number, dice), people) for number in (1, 2, 3)),
    )
    loader.load(
        "cases_party",
        ["id", "case_id", "person_id", "role", "relationship", "is_unborn", "added_at"],
        ((extra + number, 1, extra + number, "child", "child", False, NOW) for number in (1, 2, 3)),
    )


if __name__ == "__main__":
    sys.exit(main())
