"""Merkle trees of RFC 9162 (Certificate Transparency 2.0) §2.1: roots, proofs, their checking.

Pure. A tree grows by its peaks alone, the roots of its full subtrees from left to right. What a
proof holds is told as ranges of leaves; whoever stores the tree turns a range into its hash by
`range_root`. The checking functions are those of §2.1.3.2 and §2.1.4.2, step by step, so that a
reader can lay them beside the RFC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce

HASH_BYTES = 32
Range = tuple[int, int]


@dataclass(frozen=True)
class Hashing:
    """How a log hashes; leaves and nodes have their own prefix, so none can pass for the other."""

    algorithm: str = "sha256"

    def empty(self) -> bytes:
        return hashlib.new(self.algorithm).digest()

    def leaf(self, data: bytes) -> bytes:
        return hashlib.new(self.algorithm, b"\x00" + data).digest()

    def node(self, left: bytes, right: bytes) -> bytes:
        return hashlib.new(self.algorithm, b"\x01" + left + right).digest()


@dataclass
class Growing:
    """A tree that only remembers its peaks, one for each bit set in its size."""

    hashing: Hashing
    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def extend(self, leaves: Iterable[bytes]) -> Iterator[tuple[int, int, bytes]]:
        """Adds leaf hashes; yields (level, index, hash) of every subtree that becomes full."""
        node, peaks = self.hashing.node, self.peaks
        for leaf in leaves:
            level, index, grown = 0, self.size, leaf
            while index & 1:
                level, index, grown = level + 1, index >> 1, node(peaks.pop(), grown)
                yield level, index, grown
            peaks.append(grown)
            self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return self.hashing.empty()
        return reduce(lambda right, left: self.hashing.node(left, right), reversed(self.peaks))


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose roots prove that leaf `index` is in the tree of `size` leaves.

    >>> inclusion_ranges(0, 3)
    [(1, 2), (2, 3)]
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _half(end - start)
        left = index < middle
        ranges.append((middle, end) if left else (start, middle))
        start, end = (start, middle) if left else (middle, end)
    return ranges[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """The subtrees whose roots prove that the tree of `old` leaves began the one of `size`.

    >>> consistency_ranges(3, 4)
    [(2, 3), (3, 4), (0, 2)]
    """
    if not 0 < old <= size:
        raise ValueError("the older tree must have a leaf and be no larger")
    ranges: list[Range] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + _half(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    return ([] if whole else [(start, end)]) + ranges[::-1]


def range_root(hashing: Hashing, start: int, end: int, full: Callable[[int, int], bytes]) -> bytes:
    """The root over leaves `start` up to `end`, where `full(level, index)` knows full subtrees."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return full(level, start >> level)
    middle = start + _half(count)
    return hashing.node(
        range_root(hashing, start, middle, full), range_root(hashing, middle, end, full)
    )


def fold(hashing: Hashing, hashes: Sequence[bytes]) -> bytes:
    """The root of a full subtree over 2^n neighbours of one level."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [hashing.node(left, right) for left, right in pairs]
    return hashes[0]


def verify_inclusion(
    hashing: Hashing, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether `path` proves that the leaf hash stands at `index` (from 0) under `root`."""
    if not 0 <= index < size:
        return False
    first, last, grown = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            grown = hashing.node(step, grown)
            first, last = _climb(first, last)
        else:
            grown = hashing.node(grown, step)
        first, last = first >> 1, last >> 1
    return last == 0 and grown == root


def verify_consistency(
    hashing: Hashing, old: int, size: int, old_root: bytes, root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether `path` proves that the tree under `root` begins with the one under `old_root`."""
    if old == size:
        return not path and old_root == root
    if not 0 < old < size:
        return False
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    return _grows(hashing, (first, last), steps, (old_root, root))


def _grows(
    hashing: Hashing, place: tuple[int, int], steps: Sequence[bytes], roots: tuple[bytes, bytes]
) -> bool:
    first, last = place
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            older, newer = hashing.node(step, older), hashing.node(step, newer)
            first, last = _climb(first, last)
        else:
            newer = hashing.node(newer, step)
        first, last = first >> 1, last >> 1
    return last == 0 and (older, newer) == roots


def _climb(first: int, last: int) -> tuple[int, int]:
    """Up to where the path next comes from the left, or to the top."""
    while first and not first & 1:
        first, last = first >> 1, last >> 1
    return first, last


def _half(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1
