"""Registry 主体库: food businesses, their premises, licences and people."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "mingchu.registry"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("主体库")

    def ready(self) -> None:
        from mingchu.kit.sheets.importers import IMPORTERS
        from mingchu.registry import addresses, attached, hanging
        from mingchu.registry.importing import Areas, Businesses

        addresses.register()
        hanging.hang()
        attached.hang()
        # First, since it comes in most: the form begins with it.
        IMPORTERS.add("registry", Businesses(), order=90)
        IMPORTERS.add("areas", Areas(), order=110)
