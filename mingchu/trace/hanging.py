"""What the repository hangs into the pages of others: its place in the menu, a way in for firms."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.accounts.access import actor_of
from mingchu.accounts.domain import may
from mingchu.base.slots import DESK, NAVIGATION, NavigationItem, Panel
from mingchu.kit.drawn import drawn
from mingchu.trace.taking import CAPTURE


def hang() -> None:
    """Called once, when the app is ready."""
    item = NavigationItem(pgettext_lazy("menu", "追溯"), "trace:find", "trace.read")
    NAVIGATION.add("trace.events", item, order=260)
    DESK.add("trace.send", Panel("trace.send", _("追溯事件"), CAPTURE, _desk), order=400)


def _desk(request: HttpRequest, business_id: int) -> str:
    """Where a firm sends its events and reads what became of them."""
    if not may(actor_of(request), CAPTURE):
        return ""
    return drawn("trace/_desk.html", {}, request)
