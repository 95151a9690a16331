"""How fast Waymark is, each figure beside its floor in the same run on the same rows: `make bench SCALE=10k`."""

import os

# cases; the rest follows from it (design: 100k cases, 1M grants, 40 agencies, 2M chronology entries, 1M running clocks)
SCALES = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
AGENCIES = 40
GRANTS_A_CASE = 10
ENTRIES_A_CASE = 20
CLOCKS_A_CASE = 10
WORKERS_AN_AGENCY = 25


def scale():
    """The scale asked for in the environment."""
    name = os.environ.get("SCALE", "10k")
    if name not in SCALES:
        raise SystemExit(f"SCALE must be one of {', '.join(SCALES)}, not {name!r}.")
    return name
