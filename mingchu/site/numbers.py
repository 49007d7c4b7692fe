"""Numbers of the city, counted by the contexts, kept half a minute between two readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import TypeVar, cast

from django.core.cache import cache
from django.urls import Resolver404, resolve

from mingchu.accounts.access import PUBLIC
from mingchu.base import clock
from mingchu.base.remembered import Remembered
from mingchu.base.slots import FIGURES, Figure, FigureValue, Measure

FRESH_SECONDS = 30
HEADLINES = 5
KEPT = Remembered[dict[str, FigureValue]](seconds=3)
T = TypeVar("T")


@dataclass(frozen=True)
class Counted:
    """A figure with its value and the page of its rows."""

    figure: Figure
    value: FigureValue
    href: str


def kept(key: str, count: Callable[[], T]) -> T:
    """The count, from the cache if it was made within the last half minute of the same day."""
    return cast("T", cache.get_or_set(_key(key), count, FRESH_SECONDS))


def _key(name: str) -> str:
    return f"number:{name}:{clock.today()}"


def figures() -> Iterator[Counted]:
    """All figures, for officers."""
    for figure, value in _values():
        yield Counted(figure, value, value.rows)


def headlines() -> list[Counted]:
    """The first five whose rows anybody may see."""
    shown = (
        Counted(figure, value, value.public_rows)
        for figure, value in _values()
        if is_public(value.public_rows)
    )
    return list(islice(shown, HEADLINES))


def by_district(measure: Measure) -> Mapping[str, int]:
    return kept(f"measure:{measure.id}", lambda: dict(measure.count(clock.today())))


def _values() -> Iterator[tuple[Figure, FigureValue]]:
    """Each figure with its value; those that are kept are asked for at once."""
    names = {figure: f"figure:{figure.id}" for figure in FIGURES}
    keys = tuple(map(_key, names.values()))
    known = KEPT.get(keys, partial(cache.get_many, keys))
    for figure, name in names.items():
        value = known.get(_key(name))
        yield figure, value or kept(name, partial(figure.count, clock.today()))


def is_public(url: str) -> bool:
    """Whether somebody without a log-in can follow the link."""
    return bool(url) and _is_open(url.partition("?")[0])


@lru_cache(1024)
def _is_open(path: str) -> bool:
    try:
        return getattr(resolve(path).func, "action", "") == PUBLIC
    except Resolver404:
        return False
