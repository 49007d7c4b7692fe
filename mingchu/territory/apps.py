"""Territorial duty 两个责任: whose cadre visits which business, and that he did."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "mingchu.territory"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("包保责任")

    def ready(self) -> None:
        from mingchu.kit.sheets.importers import IMPORTERS
        from mingchu.signals.feeders import feeds
        from mingchu.territory import attached, hanging
        from mingchu.territory.importing import DutyRoster
        from mingchu.territory.services.visiting import KIND

        feeds("territory", KIND)
        hanging.hang()
        attached.hang()
        IMPORTERS.add("duty_roster", DutyRoster(), order=120)
