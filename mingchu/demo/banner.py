"""What every page of a demo says while its city is not complete."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from mingchu.demo.models import City, Phase

_complete: set[str] = set()


def still_playing() -> str:
    """How far the days are played; nothing in a complete city, nor in a house that is no demo."""
    home = str(settings.HOME)
    if not settings.DEMO or home in _complete:
        return ""
    city = City.objects.first()
    if city is not None and city.is_complete:
        # It stays so, and every page would ask.
        _complete.add(home)
    if city is None or city.phase != Phase.PLAYING:
        return ""
    return _("演示城市仍在补演：已演 {done} 天，共 {total} 天").format(
        done=city.done, total=city.total
    )
