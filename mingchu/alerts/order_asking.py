"""What an address of the list of orders asks: which are wanted, and the boxes as they stand filled.

The boxes are checked and drawn once for what stands in them: nearly everybody asks the same few
things of them, and they take longer than the page's rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mingchu.accounts.domain import Actor
from mingchu.alerts.order_forms import OrderFindForm
from mingchu.alerts.queries.orders import READ, Wanted
from mingchu.base import clock
from mingchu.kit.drawn import drawn
from mingchu.registry.queries import AreaRow, areas
from mingchu.rulebook.store import by_book

FORMS_KEPT = 500


class Asked(NamedTuple):
    wanted: Wanted
    boxes: SafeString


def asked(said: Mapping[str, str], actor: Actor) -> Asked:
    """As far as it makes sense; a box that makes none asks nothing and says so beside itself."""
    filled = tuple((name, said[name]) for name in OrderFindForm.base_fields if said.get(name))
    return _asked(get_language() or "", clock.today(), areas(actor.scopes_for(READ)), filled)


@by_book(maxsize=FORMS_KEPT)
def _asked(
    _language: str, _day: date, areas: tuple[AreaRow, ...], filled: tuple[tuple[str, str], ...]
) -> Asked:
    form = OrderFindForm(dict(filled), areas=areas)
    return Asked(form.wanted, drawn("alerts/orders/_filters.html", {"form": form}))
