"""Proving 证明: one entry, from its content up to the signed head, checked here and now."""

from __future__ import annotations

from dataclasses import dataclass

from mingchu.ledger import queries
from mingchu.ledger.domain import LogName, SignedHead
from mingchu.ledger.keys import HEADS, is_signed
from mingchu.ledger.merkle import Hashing, verify_inclusion
from mingchu.ledger.models import Entry
from mingchu.ledger.services.verifying import content_digest


@dataclass(frozen=True)
class Proof:
    """How far an entry can be proved; each step stands only if those before it do.

    `sealed` is the head it was sealed under, `head` the newest, under which it still has to stand.
    """

    content: bool
    sealed: SignedHead | None = None
    head: SignedHead | None = None
    leaf_hash: str = ""
    path: tuple[str, ...] = ()
    included: bool = False
    signed: bool = False

    @property
    def waits(self) -> bool:
        return self.content and self.head is None

    @property
    def ok(self) -> bool:
        return self.content and self.included and self.signed


def prove(entry: Entry) -> Proof:
    """Recomputes the digest, finds the leaf, climbs to the newest head and checks its signature."""
    digest = content_digest(entry)
    content = digest == bytes(entry.digest)
    place = queries.place_of(LogName.JOURNAL, entry.id)
    head = queries.newest(LogName.JOURNAL)
    if place is None or head is None or place.seq > head.size:
        return Proof(content)
    hashing = Hashing(head.algorithm)
    leaf = hashing.leaf(digest)
    try:
        path = queries.inclusion(head, place.seq)
    except LookupError:  # leaves or nodes were taken away: nothing can be proved, and it is said
        path = []
    root = bytes.fromhex(head.root)
    return Proof(
        content,
        queries.head_over(LogName.JOURNAL, place.seq),
        head,
        place.hash.hex(),
        tuple(step.hex() for step in path),
        verify_inclusion(hashing, leaf, place.seq - 1, head.size, path, root),
        is_signed(HEADS.opened(), head),
    )
