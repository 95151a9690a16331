"""How a figure is taken: ours and its floor in turns, medians of the rounds, the database's share by replaying the same statements."""

import resource
import statistics
import time
from contextlib import contextmanager

from django.db import connection


@contextmanager
def statements():
    """Collects (sql, parameters) of everything that runs inside."""
    found = []

    def note(execute, sql, params, many, context):
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def replay(found):
    """Run statements again, all rows fetched, without Django in between; those that were made once as they run, with their plan kept."""
    from cases.compiled import prepared

    with connection.connection.cursor() as each, prepared() as kept:
        for sql, params in found:
            cursor = kept if isinstance(params, dict) else each
            cursor.execute(sql, params)
            if cursor.description:
                cursor.fetchall()


def in_turns(ours, floor, rounds=31):
    """Medians in milliseconds of two functions run in turns, after a warm-up."""
    times = ([], [])
    for turn in range(rounds + 3):
        for place, function in enumerate((ours, floor)):
            start = time.perf_counter()
            function()
            if turn >= 3:
                times[place].append((time.perf_counter() - start) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def row(name, scale, ours_ms, floor_ms, queries=None, **more):
    """One line of bench/results.json."""
    return {
        "name": name,
        "scale": scale,
        "ours_ms": round(ours_ms, 3),
        "floor_ms": round(floor_ms, 3),
        "ratio": round(ours_ms / floor_ms, 2),
        "queries": queries,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        **more,
    }
