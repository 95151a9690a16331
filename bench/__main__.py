"""`make bench`: makes the data where it is missing, takes every figure, prints the table, writes bench/results.json."""

import json
import subprocess
import sys
from pathlib import Path

from bench import scale
from bench.database import ROOT, prepare

# The most that each ratio may be (the house style, section 11), and the most that a figure may grow from 1k to the scale.
TARGETS = {
    "worklist": 2, "my_work": 2, "case_page": 3, "visible_cases": 0.5, "visible_cases_raw": 1.5, "search": 2, "matching": 2, "sweep": 10, "http_list": 2,
    "http_case": 2, "http_search": 2,
}
GROWTH = {"worklist": 1.5, "case_page": 1.3, "sweep": 1.3}
QUERIES = {"worklist": 12, "my_work": 12, "case_page": 25}


def main():
    chosen = scale()
    small = figures("1k", ["measure"]) if chosen != "1k" else []
    rows = figures(chosen, ["measure", "web"])
    before = {row["name"]: row["ours_ms"] for row in small}
    for row in rows:
        if row["name"] in GROWTH and row["name"] in before:
            row["growth"] = round(row["ours_ms"] / before[row["name"]], 2)
    results = Path(__file__).parent / "results.json"
    results.write_text(json.dumps(rows, indent=2) + "\n")
    print(table(rows))
    return 0


def figures(chosen, parts):
    """The rows of one scale, each part in a process of its own."""
    environment = prepare(chosen, say)
    rows = []
    for part in parts:
        say(f"Measuring {part} at {chosen} ...")
        done = subprocess.run([sys.executable, "-W", "ignore", "-m", f"bench.{part}"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        rows += json.loads(done.stdout.strip().splitlines()[-1])
    return rows


def table(rows):
    """The figures as people read them; what misses its figure says so."""
    lines = [f"{'name':<20}{'ours ms':>10}{'floor ms':>10}{'ratio':>8}{'at most':>9}{'queries':>9}{'growth':>8}  "]
    for row in rows:
        name = row["name"]
        missed = [
            word
            for word, value, most in (("ratio", row["ratio"], TARGETS[name]), ("growth", row.get("growth"), GROWTH.get(name)), ("queries", row["queries"], QUERIES.get(name)))
            if value is not None and most is not None and value > most
        ]
        lines.append(
            f"{name:<20}{row['ours_ms']:>10.2f}{row['floor_ms']:>10.2f}{row['ratio']:>8.2f}{TARGETS[name]:>9}{row['queries'] or '':>9}{row.get('growth', ''):>8}"
            f"  {'MISSED: ' + ', '.join(missed) if missed else 'reached'}"
        )
    return "\n".join(lines)


def say(line):
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
