"""Clusters 聚集: when several alerts of one kind are more than several; exact rules, pure.

Two unrelated households ill after one meal within 72 hours; so many complaints about one business
within the window. No statistics: the rule says how many within how long, of what alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Case:
    """One alert as a cluster counts it: when it was so, and its marks."""

    at: datetime
    marks: Mapping[str, str]


def clustered(
    cases: Iterable[Case], *, count: int, window: timedelta, equal: tuple[str, ...], distinct: str
) -> list[tuple[tuple[str, ...], datetime]]:
    """Which groups of equal marks hold a cluster: their marks, and when each became one.

    With `distinct`, cases count by that mark: one household that reports thrice is one. A case
    without a mark that is asked for is none of any cluster. Both ends of the window belong to it.

    >>> day = datetime(2026, 11, 20)
    >>> two = [Case(day, {"business": "5", "household": h}) for h in ("a", "b")]
    >>> clustered(two, count=2, window=timedelta(hours=72), equal=("business",),
    ...           distinct="household")
    [(('5',), datetime.datetime(2026, 11, 20, 0, 0))]
    """
    groups: dict[tuple[str, ...], list[tuple[datetime, str]]] = defaultdict(list)
    for number, case in enumerate(cases):
        words = tuple(case.marks.get(name, "") for name in equal)
        who = case.marks.get(distinct, "") if distinct else str(number)
        if all(words) and who:
            groups[words].append((case.at, who))
    found = ((words, _reached(sorted(group), count, window)) for words, group in groups.items())
    return [(words, at) for words, at in found if at is not None]


def _reached(group: list[tuple[datetime, str]], count: int, window: timedelta) -> datetime | None:
    """When the first window was full; None if none ever was."""
    first = 0
    within: dict[str, int] = defaultdict(int)
    for at, who in group:
        within[who] += 1
        while at - group[first][0] > window:
            left = group[first][1]
            within[left] -= 1
            if not within[left]:
                del within[left]
            first += 1
        if len(within) >= count:
            return at
    return None
