"""Signs 体检: whether entries are sealed, copied outside, answered and delivered."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingchu.base import clock
from mingchu.base.slots import SIGNS, Reading, Sign
from mingchu.ledger import outside, queries
from mingchu.ledger.domain import LogName

SEALED_WITHIN = timedelta(seconds=1)
SEALER_GONE_AFTER = timedelta(minutes=1)
COPIED_WITHIN = timedelta(seconds=1)


def sealing() -> Reading:
    """An entry waits a fifth of a second for its seal, where a worker runs."""
    since = queries.waiting_since()
    waited = clock.wall() - since if since else timedelta()
    if waited <= SEALED_WITHIN:
        return Reading(_("全部已封存"))
    said = gettext("有条目等了%(seconds)d秒还没有封存") % {"seconds": waited.total_seconds()}
    is_gone = waited > SEALER_GONE_AFTER
    advice = _("请确认 worker 进程在运行，并查看它的日志")
    return Reading(said, "bad" if is_gone else "warn", advice)


def copies() -> Reading:
    """The copies of heads outside of the database hold every head, and none from a lost future."""
    behind, ahead = [], []
    for log in LogName:
        head, copy = queries.newest(log), outside.last(log)
        sizes = (head.size if head else 0, copy.size if copy else 0)
        if sizes[0] < sizes[1]:
            ahead.append(f"{log} {sizes[1]} > {sizes[0]}")
        elif sizes[0] > sizes[1] and _is_old(log):
            behind.append(f"{log} {sizes[1]} < {sizes[0]}")
    if ahead:
        said = gettext("数据库比外部副本少：%(logs)s") % {"logs": ", ".join(ahead)}
        return Reading(said, "bad", _("台账可能被截断或恢复过旧备份，请运行 mingchu ledger verify"))
    if behind:
        said = gettext("外部副本落后：%(logs)s") % {"logs": ", ".join(behind)}
        return Reading(said, "warn", _("请确认 MINGCHU_HOME 可写、worker 进程在运行"))
    return Reading(_("与数据库一致"))


def _is_old(log: LogName) -> bool:
    """A head is copied right after its commit: in between nothing is wrong."""
    head = queries.latest_head(log)
    return head is not None and clock.wall() - head.time > COPIED_WITHIN


def reactions() -> Reading:
    failed = queries.standing().failed_reactions
    if failed == 0:
        return Reading(_("没有失败的联动"))
    said = gettext("%(count)d项联动失败") % {"count": failed}
    return Reading(said, "warn", _("系统会自动重试；请在台账的“联动失败”里看原因"))


def deliveries() -> Reading:
    now = queries.standing()
    if now.dead == 0 and now.undelivered == 0:
        return Reading(_("没有送不出去的消息"))
    said = gettext("%(dead)d条已放弃，%(late)d条还在重试") % {
        "dead": now.dead,
        "late": now.undelivered,
    }
    return Reading(said, "warn", _("请在台账的“未送达”里看原因，改好后点“再发一次”"))


def hang() -> None:
    """Called once, when the app is ready."""
    for order, (key, title, read) in enumerate(
        (
            ("ledger.sealing", _("台账封存"), sealing),
            ("ledger.copies", _("树头外部副本"), copies),
            ("ledger.reactions", _("联动"), reactions),
            ("ledger.deliveries", _("外发消息"), deliveries),
        )
    ):
        SIGNS.add(key, Sign(title, read), order=100 + order)
