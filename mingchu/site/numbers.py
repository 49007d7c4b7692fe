"""Numbers of the city, counted by the contexts, kept half a minute between two readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from django.core.cache import cache
from django.urls import Resolver404, resolve

from mingchu.accounts.access import PUBLIC
from mingchu.base import clock
from mingchu.base.slots import FIGURES, Figure, FigureValue, Measure

FRESH_SECONDS = 30
HEADLINES = 5
T = TypeVar("T")


@dataclass(frozen=True)
class Counted:
    """A figure with its value and the page of its rows."""

    figure: Figure
    value: FigureValue
    href: str


def kept(key: str, count: Callable[[], T]) -> T:
    """The count, from the cache if it was made within the last half minute of the same day."""
    return cast("T", cache.get_or_set(f"number:{key}:{clock.today()}", count, FRESH_SECONDS))


def figures() -> Iterator[Counted]:
    """All figures, for officers."""
    for figure in FIGURES:
        value = _value(figure)
        yield Counted(figure, value, value.rows)


def headlines() -> list[Counted]:
    """The first five whose rows anybody may see."""
    shown = []
    for figure in FIGURES:
        value = _value(figure)
        if is_public(value.public_rows):
            shown.append(Counted(figure, value, value.public_rows))
        if len(shown) == HEADLINES:
            break
    return shown


def by_district(measure: Measure) -> Mapping[str, int]:
    return kept(f"measure:{measure.id}", lambda: dict(measure.count(clock.today())))


def _value(figure: Figure) -> FigureValue:
    return kept(f"figure:{figure.id}", lambda: figure.count(clock.today()))


def is_public(url: str) -> bool:
    """Whether somebody without a log-in can follow the link."""
    try:
        return bool(url) and getattr(resolve(url.partition("?")[0]).func, "action", "") == PUBLIC
    except Resolver404:
        return False
