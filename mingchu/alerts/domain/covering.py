"""Covering 归入: a graver alert speaks for a smaller one about the same thing; pure.

The covered alert keeps its own record and its own deadline. At least one mark has to be equal and
there on both sides; nothing covers itself, and kinds never cover one another in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mingchu.alerts.domain.kinds import Cover


@dataclass(frozen=True)
class Thing:
    """An open alert as covering looks at it."""

    id: int
    kind: str
    marks: Mapping[str, str]


Covers = Mapping[str, tuple[Cover, ...]]
Key = tuple[str, tuple[str, ...], tuple[str, ...]]


def covering(uncovered: Iterable[Thing], others: Iterable[Thing], covers: Covers) -> dict[int, int]:
    """Which alert speaks for each: by the first cover of its kind that applies, the oldest alert.

    >>> rules = {"small": (Cover("large", ("business",)),)}
    >>> one, two = Thing(1, "large", {"business": "5"}), Thing(2, "small", {"business": "5"})
    >>> covering([one, two], [one, two], rules)
    {2: 1}
    """
    known = _by_marks(others, covers)
    found = {}
    for one in uncovered:
        for cover in covers.get(one.kind, ()):
            above = known.get(_key(cover.by, cover.equal, one.marks) or _NOWHERE)
            if above is not None and above != one.id and cover.by != one.kind:
                found[one.id] = above
                break
    return found


_NOWHERE: Key = ("", (), ())


def _key(kind: str, equal: tuple[str, ...], marks: Mapping[str, str]) -> Key | None:
    """Where alerts that agree in these marks meet; None where one of them is missing."""
    words = tuple(marks.get(name, "") for name in equal)
    return (kind, equal, words) if equal and all(words) else None


def _by_marks(others: Iterable[Thing], covers: Covers) -> dict[Key, int]:
    wanted: dict[str, set[tuple[str, ...]]] = {}
    for every in covers.values():
        for cover in every:
            wanted.setdefault(cover.by, set()).add(cover.equal)
    found: dict[Key, int] = {}
    for one in others:
        for equal in wanted.get(one.kind, ()):
            if key := _key(one.kind, equal, one.marks):
                found[key] = min(one.id, found.get(key, one.id))
    return found
