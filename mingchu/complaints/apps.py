from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

CLUSTERS = ("complaint_cluster", "illness_cluster")


class ComplaintsConfig(AppConfig):
    name = "mingchu.complaints"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("投诉举报")

    def ready(self) -> None:
        from mingchu.complaints import attached, hanging
        from mingchu.complaints.importing.importer import Complaints
        from mingchu.kit.sheets.importers import IMPORTERS
        from mingchu.signals.feeders import feeds

        feeds("complaints", "complaint_received", "complaint_due", *CLUSTERS)
        hanging.hang()
        attached.hang()
        IMPORTERS.add("complaints", Complaints(), order=120)
