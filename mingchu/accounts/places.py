"""Places: where a business, school or market lies, told by the context that keeps it.

Accounts stands below them all and knows only codes; a context registers its answer in `apps.py`:
`PLACES.add("business", locate_businesses)`, a function from codes to what it knows of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from mingchu.accounts.domain import Place, Scope, ScopeKind, place_of
from mingchu.base.slots import Slot


@dataclass(frozen=True)
class Located:
    """A body's name and where it lies."""

    name: str
    place: Place


Locate = Callable[[Collection[str]], Mapping[str, Located]]
PLACES: Slot[Locate] = Slot("places")
# Kinds whose code says all there is to say, and how such a code looks: division codes.
SELF_EVIDENT = {
    ScopeKind.CITY: re.compile(""),
    ScopeKind.DISTRICT: re.compile(r"\d{6}"),
    ScopeKind.STATION: re.compile(r"\d{6}\w{1,6}"),
}


def located(scope: Scope) -> Located | None:
    """What is known of a scope; None if its context says there is no such body."""
    return located_all([scope]).get(scope)


def located_all(scopes: Iterable[Scope]) -> dict[Scope, Located]:
    """The same for many, asking each context once."""
    codes: dict[ScopeKind, set[str]] = defaultdict(set)
    for scope in scopes:
        codes[scope.kind].add(scope.code)
    return {
        Scope(kind, code): found
        for kind, asked in codes.items()
        for code, found in _answers(kind, asked).items()
    }


def _answers(kind: ScopeKind, codes: Collection[str]) -> Mapping[str, Located]:
    shape = SELF_EVIDENT.get(kind)
    sane = {code for code in codes if (shape.fullmatch(code) if shape else code)}
    locate = PLACES.get(kind.value)
    if locate:
        return locate(sane) if sane else {}
    return {code: Located(code, place_of(Scope(kind, code))) for code in sane}
