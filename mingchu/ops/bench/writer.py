"""One writer of the ledger bench, a process of its own: an act a transaction, until told time.

`python -m mingchu.ops.bench.writer entries|bare SECONDS` prints how many were committed. `bare`
inserts a row of like size with nothing around it: what the database does at best.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from time import perf_counter

BARE_TABLE = "bench_bare"
ACTOR = "system:bench"


def entries() -> Callable[[], None]:
    """One official act: an event recorded in its transaction."""
    from django.db import transaction

    from mingchu.accounts.events import TokenRevoked
    from mingchu.ledger.services import acting, record

    event = TokenRevoked(subject=f"bench:{os.getpid()}", token_id=str(os.getpid()))

    def write() -> None:
        with transaction.atomic(), acting(ACTOR):
            record(event)

    return write


def bare() -> Callable[[], None]:
    from uuid import uuid4

    from django.db import connection

    filler = "x" * 400  # about what an entry holds

    def write() -> None:
        with connection.cursor() as db:
            db.execute(f"INSERT INTO {BARE_TABLE} VALUES (%s, %s)", [uuid4(), filler])  # noqa: S608

    return write


def count(write: Callable[[], None], seconds: float) -> int:
    """Commits until the time is over; the first, which connects, is not counted."""
    write()
    done, end = 0, perf_counter() + seconds
    while perf_counter() < end:
        write()
        done += 1
    return done


if __name__ == "__main__":
    from mingchu.ops import home

    home.configure()
    made = {"entries": entries, "bare": bare}[sys.argv[1]]()
    print(count(made, float(sys.argv[2])))
