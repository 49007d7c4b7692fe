"""One client of the alerts bench, a process of its own in the measured house.

`python -m mingchu.ops.bench.signalling write KIND NUMBER SECONDS` raises batches until the time is
over and prints how many signals; `stand KIND COUNT` raises so many different ones; `fold` folds
what waits; `night` runs the night and prints its seconds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any

BATCH = 100
UNTIL = "2099-12-31"
DISTRICT, STATION = "150105", "150105001"


def signals(kind: str, first: int, count: int) -> Iterator[Any]:
    """Different things, each with what a licence's signal has."""
    from mingchu.signals.domain import Signal

    for number in range(first, first + count):
        yield Signal(
            kind=kind,
            subject=f"bench:{number}",
            district=DISTRICT,
            station=STATION,
            labels={"until": UNTIL, "step": "30"},
        )


def _raise(kind: str, firsts: list[int], count: int) -> None:
    from django.db import transaction

    from mingchu.signals.services import raise_signals

    with transaction.atomic():
        raise_signals(one for first in firsts for one in signals(kind, first, count))


def stand(kind: str, count: int) -> dict[str, Any]:
    """So many alerts that are open before anything is measured."""
    for first in range(0, count, BATCH):
        _raise(kind, [first], BATCH)
    return {"raised": count}


def write(kind: str, number: int, seconds: float, standing: int) -> dict[str, Any]:
    """Half of every batch is new, half is about what stands open already."""
    half, raised, new = BATCH // 2, 0, standing * (number + 2)
    begun = perf_counter()
    while perf_counter() < begun + seconds:
        _raise(kind, [new, (new * 7 + number * 13) % (standing - half)], half)
        new, raised = new + half, raised + BATCH
    return {"raised": raised}


def night() -> dict[str, Any]:
    """Over all facts of the registry: the first night, which finds all there is; the next, which
    finds what a day has changed; and the same again, with nothing new."""
    from datetime import timedelta

    from mingchu.alerts.models import Alert
    from mingchu.alerts.services import feed_all
    from mingchu.base import clock

    spent, now = [], clock.now()
    for days in (0, 1, 1):
        with clock.at(now + timedelta(days=days)):
            begun = perf_counter()
            fed = feed_all()
            spent.append({"seconds": perf_counter() - begun, "raised": fed.raised})
    return {"runs": spent, "open": Alert.objects.filter(ended_at__isnull=True).count()}


def fold() -> dict[str, Any]:
    from mingchu.alerts.services import fold as fold_waiting

    return {"folded": fold_waiting()}


if __name__ == "__main__":
    from mingchu.ops import home

    home.configure()
    act, *said = sys.argv[1:]
    if act == "write":
        told = write(said[0], int(said[1]), float(said[2]), int(said[3]))
    elif act == "stand":
        told = stand(said[0], int(said[1]))
    else:
        told = {"night": night, "fold": fold}[act]()
    print(json.dumps(told))
