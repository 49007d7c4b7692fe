"""What draws hang into the workbench."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mingchu.base.slots import NAVIGATION, NavigationItem


def hang() -> None:
    """Called once, when the app is ready."""
    NAVIGATION.add(
        "draw.rooms", NavigationItem(_("随机抽取"), "draw:rooms", "draw.read"), order=250
    )
