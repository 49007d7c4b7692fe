"""Opened 实名: who stands behind a pseudonym, told of those who were drawn, once it is public.

The draw itself knows no names. A context that fed a draw hangs in here what it may tell of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from mingchu.base.slots import Slot


@dataclass(frozen=True)
class Name:
    """`code` is the one the pseudonym was made from, `salt` its salt: so that the pair can be
    checked by everybody; both stay empty for whom the law keeps nameless. `point` (east, north, in
    metres of any one grid), `href` and `key`, which is one in all draws, are told inside alone."""

    name: str
    code: str = ""
    salt: str = ""
    point: tuple[float, float] | None = None
    href: str = ""
    key: str = ""


# `tell(number of the draw, pseudonyms)` names those it knows, and no others than it was asked for.
OPENED: Slot[Callable[[str, Collection[str]], Mapping[str, Name]]] = Slot("opened")


def names_of(number: str, pseudonyms: Collection[str]) -> dict[str, Name]:
    """What is known of some who were drawn."""
    return {one: name for tell in OPENED for one, name in tell(number, pseudonyms).items()}


# The same for whoever runs a draw, before it is public, inspectors too: somebody has to send them.
INSIDE: Slot[Callable[[str, Collection[str]], Mapping[str, Name]]] = Slot("inside")


def names_inside(number: str, ids: Collection[str]) -> dict[str, Name]:
    """Names of drawn subjects and of inspectors, for officers of the draw alone."""
    return {one: name for tell in INSIDE for one, name in tell(number, ids).items()}
