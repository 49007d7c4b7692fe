"""Signs of subscriptions for the health page."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingchu.base.slots import SIGNS, Reading, Sign
from mingchu.trace import standing


def subscriptions() -> Reading:
    """Whether all who subscribed are told, and none was given up."""
    found = standing.health()
    if found.paused:
        said = gettext("%(paused)d个订阅已暂停，%(failing)d个正在重试") % {
            "paused": found.paused,
            "failing": found.failing - found.paused,
        }
        return Reading(said, "bad", _("请联系订阅者；修复后由其本人恢复订阅，事件从中断处补发"))
    if found.failing:
        said = gettext("%(failing)d个订阅的接收端联系不上，正在重试") % {"failing": found.failing}
        return Reading(said, "warn", _("接收端恢复后会自动补发，不会丢失"))
    return Reading(gettext("%(all)d个订阅，都已送到") % {"all": found.all})


def hang() -> None:
    SIGNS.add("trace.subscriptions", Sign(_("事件订阅"), subscriptions), order=130)
