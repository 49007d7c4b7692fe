"""Demo 示范城市: a synthetic Hohhot, the same from the same seed."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "mingchu.demo"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("演示城市")

    def ready(self) -> None:
        from mingchu.base.slots import BANNERS
        from mingchu.demo.banner import still_playing

        BANNERS.add("demo.playing", still_playing)
