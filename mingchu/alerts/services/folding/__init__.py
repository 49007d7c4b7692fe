"""Folding 归并: signals that wait become alerts, batch by batch, each batch one transaction.

One folder at a time, by a lock in the database: that something is so and that it is so no more
have to be taken in one order, and so has what covers what. A folder that is killed leaves the
batch as it was; whoever comes next takes it again.
"""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from django.db import connection, transaction

from mingchu.alerts.models import Tally
from mingchu.alerts.services import calling
from mingchu.alerts.services.folding import batches, intake
from mingchu.base import clock
from mingchu.ledger.services import acting, caused_by

LOCK = 0x6D63_A1E7
BATCH = 5_000
ACTOR = "system:alerts"
TALLIED = timedelta(hours=1)


def fold(*, seconds: float | None = None, batch: int = BATCH) -> int:
    """Folds all that is committed and waits; how many signals it were.

    With `seconds` it stops after that long, though more may wait: see `is_waiting`.
    """
    end = None if seconds is None else monotonic() + seconds
    done = 0
    with acting(ACTOR), caused_by(None):
        _look_again()
        while taken := _batch(batch):
            done += taken
            if end is not None and monotonic() > end:
                break
        calling.call_all()
    return done


def is_waiting() -> bool:
    return intake.is_waiting()


def forget_tallies() -> int:
    """Counts of minutes that are long over; how many."""
    old = Tally.objects.filter(minute__lt=clock.now() - TALLIED)
    return old.delete()[0]


@transaction.atomic
def _look_again() -> None:
    _alone()
    intake.look_again()


@transaction.atomic
def _batch(size: int) -> int:
    """The next batch; how many signals were taken out of the intake, laid aside included."""
    _alone()
    taken = intake.take(size)
    if not taken.count:
        return 0
    batches.fold_batch(taken.sound)
    intake.put_away(taken)
    calling.call()
    return taken.count


def _alone() -> None:
    with connection.cursor() as db:
        db.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
