"""Comparing 比对: does a log still hold everything that an older head of it committed to?

The leaves themselves are read, not the stored nodes, so that nothing but the leaves can pass. Two
roots over the same leaves leave no room between them: the newer head then continues the older.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from mingchu.base.errors import Refusal
from mingchu.ledger import outside, queries
from mingchu.ledger.domain import SignedHead
from mingchu.ledger.keys import HEADS, is_signed
from mingchu.ledger.merkle import Growing, Hashing


@dataclass(frozen=True)
class Compared:
    """`size` is the newer head's; `removed` counts leaves of the older that are there no more.

    Leaves altered in place are not removed: they make `ok` false with `removed` 0.
    """

    ok: bool
    size: int
    removed: int


def compare(old_file: Path, new_file: Path) -> Compared:
    """Holds two kept heads of one log against its leaves; of a file the newest head counts."""
    old, new = (max(outside.given(path), key=_time) for path in (old_file, new_file))
    if old.log != new.log:
        raise Refusal(
            "heads_of_different_logs",
            "两个树头不是同一个日志的：{old}与{new}",
            fix="请给出同一个日志的两个树头",
            old=old.log,
            new=new.log,
        )
    if _time(new) < _time(old):
        raise Refusal(
            "heads_swapped",
            "新树头的时间比旧树头还早",
            fix="请把较早的给 --old，较晚的给 --new",
        )
    keys = HEADS.opened()
    signed = is_signed(keys, old) and is_signed(keys, new)
    with transaction.atomic():
        roots, present = _roots(old, new)
    fits = [roots.get(head.size) == head.root for head in (old, new)]
    return Compared(signed and all(fits), new.size, old.size - present)


def _roots(old: SignedHead, new: SignedHead) -> tuple[dict[int, str], int]:
    """The root at each head's size, as far as leaves reach without a gap; how many of the older
    head's numbers are taken, up to the newer head's size."""
    tree, roots, present = Growing(Hashing(old.algorithm)), {}, 0
    sizes, last = {old.size, new.size}, 0
    for seq, leaf in queries.leaf_hashes(new.log, max(sizes)):
        present += seq <= min(old.size, new.size)
        if seq != last + 1:
            continue
        last = seq
        deque(tree.extend([leaf]), maxlen=0)
        if seq in sizes:
            roots[seq] = tree.root().hex()
    return roots, present


def _time(head: SignedHead) -> datetime:
    return datetime.fromisoformat(head.time)
