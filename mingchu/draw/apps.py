"""Random draws 随机抽取: a register of draws that anyone can replay."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DrawConfig(AppConfig):
    name = "mingchu.draw"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("随机抽取")

    def ready(self) -> None:
        from mingchu.base.states import STATES
        from mingchu.draw import hanging
        from mingchu.draw.states import TABLE

        STATES.add("draw.Draw", TABLE)
        hanging.hang()
