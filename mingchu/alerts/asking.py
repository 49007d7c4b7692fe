"""What an address of a list asks: which alerts or orders are wanted, and the boxes as they stand
filled.

The boxes are checked and drawn once for what stands in them: nearly everybody asks the same few
things of them, and they take longer than the page's rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mingchu.accounts.domain import Actor
from mingchu.alerts.forms import FindForm
from mingchu.alerts.order_forms import OrderFindForm
from mingchu.alerts.queries import alerts, orders
from mingchu.base import clock
from mingchu.kit.drawn import drawn
from mingchu.registry.queries import AreaRow, areas
from mingchu.rulebook.store import by_book

FORMS_KEPT = 500
READ = "alerts.read"
Wanted = TypeVar("Wanted", alerts.Wanted, orders.Wanted)
Filled = tuple[tuple[str, str], ...]


class Asked(NamedTuple, Generic[Wanted]):
    wanted: Wanted
    boxes: SafeString


def alerts_asked(said: Mapping[str, str], actor: Actor) -> Asked[alerts.Wanted]:
    """As far as it makes sense; a box that makes none asks nothing and says so beside itself."""
    return _alerts(*_known(FindForm, said, actor))


def orders_asked(said: Mapping[str, str], actor: Actor) -> Asked[orders.Wanted]:
    """The same of orders."""
    return _orders(*_known(OrderFindForm, said, actor))


def _known(
    form: type[FindForm | OrderFindForm], said: Mapping[str, str], actor: Actor
) -> tuple[str, date, tuple[AreaRow, ...], Filled]:
    """All that the boxes go by."""
    filled = tuple((name, said[name]) for name in form.base_fields if said.get(name))
    return get_language() or "", clock.today(), areas(actor.scopes_for(READ)), filled


@by_book(maxsize=FORMS_KEPT)
def _alerts(
    _language: str, _day: date, areas: tuple[AreaRow, ...], filled: Filled
) -> Asked[alerts.Wanted]:
    form = FindForm(dict(filled), areas=areas)
    return Asked(form.wanted, drawn("alerts/_filters.html", {"form": form}))


@by_book(maxsize=FORMS_KEPT)
def _orders(
    _language: str, _day: date, areas: tuple[AreaRow, ...], filled: Filled
) -> Asked[orders.Wanted]:
    form = OrderFindForm(dict(filled), areas=areas)
    return Asked(form.wanted, drawn("alerts/_filters.html", {"form": form}))
