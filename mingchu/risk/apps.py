"""Risk 风险分级: grades and their reasons, credit-risk classes, what both change."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiskConfig(AppConfig):
    name = "mingchu.risk"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("风险分级")

    def ready(self) -> None:
        from mingchu.kit.rules.rehearsals import REHEARSALS
        from mingchu.kit.sheets.importers import IMPORTERS
        from mingchu.risk import hanging
        from mingchu.risk.importing import CreditFacts, Grounds, Profiles, Visits
        from mingchu.risk.rehearsing import rehearse

        hanging.hang()
        REHEARSALS.add("grade", rehearse)
        IMPORTERS.add("risk_profiles", Profiles(), order=130)
        IMPORTERS.add("risk_visits", Visits(), order=131)
        IMPORTERS.add("risk_grounds", Grounds(), order=132)
        IMPORTERS.add("credit_facts", CreditFacts(), order=133)
