"""Places: where a business, school or market lies, told by the context that keeps it.

Accounts stands below them all and knows only codes; a context registers its answer in `apps.py`:
`PLACES.add("business", locate_business)`.
"""

from __future__ import annotations

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
# Kinds whose code says all there is to say.
SELF_EVIDENT = frozenset({ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.STATION})


def located(scope: Scope) -> Located | None:
    """What is known of a scope; None if its context says there is no such body."""
    locate = PLACES.get(scope.kind.value)
    if locate and (found := locate(scope.code)):
        return found
    if scope.kind in SELF_EVIDENT or locate is None:
        return Located(scope.code, place_of(scope))
    return None
