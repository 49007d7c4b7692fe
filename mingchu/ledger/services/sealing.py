"""Sealing 封存: committed entries get their number, the log grows, its head is signed.

One sealer at a time (an advisory lock). A batch is one transaction: the leaves leave the queue,
ordered by id, which is the order of making, and take the next numbers without gaps. Then the head
goes to disk outside of the database; if the process dies before that, the next sealing does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from mingchu.base import clock
from mingchu.ledger import domain, outside, queries
from mingchu.ledger.domain import LogName
from mingchu.ledger.keys import HEADS
from mingchu.ledger.merkle import HASH_BYTES, Growing, Hashing
from mingchu.ledger.models import Head, Waiting

LOCK = 0x6D63_5EA1
BATCH = 20_000

_TAKE = """
    WITH due AS (SELECT id FROM ledger_waiting WHERE log = %s ORDER BY id LIMIT %s)
    DELETE FROM ledger_waiting USING due WHERE ledger_waiting.id = due.id
    RETURNING ledger_waiting.id, digest
"""
_LEAVES = "COPY ledger_leaf (log, seq, item, hash) FROM STDIN"
_NODES = 'COPY ledger_node (log, level, "index", hash) FROM STDIN'


def seal(batch: int = BATCH) -> int:
    """Seals all that is committed and waits, in every log; how many leaves it were.

    Zero as well when another process is sealing: it will come to them.
    """
    if not Waiting.objects.exists():
        return 0
    return sum(sealed for log in LogName for sealed in _batches(log, batch))


def publish_heads() -> None:
    """Brings the outside copies up to date, as after a crash between commit and copy."""
    for log in LogName:
        _publish(log)


def append_to(log: LogName, item: UUID, content_digest: bytes) -> None:
    """A leaf for a log other than the journal (draws, publications), in the caller's transaction.

    The journal's own leaves are queued by the database itself.
    """
    Waiting.objects.create(id=item, log=log, digest=content_digest)


def _batches(log: LogName, batch: int) -> Iterator[int]:
    while True:
        with transaction.atomic():
            if not _is_ours():
                return
            sealed = _seal_batch(log, batch)
        if sealed:
            # Under no lock: two sealers could write a head twice, which says nothing wrong.
            _publish(log)
            yield sealed
        if sealed < batch:
            return


def _is_ours() -> bool:
    """The lock until the end of the transaction; not waited for."""
    with connection.cursor() as db:
        db.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(db.fetchone()[0])


def _seal_batch(log: LogName, batch: int) -> int:
    with connection.cursor() as db:
        db.execute(_TAKE, [log, batch])
        taken = sorted(db.fetchall())
    if not taken:
        return 0
    before = queries.latest_head(log)
    tree = _tree(before)
    _write_leaves(log, tree, taken)
    _sign(log, tree, before.time if before else None)
    return len(taken)


def _tree(head: Head | None) -> Growing:
    """The tree as the last head left it; its algorithm stays the log's for good."""
    if head is None:
        return Growing(Hashing(settings.DIGEST))
    peaks = bytes(head.peaks)
    return Growing(
        Hashing(head.algorithm),
        head.size,
        [peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)],
    )


def _write_leaves(log: LogName, tree: Growing, taken: Sequence[tuple[UUID, bytes]]) -> None:
    hashes = [tree.hashing.leaf(bytes(digest)) for _, digest in taken]
    first = tree.size + 1
    with connection.cursor() as db, db.copy(_LEAVES) as rows:
        for seq, ((item, _), leaf) in enumerate(zip(taken, hashes, strict=True), first):
            rows.write_row((log, seq, item, leaf))
    kept = [row for row in tree.extend(hashes) if row[0] % queries.KEPT_LEVELS == 0]
    with connection.cursor() as db, db.copy(_NODES) as rows:
        for level, index, node in kept:
            rows.write_row((log, level, index, node))


def _sign(log: LogName, tree: Growing, before: datetime | None) -> None:
    """Times of heads ascend even where the machine's clock is set back."""
    now = clock.wall()
    time = max(now, before + timedelta(microseconds=1)) if before else now
    key, root, algorithm = HEADS.signing(), tree.root(), tree.hashing.algorithm
    covered = domain.head_bytes(log, tree.size, root, algorithm, time, key.key_id)
    Head.objects.create(
        log=log,
        size=tree.size,
        root=root,
        peaks=b"".join(tree.peaks),
        algorithm=algorithm,
        time=time,
        key_id=key.key_id,
        signature=key.sign(covered),
    )


def _publish(log: LogName) -> None:
    """Every head that the outside copy has not seen, by time: after a restore both lines stay."""
    last = outside.last(log)
    since = datetime.fromisoformat(last.time) if last else None
    outside.append(log, map(queries.signed, queries.heads_since(log, since).iterator()))
