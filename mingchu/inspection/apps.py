"""Inspection 监督检查: plans, batches, pools; what they lead to comes with the next order."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionConfig(AppConfig):
    name = "mingchu.inspection"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("监督检查")

    def ready(self) -> None:
        from mingchu.inspection import hanging
        from mingchu.inspection.importing import RegionalTasks
        from mingchu.kit.sheets.importers import IMPORTERS

        hanging.hang()
        IMPORTERS.add("regional_tasks", RegionalTasks(), order=140)
