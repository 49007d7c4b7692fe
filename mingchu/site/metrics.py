"""Metrics: each process tells its counts, and that it lives, every ten seconds to one table."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from datetime import timedelta

from django.db import DatabaseError, connection

from mingchu.base import clock, meters
from mingchu.site.models import Meter, Process

FLUSH_SECONDS = 10
FORGOTTEN_AFTER = timedelta(hours=1)
HELP = {
    "mingchu_requests_total": ("counter", "Requests answered, by route and status."),
    "mingchu_request_seconds": ("histogram", "Time to answer, by route."),
    "mingchu_trace_prefix_conflicts_total": (
        "counter",
        "Identifiers told with a company prefix of another length than at first.",
    ),
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


def beat() -> None:
    """Says that this process lives; those silent for long are struck off."""
    now = clock.wall()
    Process.objects.update_or_create(
        name=os.environ.get("MINGCHU_PROCESS", "web"),
        pid=os.getpid(),
        defaults={"seen": now},
        create_defaults={"seen": now, "started": now},
    )
    Process.objects.filter(seen__lt=now - FORGOTTEN_AFTER).delete()


def flush_loop(stop: threading.Event) -> None:
    """Runs in a thread of every process; the database may be away for a while."""
    while True:
        try:
            beat()
            flush()
        except DatabaseError:
            _log.warning("no sign of life this time", exc_info=True)
        finally:
            connection.close()
        if stop.wait(FLUSH_SECONDS):
            return


def start_once() -> None:
    """A web process starts its loop; a second call does nothing."""
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
