"""Questions to the ledger: heads, proofs, entries and what led to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL

from mingchu.ledger import merkle
from mingchu.ledger.domain import DeliveryState, LogName, ReactionState, SignedHead, instant
from mingchu.ledger.merkle import Hashing, Range
from mingchu.ledger.models import Entry, Head, Leaf, Node, Outgoing, Reaction, Resting, Waiting
from mingchu.ledger.rows import Columns, Question, Rows, ask

# Nodes are stored for every eighth level: a proof reads at most 128 neighbours for each step.
KEPT_LEVELS = 8
CHAIN_LONGEST = 200
LEAVES_AT_ONCE = 10_000


def signed(head: Head) -> SignedHead:
    """The head as it is published."""
    return SignedHead(
        head.log,
        head.size,
        bytes(head.root).hex(),
        head.algorithm,
        instant(head.time),
        head.key_id,
        bytes(head.signature).hex(),
    )


def latest_head(log: str = LogName.JOURNAL) -> Head | None:
    return Head.objects.filter(log=log).order_by("-size").first()


def head_at(log: str, size: int) -> Head | None:
    return Head.objects.filter(log=log, size=size).first()


def newest(log: str) -> SignedHead | None:
    """The newest head as it is published; None while the log is empty."""
    head = latest_head(log)
    return signed(head) if head else None


def signed_at(log: str, size: int) -> SignedHead | None:
    head = head_at(log, size)
    return signed(head) if head else None


def head_over(log: str, seq: int) -> SignedHead | None:
    """The first head under which the leaf of that number stands: when it was sealed."""
    head = Head.objects.filter(log=log, size__gte=seq).order_by("size").first()
    return signed(head) if head else None


def heads_below(log: str, size: int | None, limit: int) -> list[SignedHead]:
    """Heads from the newest back; below `size` if one is given."""
    heads = Head.objects.filter(log=log)
    if size is not None:
        heads = heads.filter(size__lt=size)
    return list(map(signed, heads.order_by("-size")[:limit]))


def heads_since(log: str, time: datetime | None) -> QuerySet[Head]:
    heads = Head.objects.filter(log=log)
    return (heads.filter(time__gt=time) if time else heads).order_by("time")


def heads_by_size(log: str) -> QuerySet[Head]:
    return Head.objects.filter(log=log).order_by("size")


def waiting_since() -> datetime | None:
    """When the entry that waits longest for its seal was made."""
    oldest = Waiting.objects.filter(log=LogName.JOURNAL).order_by("id").first()
    if oldest is None:
        return None
    return Entry.objects.filter(id=oldest.id).values_list("wall_time", flat=True).first()


# Proofs


def _full(log: str, hashing: Hashing, level: int, index: int) -> bytes:
    """The root of a full subtree, from the nearest level that is kept below it."""
    kept = level - level % KEPT_LEVELS
    first, count = index << (level - kept), 1 << (level - kept)
    rows = (
        Leaf.objects.filter(log=log, seq__gt=first, seq__lte=first + count).order_by("seq")
        if kept == 0
        else Node.objects.filter(
            log=log, level=kept, index__gte=first, index__lt=first + count
        ).order_by("index")
    )
    hashes = [bytes(each) for each in rows.values_list("hash", flat=True)]
    if len(hashes) != count:
        raise LookupError(f"the log {log} lacks leaves or nodes from {first} of level {kept}")
    return merkle.fold(hashing, hashes)


def roots(head: Head | SignedHead, ranges: Sequence[Range]) -> list[bytes]:
    hashing = Hashing(head.algorithm)
    full = partial(_full, head.log, hashing)
    return [merkle.range_root(hashing, start, end, full) for start, end in ranges]


def inclusion(head: Head | SignedHead, seq: int) -> list[bytes]:
    """The path from the leaf of that number up to the head's root."""
    return roots(head, merkle.inclusion_ranges(seq - 1, head.size))


def consistency(old: int, head: Head | SignedHead) -> list[bytes]:
    """What proves that the head's log begins with its own first `old` leaves."""
    return roots(head, merkle.consistency_ranges(old, head.size))


@dataclass(frozen=True)
class Place:
    """Where a leaf stands in its log, and its hash."""

    seq: int
    hash: bytes


def place_of(log: str, item: UUID) -> Place | None:
    """The place of an entry, or of whatever else the log seals."""
    leaf = Leaf.objects.filter(log=log, item=item).first()
    return Place(leaf.seq, bytes(leaf.hash)) if leaf else None


def place_at(log: str, seq: int) -> Place | None:
    leaf = Leaf.objects.filter(log=log, seq=seq).first()
    return Place(leaf.seq, bytes(leaf.hash)) if leaf else None


def leaf_hashes(log: str, size: int) -> Iterator[tuple[int, bytes]]:
    """(number, hash) of the first `size` leaves that are there, in order, never all in memory."""
    leaves = Leaf.objects.filter(log=log, seq__lte=size).order_by("seq")
    rows = leaves.values_list("seq", "hash").iterator(LEAVES_AT_ONCE)
    return ((seq, bytes(leaf)) for seq, leaf in rows)


# Entries


@dataclass(frozen=True)
class Sealed:
    """An entry and its number; None while it waits for its seal."""

    entry: Entry
    seq: int | None


def entry(entry_id: UUID) -> Sealed | None:
    found = Entry.objects.filter(id=entry_id).first()
    return _sealed([found])[0] if found else None


def entries(
    *, subject: str = "", kind: str = "", before: UUID | None = None, limit: int
) -> list[Sealed]:
    """Entries from the newest back, older than `before`."""
    rows = Entry.objects.all()
    if subject:
        rows = rows.filter(subject=subject)
    if kind:
        rows = rows.filter(kind=kind)
    if before:
        rows = rows.filter(id__lt=before)
    return _sealed(list(rows.order_by("-id")[:limit]))


def told_of(subjects: Sequence[str], kind: str, since: datetime) -> list[str]:
    """What entries of a kind say of many subjects, from a moment of the city's time on."""
    named = RawSQL("SELECT unnest(%s::text[])", [list(subjects)])
    rows = Entry.objects.filter(subject__in=named, kind=kind, city_time__gte=since)
    return list(rows.order_by("id").values_list("data", flat=True))


def story(
    subjects: Collection[str],
    *,
    kinds: Collection[str] = (),
    unless_led: str = "",
    before: UUID | None = None,
    until: datetime | None = None,
    limit: int,
) -> list[Entry]:
    """Entries about any of the subjects from the newest back, each with what led to it; `until` is
    a moment of the city.

    Entries of the kind `unless_led` are left out where another entry led to them.
    """
    return [
        _with_cause(row) for row in ask(_asked(subjects, kinds, unless_led, before, until, limit))
    ]


def story_asked(subjects: Collection[str], *, unless_led: str = "", limit: int) -> Question:
    """What the newest part of a story asks."""
    return _asked(subjects, (), unless_led, None, None, limit)


def _asked(
    subjects: Collection[str],
    kinds: Collection[str],
    unless_led: str,
    before: UUID | None,
    until: datetime | None,
    limit: int,
) -> Question:
    one = next(iter(subjects)) if len(subjects) == 1 else ""
    asked: dict[str, object] = {
        # One subject is walked back along its index; several are sorted.
        ("told.subject = %s" if one else "told.subject = ANY(%s::text[])"): one or list(subjects),
        "NOT (told.kind = %s AND told.cause IS NOT NULL)": unless_led,
        "told.kind = ANY(%s::text[])": list(kinds),
        "told.id < %s": before,
        "told.city_time < %s": until,
    }
    asked = {said: value for said, value in asked.items() if value}
    return Question(_story(tuple(asked)), (*asked.values(), limit))


_TOLD, _LED = Columns(Entry), Columns(Entry, ("kind", "data"))


@cache
def _story(asked: tuple[str, ...]) -> str:
    return f"""
        SELECT {_TOLD.sql("told")}, {_LED.sql("led")}
          FROM ledger_entry told LEFT JOIN ledger_entry led ON led.id = told.cause
         WHERE {" AND ".join(asked)} ORDER BY told.id DESC LIMIT %s
    """  # noqa: S608 no value


def _with_cause(values: Sequence[Any]) -> Entry:
    end = len(_TOLD)
    found = _TOLD.made(values[:end])
    found.led = None if values[end] is None else _LED.made(values[end:])
    return found


def entries_by_id(ids: Collection[UUID]) -> dict[UUID, Entry]:
    return {entry.id: entry for entry in _by_id(list(ids))} if ids else {}


_by_id = Rows(Entry, "WHERE id = ANY(%s::uuid[])")


_BACK = """
    WITH RECURSIVE chain (id, cause, step) AS (
        SELECT id, cause, 0 FROM ledger_entry WHERE id = ANY(%s::uuid[])
        UNION ALL
        SELECT led.id, led.cause, step + 1 FROM chain JOIN ledger_entry led ON led.id = chain.cause
        WHERE step < %s
    ) SELECT DISTINCT id FROM chain
"""
_ONWARD = """
    WITH RECURSIVE chain (id) AS (
        SELECT unnest(%s::uuid[])
        UNION
        SELECT answer.id FROM chain JOIN ledger_entry answer ON answer.cause = chain.id
    ) SELECT id FROM chain LIMIT %s
"""


def causes(found: Entry) -> list[Sealed]:
    """What led to an entry, the first cause first."""
    led = set(_connected(_BACK, [found.id])) - {found.id}
    return _sealed(list(Entry.objects.filter(id__in=led).order_by("id")))


def chain(starts: Collection[UUID]) -> list[Sealed]:
    """What led to these entries, they themselves and whatever followed from them, in order of time.

    Of the causes only what is asked for goes on: one list that came in begins a thousand cases.
    """
    found = {*_connected(_BACK, starts), *_connected(_ONWARD, starts)}
    return _sealed(list(Entry.objects.filter(id__in=found).order_by("id")))


def _connected(sql: str, starts: Collection[UUID]) -> list[UUID]:
    with connection.cursor() as db:
        db.execute(sql, [list(starts), CHAIN_LONGEST])
        return [row[0] for row in db.fetchall()]


def answers(found: Entry) -> list[Sealed]:
    """What was done in answer to an entry."""
    return _sealed(list(Entry.objects.filter(cause=found.id).order_by("id")[:CHAIN_LONGEST]))


def _sealed(rows: list[Entry]) -> list[Sealed]:
    known = dict(
        Leaf.objects.filter(log=LogName.JOURNAL, item__in=[row.id for row in rows]).values_list(
            "item", "seq"
        )
    )
    return [Sealed(row, known.get(row.id)) for row in rows]


# How the ledger is


@dataclass(frozen=True)
class Standing:
    """What waits and what failed."""

    unsealed: int
    unsealed_since: datetime | None
    failed_reactions: int
    undelivered: int
    dead: int

    @property
    def not_arrived(self) -> int:
        return self.undelivered + self.dead


def standing() -> Standing:
    return Standing(
        unsealed=Waiting.objects.count(),
        unsealed_since=waiting_since(),
        failed_reactions=Reaction.objects.filter(state=ReactionState.FAILED).count(),
        undelivered=_undelivered().filter(state=DeliveryState.PENDING).count(),
        dead=_undelivered().filter(state=DeliveryState.DEAD).count(),
    )


# The journal as others read it on


@dataclass(frozen=True)
class SealedEntry:
    """An entry with its number in the journal."""

    seq: int
    entry: Entry


_AFTER = """
    SELECT leaf.seq, leaf.item FROM ledger_leaf leaf JOIN ledger_entry entry ON entry.id = leaf.item
    WHERE leaf.log = 'journal' AND leaf.seq > %s AND starts_with(entry.kind, %s)
    ORDER BY leaf.seq LIMIT %s
"""


def sealed_after(seq: int, kind: str, limit: int) -> list[SealedEntry]:
    """Entries whose kind begins with `kind`, in the order of their numbers, after a number."""
    with connection.cursor() as db:
        db.execute(_AFTER, [seq, kind, limit])
        found = db.fetchall()
    rows = Entry.objects.in_bulk([item for _, item in found])
    return [SealedEntry(number, rows[item]) for number, item in found]


def sealed_size() -> int:
    """How many entries of the journal have their number."""
    head = latest_head()
    return head.size if head else 0


@dataclass(frozen=True)
class Failed:
    """A reaction that failed, with the entry it should have answered, if that is still there."""

    entry_id: UUID
    entry: Entry | None
    handler: str
    attempts: int
    error: str
    at: datetime
    next_try: datetime | None


def failed_reactions(*, limit: int) -> list[Failed]:
    """What failed and waits to be tried again, the soonest first."""
    runs = list(
        Reaction.objects.filter(state=ReactionState.FAILED).order_by("next_try", "pk")[:limit]
    )
    told = Entry.objects.in_bulk([run.entry_id for run in runs])
    return [
        Failed(
            run.entry_id,
            told.get(run.entry_id),
            run.handler,
            run.attempts,
            run.error,
            run.at,
            run.next_try,
        )
        for run in runs
    ]


@dataclass(frozen=True)
class Attempted:
    """A message as its attempts left it. Its payload stays unseen."""

    key: UUID
    channel: str
    receiver: str
    subject: str
    state: DeliveryState
    attempts: int
    error: str
    answer: str
    made: datetime
    next_try: datetime
    ended: datetime | None

    @property
    def is_dead(self) -> bool:
        return self.state is DeliveryState.DEAD


def undelivered(*, limit: int) -> list[Attempted]:
    """What was given up first, then what is still tried; the oldest first."""
    return [_attempted(row) for row in _undelivered().order_by("state", "id")[:limit]]


def messages_to(channel: str, receiver: str, *, limit: int) -> list[Attempted]:
    """What went to a receiver or waits for it, the newest first."""
    rows = Outgoing.objects.filter(channel=channel, receiver=receiver).order_by("-id")
    return [_attempted(row) for row in rows[:limit]]


def is_to(key: UUID, channel: str, receiver: str) -> bool:
    """Whether a message is for this receiver."""
    return Outgoing.objects.filter(delivery=key, channel=channel, receiver=receiver).exists()


@dataclass(frozen=True)
class Tally:
    """How many messages wait for a receiver, and how many were given up."""

    waiting: int = 0
    dead: int = 0


def tallies(channels: Collection[str]) -> dict[tuple[str, str], Tally]:
    """The same for every receiver of some channels that has any."""
    found = (
        Outgoing.objects.filter(channel__in=channels)
        .exclude(state=DeliveryState.SENT)
        .values_list("channel", "receiver")
        .annotate(
            waiting=Count("id", filter=Q(state=DeliveryState.PENDING)),
            dead=Count("id", filter=Q(state=DeliveryState.DEAD)),
        )
    )
    return {(channel, who): Tally(waiting, dead) for channel, who, waiting, dead in found}


@dataclass(frozen=True)
class Rest:
    """A receiver that did not answer, until when it is left alone, and why."""

    channel: str
    receiver: str
    until: datetime
    error: str


def resting(channels: Collection[str]) -> list[Rest]:
    rows = Resting.objects.filter(channel__in=channels).order_by("channel", "receiver")
    return [Rest(row.channel, row.receiver, row.until, row.error) for row in rows]


def _attempted(row: Outgoing) -> Attempted:
    return Attempted(
        row.delivery,
        row.channel,
        row.receiver,
        row.subject,
        DeliveryState(row.state),
        row.attempts,
        row.error,
        row.answer,
        row.made,
        row.next_try,
        row.ended,
    )


def _undelivered() -> QuerySet[Outgoing]:
    """Dead ones, and those of which an attempt failed."""
    tried = Q(state=DeliveryState.PENDING, attempts__gt=0)
    return Outgoing.objects.filter(tried | Q(state=DeliveryState.DEAD))
