"""Places: where a business, school or market lies, told by the context that keeps it.

Accounts stands below them all and knows only codes; a context registers its answer in `apps.py`:
`PLACES.add("business", locate_business)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mingchu.accounts.domain import Place, Scope, ScopeKind, place_of
from mingchu.base.slots import Slot


@dataclass(frozen=True)
class Located:
    """A body's name and where it lies."""

    name: str
    place: Place


Locate = Callable[[str], Located | None]
PLACES: Slot[Locate] = Slot("places")
# Kinds whose code says all there is to say, and how such a code looks: division codes.
SELF_EVIDENT = {
    ScopeKind.CITY: re.compile(""),
    ScopeKind.DISTRICT: re.compile(r"\d{6}"),
    ScopeKind.STATION: re.compile(r"\d{6}\w{1,6}"),
}


def located(scope: Scope) -> Located | None:
    """What is known of a scope; None if its context says there is no such body."""
    shape = SELF_EVIDENT.get(scope.kind)
    if shape and not shape.fullmatch(scope.code):
        return None
    locate = PLACES.get(scope.kind.value)
    if locate:
        return locate(scope.code)
    return Located(scope.code, place_of(scope)) if scope.code or shape else None
