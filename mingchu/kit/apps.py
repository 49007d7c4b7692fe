"""Kit 工具: sheets, papers, files and messages, for every context above."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base.slots import NAVIGATION, NavigationItem
from mingchu.base.states import STATES


class KitConfig(AppConfig):
    name = "mingchu.kit"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("表格与文书")

    def ready(self) -> None:
        from mingchu.kit.files import said, signs
        from mingchu.kit.messages import hanging
        from mingchu.kit.roster import Roster
        from mingchu.kit.rules import hanging as rules
        from mingchu.kit.sheets.importers import IMPORTERS
        from mingchu.kit.states import BLOB, IMPORT, RULE

        STATES.add("kit.ImportBatch", IMPORT)
        STATES.add("kit.Blob", BLOB)
        STATES.add("kit.RuleVersion", RULE)
        signs.hang()
        said.hang()
        hanging.hang()
        rules.hang()
        IMPORTERS.add("people", Roster())
        NAVIGATION.add(
            "kit.imports",
            NavigationItem(
                pgettext_lazy("menu", "批量导入"), "kit:imports", "kit.import", aside=True
            ),
            order=700,
        )
