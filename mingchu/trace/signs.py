"""Signs of subscriptions for the health page."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingchu.base.slots import SIGNS, Reading, Sign
from mingchu.trace import recording, standing

WRITTEN_WITHIN = timedelta(minutes=5)


def subscriptions() -> Reading:
    """Whether all who subscribed are told, and none was given up."""
    found = standing.health()
    if minutes := _waiting_minutes():
        said = gettext("有一次采集%(minutes)d分钟还没有写完，之后的事件都在等它") % {
            "minutes": minutes
        }
        return Reading(said, "bad", _("请在数据库里查找长时间未结束的事务，并结束它的连接"))
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


def _waiting_minutes() -> int:
    """How long a capture has been holding up all who follow, once that is too long."""
    horizon = recording.horizon()
    waited = recording.present() - horizon if horizon else WRITTEN_WITHIN
    return 0 if waited <= WRITTEN_WITHIN else int(waited.total_seconds() // 60)


def hang() -> None:
    SIGNS.add("trace.subscriptions", Sign(_("事件订阅"), subscriptions), order=130)
