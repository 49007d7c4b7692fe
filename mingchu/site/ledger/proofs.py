"""Proofs 证明 of the logs, as programs are given them: heads, inclusion, consistency.

Names are those of RFC 9162; hashes are hexadecimal, leaves are counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from mingchu.base.errors import Refusal
from mingchu.ledger import queries
from mingchu.ledger.domain import LogName, SignedHead
from mingchu.ledger.queries import Place

SIZE_DIGITS = 18


@dataclass(frozen=True)
class Inclusion:
    log: str
    algorithm: str
    tree_size: int
    leaf_index: int
    leaf_hash: str
    inclusion_path: list[str]
    root_hash: str


@dataclass(frozen=True)
class Consistency:
    """`root_hash_1` is None where no head of that size was ever signed here."""

    log: str
    algorithm: str
    tree_size_1: int
    tree_size_2: int
    consistency_path: list[str]
    root_hash_1: str | None
    root_hash_2: str


def log_named(name: str) -> LogName:
    if name not in set(LogName):
        raise Refusal(
            "unknown_log",
            "没有叫“{name}”的日志",
            fix="可以查的日志是：{known}",
            status=404,
            name=name[:40],
            known=", ".join(LogName),
        )
    return LogName(name)


def head(log: LogName, size: str = "") -> SignedHead:
    """The newest head, or the one of a size."""
    newest = queries.newest(log)
    if newest is None:
        raise Refusal(
            "no_head_yet",
            "这个日志还没有封存过任何条目",
            fix="等有了第一条再来取",
            status=404,
        )
    if not size or (number := _size(size, newest.size)) == newest.size:
        return newest
    found = queries.signed_at(log, number)
    if found is None:
        raise Refusal(
            "no_head_of_this_size",
            "没有大小为{size}的树头",
            fix="请从树头列表里选一个大小",
            status=404,
            size=number,
        )
    return found


def inclusion(log: LogName, *, item: str = "", index: str = "", size: str = "") -> Inclusion:
    """That an entry, or the leaf of an index, stands under a head."""
    under = head(log, size)
    place = _by_id(log, item) if item or not index else _by_index(log, index, under.size)
    if place.seq > under.size:
        raise Refusal(
            "sealed_later",
            "这一条是在这个树头之后封存的",
            fix="请用大小不小于{seq}的树头",
            status=404,
            seq=place.seq,
        )
    with _whole_log():
        path = queries.inclusion(under, place.seq)
    return Inclusion(
        log,
        under.algorithm,
        under.size,
        place.seq - 1,
        place.hash.hex(),
        [step.hex() for step in path],
        under.root,
    )


def consistency(log: LogName, *, first: str, second: str = "") -> Consistency:
    """That the log at the second size begins with what it was at the first."""
    newer = head(log, second)
    number = _size(first, newer.size)
    older = queries.signed_at(log, number)
    with _whole_log():
        path = queries.consistency(number, newer)
    return Consistency(
        log,
        newer.algorithm,
        number,
        newer.size,
        [step.hex() for step in path],
        older.root if older else None,
        newer.root,
    )


def _size(text: str, top: int) -> int:
    """A number of leaves from 1 up to the largest there is."""
    sane = text.isascii() and text.isdecimal() and len(text) <= SIZE_DIGITS
    if not sane or not 1 <= int(text) <= top:
        raise Refusal(
            "bad_tree_size",
            "树的大小“{text}”不对，应是1到{top}的整数",
            fix="请用树头里写的大小",
            status=400,
            text=text[:40],
            top=top,
        )
    return int(text)


def _by_id(log: LogName, text: str) -> Place:
    try:
        item = UUID(text.strip())
    except ValueError:
        raise Refusal(
            "bad_entry_id",
            "“{text}”不是条目编号",
            fix="条目编号是36个字符，可向经办人索取",
            status=400,
            text=text[:60],
        ) from None
    place = queries.place_of(log, item)
    if place is None:
        raise Refusal(
            "not_in_log",
            "日志里没有这一条",
            fix="请核对编号；刚刚办的事要等约一秒才封存",
            status=404,
        )
    return place


def _by_index(log: LogName, text: str, size: int) -> Place:
    sane = text.isascii() and text.isdecimal() and len(text) <= SIZE_DIGITS
    place = queries.place_at(log, int(text) + 1) if sane and int(text) < size else None
    if place is None:
        raise Refusal(
            "bad_leaf_index",
            "叶的序号“{text}”不对，应是0到{last}的整数",
            fix="序号从0数起，比树的大小小1",
            status=400,
            text=text[:40],
            last=size - 1,
        )
    return place


@contextmanager
def _whole_log() -> Iterator[None]:
    """Where leaves were taken away nothing can be proved; that is said, and never hidden."""
    try:
        yield
    except LookupError:
        raise Refusal(
            "log_incomplete",
            "这个日志缺了一段，给不出证明",
            fix="请保存手中的树头，并把这件事告诉审计与监督机关",
            status=500,
        ) from None
