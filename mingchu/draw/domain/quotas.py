"""Quotas 名额: how many of each stratum are drawn, by largest remainder in whole numbers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

MILLION = 1_000_000
Key = TypeVar("Key", bound=Hashable)


def quotas(
    sizes: Mapping[Key, int], rates: Mapping[Key, int], total: int | None = None
) -> dict[Key, int]:
    """How many of each stratum, in the order of the strata.

    `rates` are parts per million. Without `total` it is the exact sum, rounded half up. What is
    left over goes to the largest remainders, of equal ones to the stratum that sorts first.
    Raises ValueError if `total` cannot be reached by rounding the rates.

    >>> quotas({"a": 10, "b": 10, "c": 10}, {"a": 150_000, "b": 150_000, "c": 150_000})
    {'a': 2, 'b': 2, 'c': 1}
    """
    exact = {key: sizes[key] * rates.get(key, 0) for key in sorted(sizes)}  # type: ignore[type-var]
    given = {key: share // MILLION for key, share in exact.items()}
    wanted = (sum(exact.values()) + MILLION // 2) // MILLION if total is None else total
    left = wanted - sum(given.values())
    rounded_up = sorted(
        (key for key, share in exact.items() if share % MILLION),
        key=lambda key: (-(exact[key] % MILLION), key),
    )
    if not 0 <= left <= len(rounded_up):
        raise ValueError(f"total: {sum(given.values())} to {sum(given.values()) + len(rounded_up)}")
    for key in rounded_up[:left]:
        given[key] += 1
    return given
