"""Promises of one agency about what has no case yet: a call to return, a visit to make. The case file's own clocks stand in cases/clocks.py.

Rooms that make such promises enter their kinds here when the app is set up:
`promises.add_kind("callback", promises.Kind(...))`, then `start` and `stop` inside a gate.
"""

from referrals.promises.engine import KINDS, Kind, add_kind, deliver, of, running, start, stop, sweep

__all__ = ["KINDS", "Kind", "add_kind", "deliver", "of", "running", "start", "stop", "sweep"]
