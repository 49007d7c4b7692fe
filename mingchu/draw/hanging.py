"""What draws hang into the workbench."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from mingchu.base.slots import NAVIGATION, NavigationItem


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "draw.rooms",
        NavigationItem(pgettext_lazy("menu", "随机抽取"), "draw:rooms", "draw.read"),
        order=250,
    )
