"""Recording 入库时刻: the moment an event is recorded, and until which no more will come.

The moment is the database's own, taken inside the capture's transaction after a lock that is shared
by all who capture and goes with the commit. Captures commit in any order; but one that is not
committed yet still holds its lock, and began before the moment it took. So what was recorded before
the beginning of the oldest of them is all there, and whoever follows the events goes no further.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from mingchu.base import clock

# The lock of whoever captures, in the space of locks with two numbers.
SPACE, CAPTURING = 0x65706369, 1
# A query of one row, its moment called `at`. The lock is taken first, then the clock is read.
MOMENT = f"""
SELECT coalesce(%s::timestamptz, clock_timestamp() + %s::interval) AS at
  FROM (SELECT pg_advisory_xact_lock_shared({SPACE}, {CAPTURING}) OFFSET 0) AS writing
"""  # noqa: S608 no value
# Inside a transaction the state of the others would be the one that was first looked at.
NOW = "SELECT clock_timestamp() FROM (SELECT pg_stat_clear_snapshot() OFFSET 0) AS anew"
OPEN = f"""
SELECT count(*), count(xact_start), min(xact_start)
  FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
 WHERE locktype = 'advisory' AND objsubid = 2 AND classid = {SPACE} AND objid = {CAPTURING}
   AND pg_locks.pid <> pg_backend_pid() AND pg_locks.database =
       (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 no value
_TICK = timedelta(microseconds=1)


def moment() -> list[Any]:
    """What fills the places of MOMENT: where the city's time stands still, that time is it."""
    shift = clock.shift()
    return [clock.now(), None] if shift is None else [None, shift]


def present() -> datetime:
    """The city's present moment by the database's clock: what is there was recorded before it."""
    return _present(clock.shift())


def horizon() -> datetime | None:
    """Before it, all is there that ever will be; None while that cannot be told."""
    shift = clock.shift()
    if shift is None:
        return clock.now() + _TICK
    now = _present(shift)
    with connection.cursor() as db:
        db.execute(OPEN)
        capturing, known, since = db.fetchone()
    if capturing != known:
        return None
    return now if since is None else min(now, since + shift)


def _present(shift: timedelta | None) -> datetime:
    if shift is None:
        return clock.now()
    with connection.cursor() as db:
        db.execute(NOW)
        found: datetime = db.fetchone()[0]
    return found + shift
