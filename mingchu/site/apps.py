"""Site 站点: settings, layout, the front door, the workbench, the city and the house itself."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingchu.base.slots import FRONT, LOOPS, NAVIGATION, STORY, NavigationItem, Panel, Piece


class SiteConfig(AppConfig):
    name = "mingchu.site"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("站点")

    def ready(self) -> None:
        from mingchu.site import signs
        from mingchu.site.ledger import public
        from mingchu.site.story import pages as story

        signs.hang()
        FRONT.add("ledger.seal", Piece(public.seal))
        LOOPS.add("site.story", story.loop)
        STORY.add("site.cases", Panel("site.cases", _("闭环"), "ledger.read", story.cases))
        for order, (key, label, action) in enumerate(
            (
                ("workbench", pgettext_lazy("menu", "今日"), "site.workbench"),
                ("city", pgettext_lazy("menu", "全市概览"), "site.workbench"),
            )
        ):
            NAVIGATION.add(f"site.{key}", NavigationItem(label, key, action), order=order)
        NAVIGATION.add(
            "site.health",
            NavigationItem(pgettext_lazy("menu", "系统体检"), "health", "site.health", aside=True),
            order=900,
        )
