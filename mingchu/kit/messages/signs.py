"""Signs of messages for the health page."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.slots import SIGNS, Reading, Sign
from mingchu.kit.messages import queries
from mingchu.kit.messages.channels import CHANNELS
from mingchu.kit.messages.domain import Way
from mingchu.kit.messages.ways import is_connected
from mingchu.ledger import queries as ledger

RELEASED_WITHIN = timedelta(minutes=10)
WAYS = {Way.MAIL: _("电子邮件"), Way.TEXT: _("短信"), Way.VOICE: _("语音电话")}


def messages() -> Reading:
    """Whether what people should have heard of has gone on, and everybody can be reached."""
    late = queries.late(clock.now() - RELEASED_WITHIN)
    if late:
        said = gettext("%(late)d条消息到了时候还没有转告") % {"late": late}
        return Reading(said, "bad", _("请确认 worker 进程在运行，并查看它的日志"))
    away = ledger.resting(CHANNELS)
    dead = sum(tally.dead for tally in ledger.tallies(CHANNELS).values())
    if away or dead:
        said = gettext("%(away)d个接收端联系不上，%(dead)d条已放弃") % {
            "away": len(away),
            "dead": dead,
        }
        return Reading(said, "warn", _("请在“接收端”和台账的“未送达”里看原因"))
    return Reading(_("都已送到"))


def connected() -> Reading:
    """Which ways out this house has; without any people hear of things when they sign in."""
    known = [str(said) for way, said in WAYS.items() if is_connected(way)]
    if known:
        return Reading(gettext("、").join(known))
    return Reading(_("只有站内收件箱；邮件、短信和语音网关都没有接入"))


def hang() -> None:
    SIGNS.add("kit.messages", Sign(_("消息"), messages), order=110)
    SIGNS.add("kit.ways", Sign(_("通知渠道"), connected), order=111)
