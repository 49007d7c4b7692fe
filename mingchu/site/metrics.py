"""Metrics: every process tells its counts to one table every ten seconds; `/metrics` sums them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

from django.db import DatabaseError, connection

from mingchu.base import meters
from mingchu.site.models import Meter

FLUSH_SECONDS = 10
HELP = {
    "mingchu_requests_total": ("counter", "Requests answered, by route and status."),
    "mingchu_request_seconds": ("histogram", "Time to answer, by route."),
}
_log = logging.getLogger(__name__)
_started = threading.Lock()


def flush() -> int:
    """Adds this process's counts to the table; what fails is kept for the next time."""
    taken = meters.take()
    if not taken:
        return 0
    rows = sorted((name, labels, value) for (name, labels), value in taken.items())
    table = connection.ops.quote_name(Meter._meta.db_table)
    try:
        with connection.cursor() as db:
            db.executemany(
                f"INSERT INTO {table} AS m (name, labels, value) VALUES (%s, %s, %s) "  # noqa: S608
                "ON CONFLICT (name, labels) DO UPDATE SET value = m.value + excluded.value",
                rows,
            )
    except DatabaseError:
        meters.give_back(taken)
        _log.warning("metrics kept for later", exc_info=True)
        return 0
    return len(rows)


def flush_loop(stop: threading.Event) -> None:
    """Runs in a thread of every process that counts."""
    while not stop.wait(FLUSH_SECONDS):
        flush()
        connection.close()
    flush()
    connection.close()


def start_once() -> None:
    """The first request of a web process starts its flushing; a second call does nothing."""
    if _started.acquire(blocking=False):
        threading.Thread(
            target=flush_loop, args=(threading.Event(),), name="metrics", daemon=True
        ).start()


def text() -> str:
    """All counters in Prometheus' text form."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    told: set[str] = set()
    for meter in Meter.objects.order_by("name", "labels"):
        family = next((name for name in HELP if meter.name.startswith(name)), meter.name)
        if family not in told:
            told.add(family)
            kind, says = HELP.get(family, ("counter", ""))
            yield f"# HELP {family} {says}".rstrip()
            yield f"# TYPE {family} {kind}"
        labels = f"{{{meter.labels}}}" if meter.labels else ""
        yield f"{meter.name}{labels} {meter.value:.10g}"
