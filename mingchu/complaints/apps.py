from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "mingchu.complaints"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("投诉举报")

    def ready(self) -> None:
        from mingchu.complaints import attached, hanging
        from mingchu.complaints.importing.importer import Complaints
        from mingchu.kit.sheets.importers import IMPORTERS

        hanging.hang()
        attached.hang()
        IMPORTERS.add("complaints", Complaints(), order=120)
