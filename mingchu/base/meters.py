"""Meters: what this process has counted since it last told the house; never a person's data."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict
from functools import lru_cache

BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
Key = tuple[str, str]  # name and labels, as Prometheus writes them

_lock = threading.Lock()
_counted: dict[Key, float] = defaultdict(float)


def count(name: str, by: float = 1, **labels: object) -> None:
    """Adds to a counter; labels hold few and known values, never ids."""
    with _lock:
        _counted[name, _labels(labels)] += by


def observe(name: str, seconds: float, **labels: object) -> None:
    """Adds one duration to a histogram."""
    whole, buckets = _histogram(name, tuple(labels.items()))
    with _lock:
        for key in buckets[bisect_left(BUCKETS_SECONDS, seconds) :]:
            _counted[key] += 1
        _counted[f"{name}_sum", whole] += seconds
        _counted[f"{name}_count", whole] += 1


@lru_cache(4096)
def _histogram(name: str, labels: tuple[tuple[str, object], ...]) -> tuple[str, list[Key]]:
    """Its labels, and the key of each bucket: made once, not with every request."""
    said = dict(labels)
    bounds = [*map(str, BUCKETS_SECONDS), "+Inf"]
    return _labels(said), [(f"{name}_bucket", _labels({**said, "le": one})) for one in bounds]


def take() -> dict[Key, float]:
    """All that was counted since the last take."""
    with _lock:
        taken = dict(_counted)
        _counted.clear()
    return taken


def give_back(taken: dict[Key, float]) -> None:
    """Returns what could not be told, so that nothing is lost."""
    with _lock:
        for key, value in taken.items():
            _counted[key] += value


def _labels(labels: dict[str, object]) -> str:
    """
    >>> _labels({"status": 200, "route": "home"})
    'route="home",status="200"'
    """
    return _written(tuple(sorted((name, str(value)) for name, value in labels.items())))


@lru_cache(4096)  # the same few, with every request
def _written(pairs: tuple[tuple[str, str], ...]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs)


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
