"""Verifying 核验: the whole journal is read once, in one snapshot, and the first fault is named.

Four things are held against one another: each entry and its own digest, the digest and its leaf,
the leaves and the signed heads, and the heads here and the copies outside. A fault in the first
two has an exact number; one that only a head tells lies after the last head that was right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import merge
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from mingchu.ledger import domain, outside, queries
from mingchu.ledger.domain import Found, LogName, SignedHead, Verdict
from mingchu.ledger.keys import HEADS, is_signed
from mingchu.ledger.merkle import Growing, Hashing
from mingchu.ledger.models import Entry
from mingchu.ledger.services.recording import COLUMNS

ROWS_AT_ONCE = 2000
_LOG = LogName.JOURNAL

_columns = ", ".join(f"entry.{name}" for name in COLUMNS)
_WALK = f"""
    SELECT leaf.seq, leaf.item, leaf.hash, {_columns}
    FROM ledger_leaf leaf LEFT JOIN ledger_entry entry ON entry.id = leaf.item
    WHERE leaf.log = 'journal' ORDER BY leaf.seq
"""  # noqa: S608
_ELSEWHERE = "SELECT EXISTS (SELECT FROM ledger_leaf WHERE log = 'journal' AND hash = %s)"
_COUNTS = """
    SELECT (SELECT count(*) FROM ledger_entry),
           (SELECT count(*) FROM ledger_waiting WHERE log = 'journal')
"""
_UNQUEUED = """
    SELECT EXISTS (SELECT FROM ledger_entry entry
        WHERE NOT EXISTS (SELECT FROM ledger_waiting w WHERE w.id = entry.id)
        AND NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.item = entry.id AND l.log = 'journal'))
"""
# Entries made only after a head cannot stand under it; were others displaced behind it?
_OUT_OF_TIME = """
    SELECT min(leaf.seq) FILTER (WHERE leaf.seq <= %(size)s AND entry.wall_time > %(time)s),
           bool_or(leaf.seq > %(size)s AND entry.wall_time <= %(time)s)
    FROM ledger_leaf leaf JOIN ledger_entry entry ON entry.id = leaf.item
    WHERE leaf.log = 'journal' AND leaf.seq > %(after)s
"""


def verify(head_file: Path | None = None) -> Verdict:
    """The state of the journal; with a head somebody kept, also against that one."""
    # Read before the snapshot is taken: a head outside is never newer than the database then.
    given = sorted(outside.given(head_file, _LOG), key=attrgetter("size")) if head_file else []
    kept = [*outside.runs(outside.path_of(_LOG)), given]
    with _snapshot():
        newest = queries.latest_head(_LOG)
        stored = map(queries.signed, queries.heads_by_size(_LOG).iterator())
        due = merge(stored, *kept, key=attrgetter("size"))
        algorithm = newest.algorithm if newest else settings.DIGEST
        fault = _Walk(due, Hashing(algorithm)).fault() or _fault_of_queue()
        with connection.cursor() as db:
            db.execute(_COUNTS)
            entries, unsealed = db.fetchone()
    return Verdict(entries, unsealed, queries.signed(newest) if newest else None, fault)


@contextmanager
def _snapshot() -> Iterator[None]:
    """Everything inside sees the ledger as of one moment, while it goes on being written."""
    with transaction.atomic():
        with connection.cursor() as db:
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _rows() -> Iterator[tuple[Any, ...]]:
    """Leaves with their entries in order of number, never all in memory."""
    connection.ensure_connection()
    with connection.connection.cursor(name="ledger_walk") as db:
        db.itersize = ROWS_AT_ONCE
        db.execute(_WALK)
        yield from db


class _Walk:
    """Goes through the leaves with the heads beside them, each at its size."""

    def __init__(self, heads: Iterator[SignedHead], hashing: Hashing):
        self.heads = heads
        self.due = next(heads, None)
        self.tree = Growing(hashing)
        self.keys = HEADS.opened()
        self.sealed_until = 0
        self.last_item: Any = None

    def fault(self) -> Found | None:
        for seq, item, leaf, *columns in _rows():
            fault = self._fault_of_row(seq, item, bytes(leaf), columns)
            if fault is None:
                deque(self.tree.extend([bytes(leaf)]), maxlen=0)
                fault = self._fault_of_heads()
            if fault:
                return fault
        if self.due:
            return Found(self.tree.size + 1, "cut")
        if self.tree.size > self.sealed_until:
            return Found(self.sealed_until + 1, "head")
        return None

    def _fault_of_row(self, seq: int, item: Any, leaf: bytes, columns: list[Any]) -> Found | None:
        expected = self.tree.size + 1
        if seq != expected or columns[0] is None:
            return Found(expected, "removed")
        entry = Entry(**dict(zip(COLUMNS, columns, strict=True)))
        if (proper := content_digest(entry)) != bytes(entry.digest):
            return Found(seq, "altered")
        if (proper_leaf := self.tree.hashing.leaf(proper)) != leaf:
            return Found(seq, "reordered" if _stands_elsewhere(proper_leaf) else "altered")
        # A batch is sealed in the order of its ids.
        in_batch = seq > self.sealed_until + 1
        before, self.last_item = self.last_item, item
        return Found(seq, "reordered") if in_batch and item < before else None

    def _fault_of_heads(self) -> Found | None:
        """Every head of this size must be signed by us and commit to exactly these leaves."""
        while self.due and self.due.size == self.tree.size:
            if not is_signed(self.keys, self.due):
                return Found(self.due.size, "head")
            if self.due.root != self.tree.root().hex():
                return self._between(self.due)
            self.sealed_until = self.tree.size
            self.due = next(self.heads, None)
        return None

    def _between(self, head: SignedHead) -> Found:
        """The head does not commit to these leaves, though each of them fits its entry."""
        first = self.sealed_until + 1
        with connection.cursor() as db:
            asked: dict[str, int | str] = {
                "after": self.sealed_until,
                "size": head.size,
                "time": head.time,
            }
            db.execute(_OUT_OF_TIME, asked)
            early, displaced = db.fetchone()
        if early is None:
            return Found(first, "altered")
        return Found(early, "reordered" if displaced else "cut")


def content_digest(entry: Entry) -> bytes:
    """The digest the entry ought to have."""
    content = domain.entry_bytes(
        entry.id,
        entry.kind,
        entry.subject,
        entry.data,
        entry.cause,
        entry.actor,
        entry.post,
        entry.request,
        entry.city_time,
        entry.wall_time,
    )
    return domain.digest(content, entry.algorithm)


def _stands_elsewhere(leaf: bytes) -> bool:
    with connection.cursor() as db:
        db.execute(_ELSEWHERE, [leaf])
        return bool(db.fetchone()[0])


def _fault_of_queue() -> Found | None:
    """An entry neither sealed nor waiting: somebody took its leaf away, or its place in line."""
    with connection.cursor() as db:
        db.execute(_UNQUEUED)
        return Found(None, "removed") if db.fetchone()[0] else None
